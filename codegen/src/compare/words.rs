//! How a difference is put into words.

use serde_json::Value;

use crate::text::shortened;

/// `value` in words, shortened.
pub(super) fn shown(value: &Value) -> String {
    shortened(&value.to_string(), 80)
}

/// How what stands under one key differs.
pub(super) fn difference(old: Option<&Value>, new: Option<&Value>) -> String {
    match (old, new) {
        (Some(old), Some(new)) => format!("changed from {} to {}", shown(old), shown(new)),
        (None, Some(new)) => format!("added: {}", shown(new)),
        (Some(old), None) => format!("removed, was {}", shown(old)),
        (None, None) => "unchanged".to_owned(),
    }
}

/// Whether a switch is off, which is as good as none.
pub(super) fn is_off(value: Option<&Value>) -> bool {
    value.is_none_or(|value| *value == false)
}
