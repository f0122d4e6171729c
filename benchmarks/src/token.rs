//! Tokens of the size that identity providers issue.

/// 1.1 KiB in the shape of a JWT that is signed with RS256: three parts in base64url.
#[must_use]
pub fn jwt() -> String {
    format!(
        "{}.{}.{}",
        base64url("eyJ", 86),
        base64url("eyJ", 696),
        base64url("", 342)
    )
}

fn base64url(start: &str, length: usize) -> String {
    let alphabet = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("-_".chars());
    start.chars().chain(alphabet.cycle()).take(length).collect()
}
