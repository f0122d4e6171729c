//! Files that are read whole, up to a size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than any token, key set or configuration has, in bytes.
const LONGEST: u64 = 1 << 20;

/// The text in `file`.
///
/// # Errors
///
/// It cannot be read, or has more than 1 MiB.
pub(crate) fn read_text(file: &Path) -> io::Result<String> {
    text_of(File::open(file)?)
}

/// All that `from` has, as for [`read_text`].
pub(crate) fn text_of(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let why = format!("it has more than {LONGEST} bytes");
        return Err(io::Error::other(why));
    }
    String::from_utf8(bytes).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "stream did not contain valid UTF-8",
        )
    })
}
