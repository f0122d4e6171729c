//! JSON Pointers (RFC 6901) and the references that are made of them.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::fault::Fault;

/// A place in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

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

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn get<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        root.pointer(&self.0)
    }

    pub(crate) fn get_mut<'a>(&self, root: &'a mut Value) -> Option<&'a mut Value> {
        root.pointer_mut(&self.0)
    }

    /// The last token, unescaped.
    pub(crate) fn name(&self) -> String {
        let token = self.0.rsplit('/').next().unwrap_or_default();
        token.replace("~1", "/").replace("~0", "~")
    }

    /// Where a `$ref` of this document points; `None` if it leaves the document.
    pub(crate) fn of_reference(reference: &str) -> Option<Self> {
        let fragment = reference.strip_prefix('#')?;
        (fragment.is_empty() || fragment.starts_with('/')).then(|| Self(percent_decode(fragment)))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

/// A `$ref` is a URI fragment, in which characters may be percent-encoded (RFC 6901, section 6).
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| std::str::from_utf8(tail.get(..2)?).ok())
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = escaped {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Follows `$ref`s from `at` to the place that holds something else.
pub(crate) fn resolve(root: &Value, at: &Pointer) -> Result<Pointer, Fault> {
    let mut at = at.clone();
    let mut seen = BTreeSet::new();
    loop {
        let value = at.get(root).ok_or_else(|| {
            Fault::new(at.as_str(), "does not exist", "add it or correct the $ref")
        })?;
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Ok(at);
        };
        if !seen.insert(at.clone()) {
            return Err(Fault::new(
                at.as_str(),
                "refers to itself",
                "point the $ref at a definition",
            ));
        }
        at = Pointer::of_reference(reference).ok_or_else(|| leaves_document(&at, reference))?;
    }
}

pub(crate) fn leaves_document(at: &Pointer, reference: &str) -> Fault {
    Fault::new(
        at.as_str(),
        format!("$ref {reference:?} leaves the document"),
        "copy what it refers to into this document and refer to that (#/components/…)",
    )
}

/// Every `$ref` at or below `at`, with the place that holds it. Values that only look like
/// references (in examples, defaults, enumerations, vendor extensions) are passed over.
pub(crate) fn references(root: &Value, at: &Pointer) -> Vec<(Pointer, String)> {
    let mut found = Vec::new();
    if let Some(value) = at.get(root) {
        collect(value, at, false, &mut found);
    }
    found
}

fn collect(value: &Value, at: &Pointer, names: bool, found: &mut Vec<(Pointer, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if !names && key == "$ref" {
                    if let Some(reference) = inner.as_str() {
                        found.push((at.clone(), reference.to_owned()));
                    }
                } else if names || !is_data(key) {
                    collect(inner, &at.join(key), !names && holds_names(key), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, &at.join(index), false, found);
            }
        }
        _ => {}
    }
}

/// Whether what a key holds is data of the API and not part of its description.
pub(crate) fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum") || key.starts_with("x-")
}

/// Whether the keys of the object under a key are names and not keywords.
pub(crate) fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "callbacks"
            | "content"
            | "encoding"
            | "headers"
            | "links"
            | "parameters"
            | "paths"
            | "properties"
            | "requestBodies"
            | "responses"
            | "schemas"
            | "securitySchemes"
            | "variables"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_decoded_and_examples_passed_over() {
        let root = json!({
            "properties": {
                "default": {"$ref": "#/components/schemas/a~1b%20c"},
                "other": {"example": {"$ref": "#/nowhere"}, "default": {"$ref": "#/nowhere"}},
            }
        });
        let found = references(&root, &Pointer::root());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.as_str(), "/properties/default");
        let target = Pointer::of_reference(&found[0].1).unwrap();
        assert_eq!(target.as_str(), "/components/schemas/a~1b c");
        assert_eq!(target.name(), "a/b c");
    }

    #[test]
    fn a_reference_to_itself_is_a_fault() {
        let root = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        let fault = resolve(&root, &Pointer::root().join("a")).unwrap_err();
        assert!(fault.to_string().contains("refers to itself"), "{fault}");
    }

    #[test]
    fn malformed_percent_escapes_stay_as_they_are() {
        assert_eq!(percent_decode("/a%2Fb%zz%"), "/a/b%zz%");
    }
}
