//! What may be printed of text that was given to the command.

/// The first 200 characters of `text` in one line, without what looks like a JWT and without the credentials of a URL.
pub(crate) fn shown(text: &str) -> String {
    let mut line = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == 200 {
            line.push('…');
            break;
        }
        if character.is_control() || is_format(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    let line = without_jwt(&line);
    without_user(&line)
}

/// What is not seen, or changes the order of what is (Unicode's bidirectional controls and other format characters).
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A JWT begins with `{"` in Base64.
fn without_jwt(line: &str) -> String {
    let mut rest = line;
    let mut shown = String::new();
    while let Some(at) = rest.find("eyJ") {
        shown.push_str(&rest[..at]);
        let is_part =
            |character: char| character.is_ascii_alphanumeric() || "-_.=…".contains(character);
        let end = rest[at..].find(|character| !is_part(character));
        rest = end.map_or("", |end| &rest[at + end..]);
        shown.push_str("[redacted]");
    }
    shown.push_str(rest);
    shown
}

/// `https://user:password@host` without what is before the host.
fn without_user(line: &str) -> String {
    let mut rest = line;
    let mut shown = String::new();
    while let Some(at) = rest.find("://") {
        let authority = &rest[at + 3..];
        let end = authority
            .find(['/', '?', '#', ' ', '\'', '"'])
            .unwrap_or(authority.len());
        shown.push_str(&rest[..at + 3]);
        match authority[..end].rfind('@') {
            Some(user) => {
                shown.push_str("[redacted]");
                rest = &authority[user..];
            }
            None => rest = authority,
        }
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn tokens_credentials_and_control_characters_are_not_shown() {
        let cases = [
            ("pool-abc", "pool-abc"),
            (
                "'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln' found",
                "'[redacted]' found",
            ),
            ("https://me:secret@host/a@b", "https://[redacted]@host/a@b"),
            (
                "https://host/a, http://a:b@c",
                "https://host/a, http://[redacted]@c",
            ),
            ("a\nb\u{1b}[2J", "a\\nb\\u{1b}[2J"),
            (
                "a\u{202e}b\u{200b}\u{feff}é",
                "a\\u{202e}b\\u{200b}\\u{feff}é",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown(&"a".repeat(300)).chars().count(), 201);
    }
}
