//! What a subject token says of itself.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// How far the clocks of two machines may differ.
const SKEW: Duration = Duration::from_secs(60);

/// What a subject token says of itself (RFC 7519, section 4.1), which nobody has verified: for looking at what a workload
/// presents. The token itself is a secret, these are not.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `iss`: which identity provider issued it.
    pub issuer: Option<String>,
    /// `sub`: whom it is about.
    pub subject: Option<String>,
    /// `aud`: whom it is for.
    pub audience: Vec<String>,
    /// `exp`: when it stops being valid.
    pub expires_at: Option<SystemTime>,
    /// `nbf`: when it begins to be valid.
    pub not_before: Option<SystemTime>,
    /// `iat`: when it was issued.
    pub issued_at: Option<SystemTime>,
}

/// Without `sub`, which may name a person.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("expires_at", &self.expires_at)
            .field("not_before", &self.not_before)
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}

impl Claims {
    /// Reads a JWT in its compact form (RFC 7515, section 3.1).
    ///
    /// # Errors
    ///
    /// It is none; why, without any of it.
    pub(crate) fn of_jwt(token: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(
                "is no JWT, which has three parts with dots between; check what the source gives",
            );
        };
        object(header).ok_or("is no JWT: its header is not JSON in Base64")?;
        let claims = object(claims).ok_or("is no JWT: its claims are not JSON in Base64")?;
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if signature.is_empty() || !signature.bytes().all(is_base64url) {
            return Err("is no JWT: its signature is not in Base64");
        }
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let audience = match claims.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => {
                let all = all.iter().filter_map(Value::as_str);
                all.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self {
            issuer: text("iss"),
            subject: text("sub"),
            audience,
            expires_at: time(&claims, "exp").map_err(|()| "has an `exp` that is no time")?,
            not_before: time(&claims, "nbf").map_err(|()| "has an `nbf` that is no time")?,
            issued_at: time(&claims, "iat").map_err(|()| "has an `iat` that is no time")?,
        })
    }

    /// Whether the token is one at the time `now`, as far as clocks agree.
    pub(crate) fn check_time(&self, now: SystemTime) -> Result<(), String> {
        let beyond = |from: Option<SystemTime>, to: SystemTime| {
            let apart = to.duration_since(from?).ok()?;
            (apart > SKEW).then_some(apart.as_secs())
        };
        if let Some(seconds) = beyond(self.expires_at, now) {
            return Err(format!(
                "expired {seconds} s ago (`exp`); check that its source renews it, and the clock"
            ));
        }
        if let Some(begin) = self.not_before
            && let Some(seconds) = beyond(Some(now), begin)
        {
            return Err(format!(
                "is not valid before {seconds} s from now (`nbf`); check the clock"
            ));
        }
        Ok(())
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(part).ok()?);
    serde_json::from_slice(&json).ok()
}

/// A `NumericDate`, which may have a fraction.
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<SystemTime>, ()> {
    let Some(value) = claims.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let seconds = value.as_f64().ok_or(())?;
    let since = Duration::try_from_secs_f64(seconds).map_err(|_| ())?;
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .map(Some)
        .ok_or(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json as object;

    use super::*;
    use crate::subject_token::arbitrary_json::json;

    fn jwt(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(&object!({"alg": "RS256"})), part(claims))
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn claims_are_read() {
        let token = jwt(
            &object!({"iss": "https://idp", "sub": "me", "aud": ["a", "b"], "exp": 1000.5, "nbf": 10, "iat": 11}),
        );
        let claims = Claims::of_jwt(&token).unwrap();
        assert_eq!(claims.issuer.as_deref(), Some("https://idp"));
        assert_eq!(claims.subject.as_deref(), Some("me"));
        assert_eq!(claims.audience, ["a", "b"]);
        assert_eq!(
            claims.expires_at,
            Some(at(1000) + Duration::from_millis(500))
        );
        assert_eq!(
            (claims.not_before, claims.issued_at),
            (Some(at(10)), Some(at(11)))
        );
        let one = Claims::of_jwt(&jwt(&object!({"aud": "a"}))).unwrap();
        assert_eq!(one.audience, ["a"]);
        assert_eq!(
            Claims::of_jwt(&jwt(&object!({}))).unwrap(),
            Claims::default()
        );
    }

    #[test]
    fn what_is_no_jwt_is_refused() {
        for (token, why) in [
            (
                "",
                "is no JWT, which has three parts with dots between; check what the source gives",
            ),
            (
                "a.b",
                "is no JWT, which has three parts with dots between; check what the source gives",
            ),
            (
                "a.b.c.d",
                "is no JWT, which has three parts with dots between; check what the source gives",
            ),
            ("a.b.c", "is no JWT: its header is not JSON in Base64"),
            (
                "W10.e30.c2ln",
                "is no JWT: its header is not JSON in Base64",
            ),
            (
                "e30.W10.c2ln",
                "is no JWT: its claims are not JSON in Base64",
            ),
            (
                "e30.e30=.c2ln",
                "is no JWT: its claims are not JSON in Base64",
            ),
            ("e30.e30.", "is no JWT: its signature is not in Base64"),
            ("e30.e30.+", "is no JWT: its signature is not in Base64"),
        ] {
            assert_eq!(Claims::of_jwt(token), Err(why), "{token}");
        }
        for (claims, why) in [
            (object!({"exp": "soon"}), "has an `exp` that is no time"),
            (object!({"exp": -1}), "has an `exp` that is no time"),
            (object!({"nbf": 1e300}), "has an `nbf` that is no time"),
            (object!({"iat": []}), "has an `iat` that is no time"),
        ] {
            assert_eq!(Claims::of_jwt(&jwt(&claims)), Err(why));
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        let claims = Claims::of_jwt(&jwt(&object!({"exp": 1000, "nbf": 500}))).unwrap();
        for now in [440, 500, 1000, 1060] {
            assert_eq!(claims.check_time(at(now)), Ok(()));
        }
        let why = "is not valid before 61 s from now (`nbf`); check the clock";
        assert_eq!(claims.check_time(at(439)), Err(why.to_owned()));
        let why = "expired 61 s ago (`exp`); check that its source renews it, and the clock";
        assert_eq!(claims.check_time(at(1061)), Err(why.to_owned()));
    }

    proptest! {
        #[test]
        fn nothing_panics(token in ".*", claims in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Claims::of_jwt(&token);
            let _ = Claims::of_jwt(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)));
        }

        #[test]
        fn claims_of_any_type_are_read_or_refused(
            claims in json(&["iss", "sub", "aud", "exp", "nbf", "iat"]), now in any::<u32>(),
        ) {
            let read = Claims::of_jwt(&jwt(&claims));
            prop_assert_eq!(read.is_ok(), claims.is_object() && ["exp", "nbf", "iat"].iter().all(|name| {
                let value = claims.get(name).filter(|value| !value.is_null());
                value.is_none_or(|value| {
                    let seconds = value.as_f64().map(Duration::try_from_secs_f64);
                    seconds.is_some_and(|seconds| {
                        seconds.is_ok_and(|since| SystemTime::UNIX_EPOCH.checked_add(since).is_some())
                    })
                })
            }));
            if let Ok(read) = read {
                prop_assert_eq!(read.subject.as_deref(), claims["sub"].as_str());
                let _ = read.check_time(at(now.into()));
            }
        }
    }
}
