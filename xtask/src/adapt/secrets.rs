//! Makes credentials a type that does not print.

use serde_json::{Value, json};

use super::{Adaptation, rust_type};
use crate::document::{Direction, Pointer, properties, reachable};
use crate::fault::Fault;

/// Gives the OAuth parameters that are credentials `format: password`, and everything of that format
/// the type `Secret`. As plain strings they would be printed by `{:?}`, in logs and in error texts.
pub(super) const ADAPTATION: Adaptation = Adaptation {
    name: "secrets",
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

fn apply(root: &mut Value) -> Result<Vec<Pointer>, Fault> {
    let mut changed = Vec::new();
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
}
