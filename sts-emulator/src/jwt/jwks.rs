use serde_json::Value;

use super::verifying_key::VerifyingKey;

/// The keys of a JSON Web Key Set (RFC 7517, section 5); those that are for something else are left out.
pub(crate) fn read(text: &[u8]) -> Result<Vec<VerifyingKey>, String> {
    let set: Value =
        serde_json::from_slice(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or("it is no JWKS: it has no list named keys")?;
    let keys: Vec<VerifyingKey> = keys.iter().filter_map(VerifyingKey::of_jwk).collect();
    if keys.is_empty() {
        return Err("it has no key for RS256, ES256 or EdDSA".to_owned());
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_no_key_set_is_told() {
        for (text, said) in [
            (
                "<html>",
                "it is not JSON: expected value at line 1 column 1",
            ),
            ("{}", "it is no JWKS: it has no list named keys"),
            (r#"{"keys": []}"#, "it has no key for RS256, ES256 or EdDSA"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err(), said);
        }
    }
}
