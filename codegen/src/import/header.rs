//! What the fragment says of its origin.

use super::prefix::Prefix;
use crate::provenance::{clean, sha_256};

/// What every imported fragment begins with.
pub(super) const MARK: &str = "# Imported by `cargo xtask spec import`.";

/// Says what the fragment was taken from, so that the same document gives the same bytes on any machine.
pub(super) fn header(name: &str, bytes: &[u8], version: &str, prefix: &Prefix) -> String {
    format!(
        "{MARK} Do not edit: import again.\n\
         #\n\
         # source: {}\n\
         # sha-256: {}\n\
         # info.version: {}\n\
         # path prefix: {}\n\n",
        clean(name),
        sha_256(bytes),
        clean(version),
        clean(&prefix.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_end_the_comment() {
        let prefix = Prefix::new("/a\nb: 1").unwrap();
        let header = header("x\r\na: 1", b"", "1\u{2028}b: 2\u{85}c: 3", &prefix);
        assert_eq!(header.lines().count(), 7);
        assert!(header.contains("\n# source: xa: 1\n"), "{header}");
        assert!(header.contains("\n# info.version: 1b: 2c: 3\n"), "{header}");
        assert!(header.contains("\n# path prefix: /ab: 1\n"), "{header}");
    }
}
