//! Makes credentials a type that does not print.

use serde_json::{Value, json};

use super::adaptation::Adaptation;
use super::rust_type;
use crate::diagnostic::Diagnostic;
use crate::openapi::{Direction, Pointer, operations, parameters, properties, reachable, resolve};

/// Gives the OAuth parameters that are credentials `format: password`, and everything of that format
/// the type `Secret`. As plain strings they would be printed by `{:?}`, in logs and in error texts.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "secrets",
    why: "a credential as a plain string would be printed in logs and errors",
    apply,
};

/// The parameters of IANA's OAuth registry that are credentials. `code` is not among them: elsewhere in
/// a document it is the code of an error.
const CREDENTIALS: [&str; 11] = [
    "access_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code_verifier",
    "device_code",
    "id_token",
    "password",
    "refresh_token",
    "subject_token",
];

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Diagnostic> {
    let mut changed = Vec::new();
    check_parameters(root)?;
    for direction in [Direction::Request, Direction::Response] {
        let places = reachable(root, direction)?;
        for at in &places {
            let Some(schema) = at.get_mut(root) else {
                continue;
            };
            let names: Vec<String> = properties(schema)
                .filter(|(name, property)| is_credential(name, property))
                .map(|(name, _)| name.clone())
                .collect();
            for name in names {
                schema["properties"][name]["format"] = json!("password");
            }
        }
        for at in places {
            if let Some(schema) = at.get_mut(root)
                && schema["format"] == "password"
                && schema["type"] == "string"
                && schema.get("x-rust-type").is_none()
            {
                rust_type::mark(schema, "Secret", &[]);
                changed.push(at);
            }
        }
    }
    Ok(changed)
}

/// A query parameter is marked by its name like a property, and serialised like one. Headers and paths are written with
/// `Display`, which a secret does not have: the generated code would not compile.
fn check_parameters(root: &mut Value) -> Result<(), Diagnostic> {
    for operation in operations(root) {
        for parameter in parameters(root, &operation)? {
            let at = resolve(root, &parameter.schema)?;
            let Some(schema) = at.get_mut(root) else {
                continue;
            };
            if !is_credential(&parameter.name, schema) && schema["format"] != "password" {
                continue;
            }
            if parameter.location != "query" {
                return Err(Diagnostic::new(
                    parameter.at.as_str(),
                    format!(
                        "the credential {:?} is sent in a {}, which progenitor writes with Display, and a secret has none",
                        parameter.name, parameter.location
                    ),
                    "leave it out, and send it by the client's hooks",
                ));
            }
            schema["format"] = json!("password");
        }
    }
    Ok(())
}

fn is_credential(name: &str, property: &Value) -> bool {
    CREDENTIALS.contains(&name) && property["type"] == "string" && property.get("enum").is_none()
}

#[cfg(test)]
mod tests {
    use super::super::tests::form;
    use super::*;

    fn secret() -> Value {
        json!({
            "type": "string",
            "format": "password",
            "x-rust-type": {
                "crate": "sts-sdk", "version": "*", "path": "sts_sdk::Secret", "parameters": [],
            },
        })
    }

    #[test]
    fn credentials_become_secrets_whichever_way_they_travel() {
        let mut document = form(&json!({
            "Request": {"properties": {
                "subject_token": {"type": "string"},
                "subject_token_type": {"type": "string"},
                "pin": {"type": "string", "format": "password"},
                "refresh_token": {"type": "string", "nullable": true},
            }},
            "Reply": {"properties": {
                "access_token": {"type": "string"},
                "code": {"type": "string"},
                "password": {"type": "object"},
            }},
        }));
        assert_eq!(apply(&mut document).unwrap().len(), 4);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Request": {"properties": {
                    "subject_token": secret(),
                    "subject_token_type": {"type": "string"},
                    "pin": secret(),
                    "refresh_token": {"nullable": true, "allOf": [secret()]},
                }},
                "Reply": {"properties": {
                    "access_token": secret(),
                    "code": {"type": "string"},
                    "password": {"type": "object"},
                }},
            })
        );
    }

    #[test]
    fn credentials_among_the_parameters_are_secrets_or_refused() {
        let with = |name: &str, location: &str, schema: Value| {
            let mut document = form(&json!({"Request": {}, "Reply": {}}));
            document["paths"]["/a"]["parameters"] =
                json!([{"name": name, "in": location, "schema": schema}]);
            document
        };
        let mut query = with("access_token", "query", json!({"type": "string"}));
        assert_eq!(apply(&mut query).unwrap().len(), 1);
        assert_eq!(query["paths"]["/a"]["parameters"][0]["schema"], secret());
        for mut refused in [
            with(
                "X-Key",
                "header",
                json!({"type": "string", "format": "password"}),
            ),
            with("password", "path", json!({"type": "string"})),
        ] {
            let diagnostic = apply(&mut refused)
                .err()
                .map(|diagnostic| diagnostic.to_string())
                .unwrap();
            assert!(
                diagnostic.starts_with("/paths/~1a/parameters/0: the credential"),
                "{diagnostic}"
            );
        }
    }
}
