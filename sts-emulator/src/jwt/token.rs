use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A JWT in its compact form (RFC 7515, section 3.1) taken apart, its signature not verified.
#[non_exhaustive]
pub struct Jwt<'a> {
    /// The header.
    pub header: Map<String, Value>,
    /// What the token says.
    pub claims: Map<String, Value>,
    /// What the signature is of.
    pub signed: &'a [u8],
    /// The signature; empty where `alg` is `none`.
    pub signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// Takes `text` apart.
    ///
    /// # Errors
    ///
    /// What keeps it from being a JWT, without any of it.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
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

    /// A value of the header, if it is text.
    #[must_use]
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }
}

/// Without all that it holds.
impl fmt::Debug for Jwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt").finish_non_exhaustive()
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
            assert_eq!(Jwt::parse(text).unwrap_err(), said, "{text}");
        }
        let token = Jwt::parse("eyJhbGciOiJub25lIn0.e30.").unwrap();
        assert_eq!(token.header_text("alg"), Some("none"));
        assert_eq!(format!("{token:?}"), "Jwt { .. }");
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[a-zA-Z0-9._ä-]{0,60}") {
            Jwt::parse(&text).ok();
        }
    }
}
