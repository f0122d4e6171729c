//! JSON Pointers (RFC 6901) and the references that are made of them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::diagnostic::Diagnostic;

/// A place in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    pub(crate) fn root() -> Self {
        Self::default()
    }

    pub(crate) fn join(&self, token: impl fmt::Display) -> Self {
        let token = token.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{token}", self.0))
    }

    pub(crate) fn joined(&self, tokens: &[&str]) -> Self {
        tokens.iter().fold(self.clone(), |at, token| at.join(token))
    }

    /// The JSON Pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn get<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        // `Value::pointer` copies each token, twice.
        let mut tokens = self.0.split('/').skip(1);
        tokens.try_fold(root, |value, token| match value {
            Value::Object(members) => members.get(&*unescaped(token)),
            Value::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    pub(crate) fn get_mut<'a>(&self, root: &'a mut Value) -> Option<&'a mut Value> {
        root.pointer_mut(&self.0)
    }

    /// A `$ref` to this place. What RFC 3986 does not allow in a fragment is left to the reader, as other
    /// tools do.
    pub(crate) fn to_reference(&self) -> String {
        format!("#{}", self.0)
    }

    /// The last token, unescaped.
    pub(crate) fn name(&self) -> String {
        unescaped(self.0.rsplit('/').next().unwrap_or_default()).into_owned()
    }

    /// The place that holds this one.
    pub(crate) fn parent(&self) -> Self {
        let parent = self.0.rsplit_once('/').map(|(parent, _)| parent);
        Self(parent.unwrap_or_default().to_owned())
    }

    /// Whether this place is below `outer`.
    pub(crate) fn is_in(&self, outer: &Self) -> bool {
        let below = self.0.strip_prefix(&outer.0);
        below.is_some_and(|below| below.starts_with('/'))
    }

    /// The component that this place is in or is; elsewhere, the place itself.
    pub(crate) fn component(&self) -> Self {
        let component = self.0.starts_with("/components/");
        match self.0.match_indices('/').nth(3) {
            Some((end, _)) if component => Self(self.0[..end].to_owned()),
            _ => self.clone(),
        }
    }

    /// Where a `$ref` of this document points; `None` if it leaves the document.
    pub(crate) fn of_reference(reference: &str) -> Option<Self> {
        let fragment = reference.strip_prefix('#')?;
        // A URI fragment, in which characters may be percent-encoded (RFC 6901, section 6).
        let decoded = || {
            percent_decode_str(fragment)
                .decode_utf8_lossy()
                .into_owned()
        };
        (fragment.is_empty() || fragment.starts_with('/')).then(|| Self(decoded()))
    }
}

fn unescaped(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        token.replace("~1", "/").replace("~0", "~").into()
    } else {
        token.into()
    }
}

/// The place of a named schema.
pub(crate) fn component(name: &str) -> Pointer {
    Pointer::root().joined(&["components", "schemas", name])
}

/// Follows `$ref`s from `at` to the place that holds something else.
pub(crate) fn resolve(root: &Value, at: &Pointer) -> Result<Pointer, Diagnostic> {
    let mut at = at.clone();
    let mut seen = BTreeSet::new();
    loop {
        let value = at.get(root).ok_or_else(|| {
            Diagnostic::new(
                at.as_str(),
                "does not exist",
                "add it, correct the $ref, or fetch the document again",
            )
        })?;
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Ok(at);
        };
        if !seen.insert(at.clone()) {
            return Err(Diagnostic::new(
                at.as_str(),
                "refers to itself",
                "point the $ref at a definition",
            ));
        }
        at = Pointer::of_reference(reference).ok_or_else(|| leaves_document(&at, reference))?;
    }
}

pub(crate) fn leaves_document(at: &Pointer, reference: &str) -> Diagnostic {
    Diagnostic::new(
        at.as_str(),
        format!("$ref {reference:?} leaves the document"),
        "copy what it refers to into this document and refer to that (#/components/…)",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_decoded() {
        let target = Pointer::of_reference("#/components/schemas/a~1b%20c").unwrap();
        assert_eq!(target.as_str(), "/components/schemas/a~1b c");
        assert_eq!(target.name(), "a/b c");
        assert_eq!(Pointer::of_reference("other.yaml#/a"), None);
        let made = Pointer::root().joined(&["components", "schemas", "a/b~c"]);
        assert_eq!(Pointer::of_reference(&made.to_reference()), Some(made));
    }

    #[test]
    fn a_reference_to_itself_is_a_diagnostic() {
        let root = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        let diagnostic = resolve(&root, &Pointer::root().join("a")).unwrap_err();
        assert!(
            diagnostic.to_string().contains("refers to itself"),
            "{diagnostic}"
        );
    }

    #[test]
    fn malformed_percent_escapes_stay_as_they_are() {
        let target = Pointer::of_reference("#/a%2Fb%zz%").unwrap();
        assert_eq!(target.as_str(), "/a/b%zz%");
    }

    #[test]
    fn the_parent_of_a_place_holds_it() {
        let place = Pointer::root().joined(&["paths", "/a/{id}", "get"]);
        let parent = place.parent();
        assert_eq!(parent.as_str(), "/paths/~1a~1{id}");
        assert!(place.is_in(&parent) && !parent.is_in(&place));
        assert_eq!(parent.parent().parent(), Pointer::root());
        assert_eq!(Pointer::root().parent(), Pointer::root());
    }
}
