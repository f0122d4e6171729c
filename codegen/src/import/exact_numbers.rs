//! Whether numbers survived being read: those beyond 64 bits are kept as the nearest float.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::openapi::Pointer;

/// Digits that every float keeps.
const KEPT_DIGITS: usize = 15;

/// Refuses a number of `root` that `bytes`, which it was read from, write with more digits than it has.
pub(super) fn check(root: &Value, bytes: &[u8]) -> Result<(), Diagnostic> {
    let mut floats = Vec::new();
    collect(root, &Pointer::root(), &mut floats);
    if floats.is_empty() {
        return Ok(());
    }
    let inexact = inexact(bytes);
    match floats
        .into_iter()
        .find(|(_, float)| inexact.contains(&float.abs().to_bits()))
    {
        None => Ok(()),
        Some((at, float)) => Err(Diagnostic::new(
            at.as_str(),
            format!("the number has more digits than can be kept, and would become {float}"),
            "write it with fewer digits, or as text",
        )),
    }
}

fn collect(value: &Value, at: &Pointer, floats: &mut Vec<(Pointer, f64)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                collect(inner, &at.join(key), floats);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, &at.join(index), floats);
            }
        }
        Value::Number(number) if number.is_f64() => {
            floats.extend(number.as_f64().map(|float| (at.clone(), float)));
        }
        _ => {}
    }
}

/// The floats nearest to the numbers in `bytes` that none is equal to, without their signs.
fn inexact(bytes: &[u8]) -> BTreeSet<u64> {
    let belongs = |byte: &u8| byte.is_ascii_digit() || b".eE+-".contains(byte);
    let words = bytes.split(|byte| !belongs(byte));
    let words = words
        .filter(|word| word.len() > KEPT_DIGITS || word.contains(&b'e') || word.contains(&b'E'));
    words
        .filter_map(|word| std::str::from_utf8(word).ok())
        .filter_map(|word| {
            let word = word.trim_start_matches(['+', '-']);
            let float: f64 = word.parse().ok()?;
            (decimal(word) != decimal(&format!("{float:e}"))).then_some(float.to_bits())
        })
        .collect()
}

/// The significant digits of a number and the power of ten that they are multiplied by.
fn decimal(text: &str) -> Option<(String, i64)> {
    let (digits, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let trimmed = significant.trim_end_matches('0');
    if trimmed.is_empty() {
        return Some((String::new(), 0));
    }
    let zeros = significant.len() - trimmed.len();
    let power: i64 = power.parse().ok()?;
    let shift = i64::try_from(zeros).ok()? - i64::try_from(fraction.len()).ok()?;
    Some((trimmed.to_owned(), power.checked_add(shift)?))
}

#[cfg(test)]
mod tests {
    use crate::openapi::parse;

    use super::*;

    #[test]
    fn numbers_are_kept_or_refused() {
        for number in [
            "18446744073709551615",
            "-9223372036854775808",
            "1.0",
            "-0.0",
            "1e5",
            "0.1",
            "1.7976931348623157e308",
            "18446744073709551616",
            "100000000000000000000000",
        ] {
            for text in [format!("{{\"a\": {number}}}"), format!("a: {number}\n")] {
                let root = parse(text.as_bytes()).unwrap();
                let kept = check(&root, text.as_bytes());
                // Floats print as their shortest digits, which for 2^64 are not all of them.
                assert_eq!(kept.is_ok(), number != "18446744073709551616", "{text}");
            }
        }
        for number in [
            "18446744073709551617",
            "-9223372036854775809",
            "0.12345678901234567890",
            "1e-400",
        ] {
            for text in [format!("{{\"a\": {number}}}"), format!("a: {number}\n")] {
                let root = parse(text.as_bytes()).unwrap();
                let diagnostic = check(&root, text.as_bytes()).unwrap_err().to_string();
                assert!(
                    diagnostic.starts_with("/a: the number has more digits"),
                    "{diagnostic}"
                );
            }
        }
        for text in ["{\"a\": 1e400}", "a: 1e400\n", "a: .inf\n", "a: .nan\n"] {
            parse(text.as_bytes()).unwrap_err();
        }
    }
}
