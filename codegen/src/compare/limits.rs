//! What differs between the limits of values.

use serde_json::Value;

use super::change::Class;
use super::contract::{Contract, Pair, Travel, difference, is_off, shown};

/// What a limit keeps to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A greater value allows less.
    Least,
    /// A smaller value allows less.
    Most,
    /// `true` allows less.
    Switch,
    /// Two values cannot be compared.
    Opaque,
}

fn kind(key: &str) -> Option<Kind> {
    Some(match key {
        "minimum" | "minLength" | "minItems" | "minProperties" => Kind::Least,
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => Kind::Most,
        "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => Kind::Switch,
        "pattern" | "multipleOf" => Kind::Opaque,
        _ => return None,
    })
}

pub(super) fn is_limit(key: &str) -> bool {
    kind(key).is_some()
}

/// Whether values are refused that were accepted, and in which words it differs.
struct Judgement {
    narrower: bool,
    words: String,
}

fn judge(key: &str, old: Option<&Value>, new: Option<&Value>) -> Judgement {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let on = |value: Option<&Value>| value.is_some_and(|value| *value == true);
    let kind = kind(key).unwrap_or(Kind::Opaque);
    match (kind, old, new) {
        (Kind::Switch, ..) => Judgement {
            narrower: on(new) && !on(old),
            words: difference(old, new),
        },
        (Kind::Least | Kind::Most, Some(from), Some(to)) => {
            let lowered = number(new) < number(old);
            let verb = if lowered { "lowered" } else { "raised" };
            Judgement {
                narrower: lowered == (kind == Kind::Most),
                words: format!("{verb} from {} to {}", shown(from), shown(to)),
            }
        }
        _ => Judgement {
            narrower: new.is_some(),
            words: difference(old, new),
        },
    }
}

/// Compares the limit `key` of the schemas at `pair`.
pub(super) fn compare(contract: &mut Contract, pair: &Pair, key: &str) {
    let at = pair.join(key);
    let (old, new) = contract.values(&at);
    let Judgement { narrower, words } = judge(key, old, new);
    let travel = contract.travel(pair);
    let class = match (travel.sent, narrower) {
        _ if is_same(pair, key, old, new, travel) => Class::NoEffect,
        // What is received is not held to limits.
        (false, _) => Class::NoEffect,
        (true, true) => Class::Breaking,
        (true, false) if !travel.received && loses_its_type(contract, pair) => Class::Breaking,
        (true, false) => Class::Compatible,
    };
    contract.differs(class, &at, words);
}

/// Whether only the writing of a limit differs.
fn is_same(
    pair: &Pair,
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    travel: Travel,
) -> bool {
    if is_off(old) && is_off(new) {
        return true;
    }
    // A lifetime that is sent is at least a second (see the adaptation `bounded_integers`).
    let lifetime = key == "minimum" && !travel.received && pair.new.name() == "expires_in";
    let number = |value: Option<&Value>| match value {
        None if lifetime => Some(1.0),
        value => value.and_then(Value::as_f64),
    };
    number(old).is_some() && number(old) == number(new)
}

/// Strings with limits have a type of their own, which goes with the last of them.
fn loses_its_type(contract: &Contract, pair: &Pair) -> bool {
    let limited = |schema: Option<&Value>| {
        schema.is_some_and(|schema| {
            schema["type"] == "string"
                && ["minLength", "maxLength"]
                    .iter()
                    .any(|key| schema.get(key).is_some())
        })
    };
    let (old, new) = contract.values(pair);
    limited(old) && !limited(new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn less_room_is_narrower() {
        for (key, old, new, narrower) in [
            ("maximum", Some(json!(900)), Some(json!(600)), true),
            ("maximum", Some(json!(600)), Some(json!(900)), false),
            ("maximum", None, Some(json!(900)), true),
            ("maximum", Some(json!(900)), None, false),
            ("minLength", Some(json!(1)), Some(json!(2)), true),
            ("minLength", Some(json!(2)), Some(json!(1)), false),
            ("uniqueItems", None, Some(json!(true)), true),
            ("uniqueItems", None, Some(json!(false)), false),
            ("pattern", Some(json!("a")), Some(json!("b")), true),
            ("pattern", Some(json!("a")), None, false),
        ] {
            let judgement = judge(key, old.as_ref(), new.as_ref());
            assert_eq!(judgement.narrower, narrower, "{key} {old:?} {new:?}");
        }
        let words = judge("maximum", Some(&json!(900)), Some(&json!(600))).words;
        assert_eq!(words, "lowered from 900 to 600");
    }
}
