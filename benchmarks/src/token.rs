//! Tokens of the size that identity providers issue.

/// 1.1 KiB in the shape of a JWT that is signed with RS256: three parts in base64url, of which the first two are JSON.
#[must_use]
pub fn jwt() -> String {
    format!("{}.{}.{}", json(86), json(696), base64url(342))
}

/// `{"a":"AAA…A"}` in base64url, of about so many characters.
fn json(length: usize) -> String {
    format!("eyJhIjoi{}QSJ9", "QUFB".repeat(length / 4 - 3))
}

fn base64url(length: usize) -> String {
    let alphabet = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("-_".chars());
    alphabet.cycle().take(length).collect()
}
