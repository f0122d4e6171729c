//! Holding a form to the schema of the request.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::problem::Problem;
use super::schema::{type_of, violations};
use crate::redact::shown;

/// More pairs than any client sends.
const PAIRS: usize = 100;

/// The pairs of a form (`application/x-www-form-urlencoded`), read strictly: every escape is complete, and all is UTF-8.
pub(crate) fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let text = std::str::from_utf8(body);
    let text = text.map_err(|_| Problem::encoding("the form is not UTF-8"))?;
    let parts: Vec<&str> = text.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() > PAIRS {
        let text = format!("the form has {} parameters, more than {PAIRS}", parts.len());
        return Err(Problem::encoding(text));
    }
    let pair = |part: &&str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decoded = decode(name).zip(decode(value));
        decoded.ok_or_else(|| {
            let name = shown(name);
            Problem::encoding(format!(
                "the parameter {name} has an escape that is incomplete or not UTF-8"
            ))
        })
    };
    parts.iter().map(pair).collect()
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let mut escapes = text.split('%');
    escapes.next();
    let hexadecimal = |escape: &str| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !escapes.all(hexadecimal) {
        return None;
    }
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The values of the form by name, with the defaults of the schema for what is not there; or all that is wrong with it.
///
/// A parameter without a value counts as left out (RFC 6749, section 3.2).
pub(crate) fn check(
    schema: &Value,
    pairs: &[(String, String)],
) -> Result<BTreeMap<String, Value>, Vec<Problem>> {
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (name, text) in pairs {
        let property = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        let Some(property) = property else {
            problems.push(Problem::unknown(&shown(name)));
            continue;
        };
        if seen.contains(&name.as_str()) {
            problems.push(Problem::repeated(name));
            continue;
        }
        seen.push(name);
        if text.is_empty() {
            continue;
        }
        match parsed(property, text) {
            Ok(None) => {}
            Ok(Some(value)) => {
                for (at, text) in violations(property, &value) {
                    problems.push(Problem::invalid(name, &format!("{name}{at} {text}")));
                }
                values.insert(name.clone(), value);
            }
            Err(text) => problems.push(Problem::invalid(name, &format!("{name} {text}"))),
        }
    }
    for name in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = name.as_str()
            && !values.contains_key(name)
            && !problems
                .iter()
                .any(|problem| problem.parameter.as_deref() == Some(name))
        {
            problems.push(Problem::missing(name));
        }
    }
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if let Some(default) = property.get("default") {
            values
                .entry(name.clone())
                .or_insert_with(|| default.clone());
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

/// The text of a parameter as a value of the type that the schema has. Nothing for a read-only object in another notation
/// than JSON, which is taken as it is: it changes nothing, OpenAPI 3.0.0 does not say how a form holds an object, and
/// clients that openapi-generator makes for Python write it in Python's notation.
fn parsed(schema: &Value, text: &str) -> Result<Option<Value>, String> {
    let Some(kind) = type_of(schema) else {
        return Ok(Some(Value::from(text)));
    };
    if kind == "string" {
        return Ok(Some(Value::from(text)));
    }
    // JSON's own rules, without the white space that it allows around a value.
    let value = if text.trim() == text {
        serde_json::from_str(text).ok()
    } else {
        None
    };
    match (kind, value) {
        ("integer", Some(value @ Value::Number(_))) if value.is_i64() || value.is_u64() => {
            Ok(Some(value))
        }
        ("number", Some(value @ Value::Number(_)))
        | ("boolean", Some(value @ Value::Bool(_)))
        | ("object", Some(value @ Value::Object(_)))
        | ("array", Some(value @ Value::Array(_))) => Ok(Some(value)),
        ("object", None)
            if is_python_object(text) && schema.get("readOnly") == Some(&Value::Bool(true)) =>
        {
            Ok(None)
        }
        ("object" | "array", _) => Err(format!("must be the JSON text of an {kind}")),
        _ => Err(format!("must be of type {kind}")),
    }
}

fn is_python_object(text: &str) -> bool {
    text.starts_with("{'") && text.ends_with('}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(body: &str) -> Result<BTreeMap<String, Value>, Vec<String>> {
        let schema = json!({
            "properties": {
                "name": {"type": "string", "maxLength": 5},
                "number": {"type": "integer", "maximum": 9, "default": 7},
                "object": {"type": "object", "properties": {"a": {"type": "string"}}},
                "flag": {"type": "boolean"},
                "meta": {"type": "object", "readOnly": true},
            },
            "required": ["name"],
        });
        let pairs = pairs(body.as_bytes()).map_err(|problem| vec![problem.detail])?;
        check(&schema, &pairs)
            .map_err(|problems| problems.into_iter().map(|problem| problem.detail).collect())
    }

    #[test]
    fn values_have_types_and_defaults() {
        let values = read("name=a%2Bb+c&object=%7B%22a%22%3A%22b%22%7D&flag=true").unwrap();
        assert_eq!(
            json!(values),
            json!({"name": "a+b c", "number": 7, "object": {"a": "b"}, "flag": true})
        );
        assert!(!read("name=a&meta={'a':'b'}").unwrap().contains_key("meta"));
        assert_eq!(read("&name=a&&number=").unwrap()["number"], json!(7));
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let cases = [
            ("", &["name is required and missing"] as &[&str]),
            ("name", &["name is required and missing"]),
            ("name=a&name=a", &["name is there more than once"]),
            (
                "name=a&other=b",
                &["other is no parameter of this operation"],
            ),
            (
                "name=abcdef&number=10",
                &[
                    "name has 6 characters, the maximum is 5",
                    "number is 10, the maximum is 9",
                ],
            ),
            ("name=a&number=%20+1", &["number must be of type integer"]),
            ("name=a&number=+1", &["number must be of type integer"]),
            ("name=a&number=1.0", &["number must be of type integer"]),
            ("name=a&number=01", &["number must be of type integer"]),
            ("name=a&flag=1", &["flag must be of type boolean"]),
            (
                "name=a&object=x",
                &["object must be the JSON text of an object"],
            ),
            (
                "name=a&object=%7B%22a%22%3A1%7D",
                &["object/a must be of type string"],
            ),
            (
                "name=%4",
                &["the parameter name has an escape that is incomplete or not UTF-8"],
            ),
            (
                "name=%ff",
                &["the parameter name has an escape that is incomplete or not UTF-8"],
            ),
            (
                "name=%zz",
                &["the parameter name has an escape that is incomplete or not UTF-8"],
            ),
        ];
        for (body, said) in cases {
            assert_eq!(read(body).unwrap_err(), said, "{body}");
        }
        assert_eq!(pairs(b"\xff").unwrap_err().detail, "the form is not UTF-8");
        let many = "a&".repeat(101);
        assert_eq!(
            pairs(many.as_bytes()).unwrap_err().detail,
            "the form has 101 parameters, more than 100"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(pairs) = pairs(&body) {
                check(&json!({}), &pairs).ok();
            }
        }

        #[test]
        fn what_was_encoded_is_read(name in ".{1,10}", value in ".{0,10}") {
            let encode = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
            let body = format!("{}={}", encode(&name), encode(&value));
            prop_assert_eq!(pairs(body.as_bytes()).unwrap(), [(name, value)]);
        }
    }
}
