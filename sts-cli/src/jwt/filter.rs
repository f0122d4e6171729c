//! The filter of an identity pool, evaluated here. Confluent's language is larger than what is known of it, so that
//! this is an approximation.

use serde_json::{Map, Value};
use sts_emulator::Filter;

use super::issuer::EntraVersion;
use crate::shown::shown;

/// Why the claims do not match the filter: the first of its conditions that does not hold, and what the token has in
/// its place. `None` if they match.
///
/// # Errors
///
/// The filter cannot be read here; why.
pub(crate) fn mismatch(
    filter: &str,
    claims: &Map<String, Value>,
) -> Result<Option<String>, String> {
    let filter = Filter::parse(filter)?;
    if filter.matches(claims) == Ok(true) {
        return Ok(None);
    }
    let failed = filter.conditions().into_iter().find_map(|condition| {
        let outcome = condition.matches(claims);
        (outcome != Ok(true)).then_some((condition, outcome.err()))
    });
    let Some((condition, why)) = failed else {
        return Ok(None);
    };
    let text = shown(condition.text());
    let why = match why {
        Some(_) if other_application(&text, claims).is_some() => {
            other_application(&text, claims).unwrap_or_default()
        }
        Some(why) => shown(&why),
        None => has(condition.text(), claims),
    };
    Ok(Some(format!("{text} does not hold: {why}")))
}

/// A claim of the application that is called otherwise in this version of Entra.
fn other_application(condition: &str, claims: &Map<String, Value>) -> Option<String> {
    [EntraVersion::V1, EntraVersion::V2].into_iter().find_map(|version| {
        let other = match version {
            EntraVersion::V1 => EntraVersion::V2,
            EntraVersion::V2 => EntraVersion::V1,
        };
        let (has, asked) = (version.application(), other.application());
        let asks = condition.contains(&format!("claims.{asked}"));
        (asks && claims.contains_key(has) && !claims.contains_key(asked)).then(|| {
            format!("the token has no {asked}, but {has}, as Microsoft Entra's version {version} calls it")
        })
    })
}

/// The claims that a condition names, as the token has them.
fn has(condition: &str, claims: &Map<String, Value>) -> String {
    let named = claims.iter().filter(|(name, _)| {
        let by_dot = format!("claims.{name}");
        let after = condition
            .find(&by_dot)
            .map(|at| &condition[at + by_dot.len()..]);
        let whole =
            |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        after.is_some_and(whole)
            || condition.contains(&format!("claims[\"{name}\"]"))
            || condition.contains(&format!("claims['{name}']"))
    });
    let named: Vec<String> = named
        .map(|(name, value)| format!("{} is {}", shown(name), shown(&value.to_string())))
        .collect();
    if named.is_empty() {
        "the claims that it names are not in the token".to_owned()
    } else {
        named.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(filter: &str, claims: &Value) -> Result<Option<String>, String> {
        mismatch(filter, claims.as_object().unwrap())
    }

    #[test]
    fn the_condition_that_does_not_hold_is_named() {
        let claims = json!({"aud": "confluent", "sub": "a:b", "subject": 1, "https://x/y": "z", "appid": "1"});
        for (filter, expected) in [
            ("claims.aud == 'confluent'", None),
            (
                "claims.aud == 'confluent' && claims.sub.startsWith('b')",
                Some("claims.sub.startsWith('b') does not hold: sub is \"a:b\""),
            ),
            (
                "claims.repository == 'me/mine'",
                Some(
                    "claims.repository == 'me/mine' does not hold: the token has no claim claims.repository",
                ),
            ),
            (
                "claims['https://x/y'] == 'w'",
                Some("claims['https://x/y'] == 'w' does not hold: https://x/y is \"z\""),
            ),
            (
                "claims.azp == '1' && claims.aud == 'x'",
                Some(
                    "claims.azp == '1' does not hold: the token has no azp, but appid, as Microsoft Entra's version \
                     1.0 calls it",
                ),
            ),
            (
                "has(claims.none)",
                Some(
                    "has(claims.none) does not hold: the claims that it names are not in the token",
                ),
            ),
        ] {
            assert_eq!(
                of(filter, &claims),
                Ok(expected.map(str::to_owned)),
                "{filter}"
            );
        }
        let v2 = of("claims.appid == '1'", &json!({"azp": "1"}))
            .unwrap()
            .unwrap();
        assert!(
            v2.ends_with("but azp, as Microsoft Entra's version 2.0 calls it"),
            "{v2}"
        );
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_told() {
        let why = of("claims.aud.matches('x')", &json!({})).unwrap_err();
        assert_eq!(why, "at character 12: the function matches is not known");
    }

    proptest! {
        #[test]
        fn any_filter_is_evaluated_or_refused_in_one_line(
            filter in "\\PC{0,20}|(claims\\.(a|b|c)( ?(==|!=|in|&&|\\|\\|) ?)('[a-z\n]{0,3}'|1|claims\\.b|\\[1\\])( && )?){1,3}",
            text in any::<String>(),
            number in any::<i64>(),
        ) {
            let said = match of(&filter, &json!({"a": text, "b": number, "c": [text]})) {
                Ok(said) => said.unwrap_or_default(),
                Err(why) => why,
            };
            prop_assert!(said.lines().count() <= 1, "{}", said);
        }
    }
}
