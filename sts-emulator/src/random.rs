//! Identifiers that do not repeat.

use std::fmt::Write;

/// `2 * N` hexadecimal digits.
pub(crate) fn hexadecimal<const N: usize>() -> String {
    let mut bytes = [0; N];
    // It fails only where the system has no random numbers, and there TLS and keys fail before.
    aws_lc_rs::rand::fill(&mut bytes).ok();
    let mut text = String::with_capacity(2 * N);
    for byte in bytes {
        write!(text, "{byte:02x}").ok();
    }
    text
}

/// A random UUID (RFC 9562, version 4).
pub(crate) fn uuid() -> String {
    let digits = hexadecimal::<16>();
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..],
    ];
    let [time, middle, high, sequence, node] = parts;
    format!("{time}-{middle}-4{high}-8{sequence}-{node}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_the_same() {
        let (one, other) = (super::uuid(), super::uuid());
        assert_eq!(one.len(), 36);
        assert_ne!(one, other);
    }
}
