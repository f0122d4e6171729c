use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::expression::Expression;

/// Whether the claims match, or why that cannot be said.
pub(super) fn matches(
    expression: &Expression,
    claims: &Map<String, Value>,
) -> Result<bool, String> {
    match value(expression, claims)? {
        Value::Bool(matches) => Ok(matches),
        other => Err(format!(
            "the filter gives {}, not true or false",
            kind(&other)
        )),
    }
}

fn value(expression: &Expression, claims: &Map<String, Value>) -> Result<Value, String> {
    Ok(match expression {
        Expression::Value(value) => value.clone(),
        Expression::List(items) => {
            let items = items.iter().map(|item| value(item, claims));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Expression::Claims => Value::Object(claims.clone()),
        Expression::Member(of, name) => {
            let found = value(of, claims)?.get(name).cloned();
            found.ok_or_else(|| format!("the token has no claim {}", path(expression)))?
        }
        Expression::Index(of, index) => {
            let of = value(of, claims)?;
            let found = match value(index, claims)? {
                Value::String(name) => of.get(name),
                index => index
                    .as_u64()
                    .and_then(|index| of.get(usize::try_from(index).ok()?)),
            };
            let found = found.cloned();
            found.ok_or_else(|| format!("the token has no claim {}", path(expression)))?
        }
        Expression::Has(of, name) => {
            let of = value(of, claims);
            Value::Bool(of.is_ok_and(|of| of.get(name).is_some()))
        }
        Expression::Not(inner) => Value::Bool(!boolean("!", &value(inner, claims)?)?),
        Expression::And(parts) => Value::Bool(!decided(parts, claims, "&&", false)?),
        Expression::Or(parts) => Value::Bool(decided(parts, claims, "||", true)?),
        Expression::Compare(left, symbol, right) => Value::Bool(compare(
            &value(left, claims)?,
            symbol,
            &value(right, claims)?,
        )?),
        Expression::In(item, of) => {
            let item = value(item, claims)?;
            Value::Bool(match value(of, claims)? {
                Value::Array(items) => items.iter().any(|other| equal(other, &item)),
                Value::Object(members) => {
                    item.as_str().is_some_and(|name| members.contains_key(name))
                }
                other => return Err(format!("in is for lists and objects, not {}", kind(&other))),
            })
        }
        Expression::Text(of, function, argument) => {
            let (of, argument) = (value(of, claims)?, value(argument, claims)?);
            let text = |value: &Value| match value {
                Value::String(text) => Ok(text.clone()),
                other => Err(format!("{function} is for text, not {}", kind(other))),
            };
            let (of, argument) = (text(&of)?, text(&argument)?);
            Value::Bool(match *function {
                "startsWith" => of.starts_with(&argument),
                "endsWith" => of.ends_with(&argument),
                _ => of.contains(&argument),
            })
        }
        Expression::Size(of) => Value::from(match value(of, claims)? {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            other => {
                return Err(format!(
                    "size is for text, lists and objects, not {}",
                    kind(&other)
                ));
            }
        }),
    })
}

/// Whether one of the parts is `decides`. What fails counts only if no part decides, as in CEL.
fn decided(
    parts: &[Expression],
    claims: &Map<String, Value>,
    symbol: &str,
    decides: bool,
) -> Result<bool, String> {
    let mut failure = None;
    for part in parts {
        match value(part, claims).and_then(|value| boolean(symbol, &value)) {
            Ok(value) if value == decides => return Ok(true),
            Ok(_) => {}
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    failure.map_or(Ok(false), Err)
}

fn boolean(symbol: &str, value: &Value) -> Result<bool, String> {
    let boolean = value.as_bool();
    boolean.ok_or_else(|| format!("{symbol} is for true and false, not {}", kind(value)))
}

fn compare(left: &Value, symbol: &str, right: &Value) -> Result<bool, String> {
    match symbol {
        "==" => return Ok(equal(left, right)),
        "!=" => return Ok(!equal(left, right)),
        _ => {}
    }
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64().partial_cmp(&right.as_f64()),
        },
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let order = order.ok_or_else(|| {
        format!(
            "{symbol} does not compare {} with {}",
            kind(left),
            kind(right)
        )
    })?;
    Ok(match symbol {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        // 5 and 5.0 are equal.
        (Value::Number(left), Value::Number(right)) if left.is_f64() != right.is_f64() => {
            left.as_f64().partial_cmp(&right.as_f64()) == Some(Ordering::Equal)
        }
        _ => left == right,
    }
}

/// How an expression that names a claim is written.
fn path(expression: &Expression) -> String {
    match expression {
        Expression::Claims => "claims".to_owned(),
        Expression::Member(of, name) => format!("{}.{name}", path(of)),
        Expression::Index(of, index) => match index.as_ref() {
            Expression::Value(index) => format!("{}[{index}]", path(of)),
            _ => format!("{}[…]", path(of)),
        },
        _ => "…".to_owned(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
