use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A JWT taken apart, its signature not verified.
pub(crate) struct Token<'a> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    /// What the signature is of.
    pub(crate) signed: &'a [u8],
    pub(crate) signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Takes `text` apart, or says what keeps it from being a JWT.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let (signed, signature) = text.rsplit_once('.').ok_or("it has no dots")?;
        let (header, claims) = signed.split_once('.').ok_or("it has only one dot")?;
        if claims.contains('.') {
            return Err("it has more than two dots");
        }
        let header = object(header).ok_or("its header is no JSON object in base64url")?;
        let claims = object(claims).ok_or("its claims are no JSON object in base64url")?;
        if !header.get("alg").is_some_and(Value::is_string) {
            return Err("its header has no alg");
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature);
        Ok(Self {
            header,
            claims,
            signed: signed.as_bytes(),
            signature: signature.map_err(|_| "its signature is not base64url")?,
        })
    }

    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_jwt_is_told() {
        for (text, said) in [
            ("", "it has no dots"),
            ("test_jwt_token", "it has no dots"),
            ("a.b", "it has only one dot"),
            ("a.b.c.d", "it has more than two dots"),
            ("a.b.c", "its header is no JSON object in base64url"),
            ("e30.W10.", "its claims are no JSON object in base64url"),
            ("e30.e30.", "its header has no alg"),
            (
                "eyJhbGciOiJub25lIn0.e30.=",
                "its signature is not base64url",
            ),
        ] {
            assert_eq!(Token::parse(text).unwrap_err(), said, "{text}");
        }
        let token = Token::parse("eyJhbGciOiJub25lIn0.e30.").unwrap();
        assert_eq!(token.header_text("alg"), Some("none"));
        assert_eq!(format!("{token:?}"), "Token { .. }");
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[a-zA-Z0-9._ä-]{0,60}") {
            Token::parse(&text).ok();
        }
    }
}
