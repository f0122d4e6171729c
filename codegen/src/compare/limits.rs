//! What differs between the limits of values that are sent. What is received is not held to limits.

use serde_json::Value;

use super::change::Class;
use super::record::Judgement;
use super::words::{difference, is_off, shown};

/// What a limit keeps to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A greater value allows less.
    Least,
    /// A smaller value allows less.
    Most,
    /// `true` allows less.
    Switch,
    /// Two values cannot be compared.
    Opaque,
}

fn kind(key: &str) -> Option<Kind> {
    Some(match key {
        "minimum" | "minLength" | "minItems" | "minProperties" => Kind::Least,
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => Kind::Most,
        "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => Kind::Switch,
        "pattern" | "multipleOf" => Kind::Opaque,
        _ => return None,
    })
}

pub(super) fn is_limit(key: &str) -> bool {
    kind(key).is_some()
}

/// What the change of the limit `key` means where it is `sent`.
pub(super) fn judge(key: &str, old: Option<&Value>, new: Option<&Value>, sent: bool) -> Judgement {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let same =
        (is_off(old) && is_off(new)) || (number(old).is_some() && number(old) == number(new));
    if !sent || same {
        Class::NoEffect.into()
    } else if is_narrower(key, old, new) {
        Judgement::breaking("a value that was taken may be refused")
    } else {
        Class::Compatible.into()
    }
}

/// Whether values are refused that were accepted.
fn is_narrower(key: &str, old: Option<&Value>, new: Option<&Value>) -> bool {
    let kind = kind(key).unwrap_or(Kind::Opaque);
    match (kind, old, new) {
        (Kind::Switch, ..) => is_off(old),
        (Kind::Least | Kind::Most, Some(_), Some(_)) => {
            is_lowered(old, new) == (kind == Kind::Most)
        }
        _ => new.is_some(),
    }
}

fn is_lowered(old: Option<&Value>, new: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    number(new) < number(old)
}

/// How a limit differs.
pub(super) fn words(key: &str, old: Option<&Value>, new: Option<&Value>) -> String {
    match (kind(key), old, new) {
        (Some(Kind::Least | Kind::Most), Some(from), Some(to)) => {
            let verb = if is_lowered(old, new) {
                "lowered"
            } else {
                "raised"
            };
            format!("{verb} from {} to {}", shown(from), shown(to))
        }
        _ => difference(old, new),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn less_room_is_narrower() {
        for (key, old, new, class) in [
            (
                "maximum",
                Some(json!(900)),
                Some(json!(600)),
                Class::Breaking,
            ),
            (
                "maximum",
                Some(json!(600)),
                Some(json!(900)),
                Class::Compatible,
            ),
            ("maximum", None, Some(json!(900)), Class::Breaking),
            ("maximum", Some(json!(900)), None, Class::Compatible),
            (
                "maximum",
                Some(json!(900)),
                Some(json!(900.0)),
                Class::NoEffect,
            ),
            ("minLength", Some(json!(1)), Some(json!(2)), Class::Breaking),
            (
                "minLength",
                Some(json!(2)),
                Some(json!(1)),
                Class::Compatible,
            ),
            ("uniqueItems", None, Some(json!(true)), Class::Breaking),
            ("uniqueItems", Some(json!(true)), None, Class::Compatible),
            ("uniqueItems", None, Some(json!(false)), Class::NoEffect),
            (
                "pattern",
                Some(json!("a")),
                Some(json!("b")),
                Class::Breaking,
            ),
            ("pattern", Some(json!("a")), None, Class::Compatible),
        ] {
            let judgement = judge(key, old.as_ref(), new.as_ref(), true);
            assert_eq!(judgement.class, class, "{key} {old:?} {new:?}");
        }
        let words = words("maximum", Some(&json!(900)), Some(&json!(600)));
        assert_eq!(words, "lowered from 900 to 600");
    }
}
