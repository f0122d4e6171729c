//! Filters of identity pools, in a subset of CEL that the page of the crate lists.

mod evaluate;
mod expression;
mod parse;
mod token;

use std::fmt;

use serde_json::{Map, Value};

use expression::Expression;

/// A filter of an identity pool, as text and understood. [The crate's page](crate#filters) has the language.
///
/// ```
/// use serde_json::json;
/// use sts_emulator::Filter;
///
/// let filter = Filter::parse(r#"claims.aud == "confluent""#)?;
/// let claims = json!({"aud": "confluent"});
/// assert_eq!(claims.as_object().map(|claims| filter.matches(claims)), Some(Ok(true)));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Filter {
    text: String,
    expression: Expression,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// At which character it cannot be read, and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = token::tokens(text)?;
        Ok(Self {
            text: text.to_owned(),
            expression: parse::parse(&tokens)?,
        })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the claims match.
    ///
    /// # Errors
    ///
    /// Why that cannot be said, such as a claim that is not there.
    pub fn matches(&self, claims: &Map<String, Value>) -> Result<bool, String> {
        evaluate::matches(&self.expression, claims)
    }

    /// The conditions that must all hold for it to match: what stands between its `&&`, or the whole filter.
    #[must_use]
    pub fn conditions(&self) -> Vec<Self> {
        let texts = token::conditions(&self.text);
        let parts = match &self.expression {
            Expression::And(parts) if parts.len() == texts.len() => texts.into_iter().zip(parts),
            _ => return vec![self.clone()],
        };
        let condition = |(text, expression): (String, &Expression)| Self {
            text,
            expression: expression.clone(),
        };
        parts.map(condition).collect()
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn matches(text: &str) -> Result<bool, String> {
        let claims = json!({
            "sub": "system:serviceaccount:prod:api",
            "aud": "x",
            "groups": ["a", "b"],
            "n": 5,
            "half": 0.5,
            "yes": true,
            "nothing": null,
            "deep": {"er": "z", "odd.name": 1},
            "https://a/b": "c",
        });
        let Value::Object(claims) = claims else {
            unreachable!()
        };
        Filter::parse(text)?.matches(&claims)
    }

    #[test]
    fn it_matches() {
        for text in [
            r#"claims.aud == "x" && claims.sub.startsWith("system:")"#,
            "claims.aud=='x'",
            "claims.sub.endsWith('api') && claims.sub.contains(':prod:')",
            "'a' in claims.groups",
            "claims.aud in ['x', 'y']",
            "'er' in claims.deep",
            "claims.deep.er == 'z'",
            "claims['https://a/b'] == 'c'",
            "claims.deep['odd.name'] == 1",
            "has(claims.deep.er) && !has(claims.deep.no) && !has(claims.no) && !has(claims.no.more)",
            "claims.n == 5 && claims.n != 6 && claims.n > 4 && claims.n >= 5 && claims.n < 6.5 && claims.half <= 0.5",
            "claims.yes && !(!claims.yes)",
            "claims.yes == true && claims.nothing == null",
            "claims.n > -1",
            "claims.no == 'a' || claims.aud == 'x'",
            "claims.aud == 'x' || claims.no == 'a'",
            "false || true && true",
            "!false && true",
            "claims.groups.size() == 2 && size(claims.aud) == 1",
            "claims.groups == ['a', 'b'] && claims.groups[1] == 'b'",
            "claims.aud < 'y'",
            r#""a\"\\\n\tb" != r"x" "#,
            "true",
            "claims.sub.startsWith('')",
            "has(claims.groups) == true",
        ] {
            assert_eq!(matches(text), Ok(true), "{text}");
        }
    }

    #[test]
    fn its_conditions_are_those_that_must_all_hold() {
        let conditions = |text: &str| -> Vec<String> {
            let filter = Filter::parse(text).unwrap();
            let conditions = filter.conditions();
            conditions
                .iter()
                .map(|part| part.text().to_owned())
                .collect()
        };
        assert_eq!(
            conditions(
                "claims.a == 'x && y' &&(claims.b || claims['c'] && true) && 'd' in claims.e"
            ),
            [
                "claims.a == 'x && y'",
                "(claims.b || claims['c'] && true)",
                "'d' in claims.e"
            ]
        );
        for whole in [
            "claims.a",
            "claims.a && claims.b || claims.c",
            "!(true && false)",
            "(true && 'ä' == 'ä')",
        ] {
            assert_eq!(conditions(whole), [whole]);
        }
        let filter = Filter::parse("claims.a == 'x' && claims.b == 'y'").unwrap();
        let claims = Map::from_iter([("a".to_owned(), json!("x"))]);
        let held: Vec<_> = filter
            .conditions()
            .iter()
            .map(|part| part.matches(&claims))
            .collect();
        assert_eq!(
            held,
            [Ok(true), Err("the token has no claim claims.b".to_owned())]
        );
    }

    #[test]
    fn it_does_not_match() {
        for text in [
            "claims.aud == 'y'",
            "claims.aud == 5",
            "claims.no == 'a' && claims.aud == 'y'",
            "'c' in claims.groups",
            "claims.sub.startsWith('x')",
            "!claims.yes",
            "claims.n == '5'",
        ] {
            assert_eq!(matches(text), Ok(false), "{text}");
        }
    }

    #[test]
    fn it_cannot_be_said() {
        for (text, why) in [
            ("claims.no == 'a'", "the token has no claim claims.no"),
            (
                "claims.deep.no == 'a'",
                "the token has no claim claims.deep.no",
            ),
            (
                "claims.aud.no == 'a'",
                "the token has no claim claims.aud.no",
            ),
            ("claims.aud", "the filter gives text, not true or false"),
            (
                "claims.n.startsWith('a')",
                "startsWith is for text, not a number",
            ),
            (
                "claims.aud.startsWith(1)",
                "startsWith is for text, not a number",
            ),
            ("claims.aud && true", "&& is for true and false, not text"),
            ("!claims.n", "! is for true and false, not a number"),
            ("claims.n < 'a'", "< does not compare a number with text"),
            (
                "'a' in claims.n",
                "in is for lists and objects, not a number",
            ),
            (
                "claims.yes.size() == 1",
                "size is for text, lists and objects, not true or false",
            ),
        ] {
            assert_eq!(matches(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn it_cannot_be_read() {
        for (text, why) in [
            ("", "at character 1: a value is missing"),
            (
                "claims.aud =",
                "at character 12: = is not known here; equality is ==",
            ),
            ("claims.aud == ", "at character 15: a value is missing"),
            ("claims.aud == 'x", "at character 15: the text does not end"),
            (
                "claims.aud == 'x' y",
                "at character 19: something follows the expression",
            ),
            ("(true", "at character 6: ) is missing"),
            ("['a'", "at character 5: ] is missing"),
            ("claims.", "at character 8: a name is missing"),
            (
                "sub == 'x'",
                "at character 1: sub is not known; claims are claims.NAME",
            ),
            (
                "claims.sub.matches('x')",
                "at character 12: the function matches is not known",
            ),
            ("has('x')", "at character 1: has takes a claim"),
            ("has(claims)", "at character 1: has takes a claim"),
            (
                "true & false",
                "at character 6: & is not known here; and is &&",
            ),
            (
                "true | false",
                "at character 6: | is not known here; or is ||",
            ),
            ("claims.sub # x", "at character 12: # is not known here"),
            ("'\\q'", "at character 2: the escape \\q is not known"),
            (
                "99999999999999999999999",
                "at character 1: the number cannot be read",
            ),
            (
                "1 == 1 == true",
                "at character 8: something follows the expression",
            ),
        ] {
            assert_eq!(matches(text).unwrap_err(), why, "{text}");
        }
        let deep = format!("{}true{}", "(".repeat(200), ")".repeat(200));
        assert_eq!(
            matches(&deep).unwrap_err(),
            "at character 65: it is nested too deep"
        );
        let deep = format!("{}true", "!".repeat(100_000));
        assert_eq!(
            matches(&deep).unwrap_err(),
            "at character 65: it is nested too deep"
        );
        let long = "true && ".repeat(10_000) + "true";
        assert_eq!(matches(&long), Ok(true));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            matches(&text).ok();
        }

        #[test]
        fn any_expression_is_read_or_refused(
            parts in proptest::collection::vec(
                proptest::sample::select(vec!["claims", ".", "a", "==", "(", ")", "[", "]", "'x'", "!", "&&", "||", "in", "has", "1", ",", " "]),
                0..20,
            )
        ) {
            matches(&parts.concat()).ok();
        }
    }
}
