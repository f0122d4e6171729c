//! What a written file says of the file that it was made from.

use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes`, in hexadecimal digits.
#[must_use]
pub fn sha_256(bytes: &[u8]) -> String {
    let mut digest = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// The name of a file without its folders, which differ from machine to machine.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// `text` without what could end the comment that it is put in.
#[must_use]
pub fn clean(text: &str) -> String {
    let ends_lines = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    text.chars().filter(|c| !ends_lines(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_stays_on_its_line() {
        assert_eq!(
            sha_256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(file_name(Path::new("/a/b c.yaml")), "b c.yaml");
        assert_eq!(clean("a\r\nb\u{85}c\u{2028}d\te"), "abcde");
    }
}
