//! The operation as `openapi/sts-v1.yaml` describes it: the form, the replies, the headers. What the fragment says is
//! said nowhere else in this crate.

mod document;
mod form;
mod problem;
mod reply;
mod schema;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use form::pairs;
pub(crate) use problem::Problem;

/// The fragment that this crate comes with.
pub(crate) const FRAGMENT: &str = include_str!("../../openapi/sts-v1.yaml");

/// The parameters whose meaning the emulator knows.
pub(crate) const SUBJECT_TOKEN: &str = "subject_token";
pub(crate) const IDENTITY_POOL_ID: &str = "identity_pool_id";
pub(crate) const REQUESTED_TOKEN_TYPE: &str = "requested_token_type";
pub(crate) const EXPIRES_IN: &str = "expires_in";

/// What the operation takes and answers.
#[derive(Debug)]
pub(crate) struct Specification {
    path: String,
    method: String,
    form: Value,
    /// By status.
    responses: BTreeMap<String, Value>,
}

impl Specification {
    pub(crate) fn read(yaml: &str) -> Result<Self, String> {
        let root: Value = serde_saphyr::from_str(yaml).map_err(|error| {
            let error = error.to_string();
            format!("not YAML: {}", error.lines().next().unwrap_or_default())
        })?;
        let operation = document::operation(&root)?;
        for name in [
            SUBJECT_TOKEN,
            IDENTITY_POOL_ID,
            REQUESTED_TOKEN_TYPE,
            EXPIRES_IN,
        ] {
            if operation
                .form
                .pointer(&format!("/properties/{name}"))
                .is_none()
            {
                return Err(format!("the form of {} has no {name}", operation.path));
            }
        }
        let responses = operation.value.get("responses").and_then(Value::as_object);
        let responses = responses.into_iter().flatten().map(|(status, response)| {
            let response = document::resolved(&root, response)?;
            Ok((status.clone(), response))
        });
        let responses = responses.collect::<Result<BTreeMap<_, _>, String>>()?;
        for status in ["200", "400"] {
            if !responses.contains_key(status) {
                return Err(format!("{} has no response {status}", operation.path));
            }
        }
        Ok(Self {
            path: operation.path,
            method: operation.method,
            form: operation.form,
            responses,
        })
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// In capitals.
    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    /// Whether the form has a parameter of this name.
    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        let properties = self.form.get("properties");
        properties.is_some_and(|properties| properties.get(name).is_some())
    }

    /// The parameters that are required and of which the specification lists the values, each with the first.
    pub(crate) fn fixed_parameters(&self) -> Vec<(String, String)> {
        let required = self.form.get("required").and_then(Value::as_array);
        let names = required.into_iter().flatten().filter_map(Value::as_str);
        let fixed = names.filter_map(|name| {
            let property = self.form.get("properties")?.get(name)?;
            let first = schema::listed(property)?.first()?.as_str()?;
            Some((name.to_owned(), first.to_owned()))
        });
        fixed.collect()
    }

    /// The values of a form by name, with defaults for what is not there; or all that is wrong with it.
    pub(crate) fn check(
        &self,
        pairs: &[(String, String)],
    ) -> Result<BTreeMap<String, Value>, Vec<Problem>> {
        form::check(&self.form, pairs)
    }

    /// The body of a 200 with the properties in `known`.
    pub(crate) fn reply(&self, known: Map<String, Value>) -> Result<Value, String> {
        reply::object(self.schema(200), known)
    }

    /// The first value that the specification lists for a property of a 200.
    pub(crate) fn listed_in_reply(&self, name: &str) -> Option<Value> {
        let property = self.schema(200).get("properties")?.get(name)?;
        schema::listed(property)?.first().cloned()
    }

    /// The body of a 4xx or 5xx.
    pub(crate) fn failure(&self, status: u16, problems: &[Problem]) -> Value {
        reply::failure(self.schema(status), status, problems)
    }

    /// Whether a response with this status has this header. One that is not documented at all may have any.
    pub(crate) fn has_header(&self, status: u16, name: &str) -> bool {
        let Some(response) = self.responses.get(&status.to_string()) else {
            return true;
        };
        let headers = response.get("headers").and_then(Value::as_object);
        headers.is_some_and(|headers| {
            headers
                .keys()
                .any(|header| header.eq_ignore_ascii_case(name))
        })
    }

    /// The schema of a response; that of a 400 for one that has none.
    fn schema(&self, status: u16) -> &Value {
        let of = |status: &str| {
            let response = self.responses.get(status)?;
            response
                .get("content")?
                .get("application/json")?
                .get("schema")
        };
        let schema = of(&status.to_string()).or_else(|| of("400"));
        schema.unwrap_or(&Value::Null)
    }

    /// What is wrong with a body of the emulator's.
    #[cfg(test)]
    pub(crate) fn violations(&self, status: u16, body: &Value) -> Vec<(String, String)> {
        schema::violations(self.schema(status), body)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_fragment_is_read() {
        let specification = Specification::read(FRAGMENT).unwrap();
        assert!(specification.has_parameter(SUBJECT_TOKEN));
        assert!(!specification.has_parameter("actor_token"));
        assert!(specification.has_header(429, "retry-after"));
        assert!(!specification.has_header(200, "retry-after"));
        assert!(specification.has_header(405, "x-request-id"));
    }

    #[test]
    fn failures_are_as_documented() {
        let specification = Specification::read(FRAGMENT).unwrap();
        let problems = [Problem::missing("a"), Problem::encoding("b")];
        for status in [400, 405, 500] {
            let body = specification.failure(status, &problems);
            assert_eq!(specification.violations(status, &body), []);
            assert_eq!(body["errors"][0]["source"], json!({"parameter": "a"}));
            assert_eq!(body["errors"][0]["status"], json!(status.to_string()));
        }
    }

    #[test]
    fn other_documents_are_refused() {
        for (yaml, said) in [
            ("{", "not YAML: "),
            (
                "a: b",
                "no operation takes a form (application/x-www-form-urlencoded)",
            ),
        ] {
            let error = Specification::read(yaml).unwrap_err();
            assert!(error.starts_with(said), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
        let without = FRAGMENT.replace("identity_pool_id", "pool");
        let error = Specification::read(&without).unwrap_err();
        assert_eq!(
            error,
            "the form of /sts/v1/oauth2/token has no identity_pool_id"
        );
        let without = FRAGMENT.replace("'400'", "'401'");
        let error = Specification::read(&without).unwrap_err();
        assert_eq!(error, "/sts/v1/oauth2/token has no response 400");
    }
}
