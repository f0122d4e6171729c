//! The token that is looked at.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use sts_sdk::Secret;

use crate::failure::{Failure, Kind};
use crate::shown::shown;

/// More than any token has, in bytes.
const LONGEST: u64 = 1 << 20;

/// The token in `file`, or of standard input, without what a header has before it.
pub(super) fn read(file: Option<&Path>) -> Result<Secret, Failure> {
    let file = file.filter(|file| *file != Path::new("-"));
    if file.is_some_and(|file| file.to_string_lossy().contains("eyJ")) {
        return Err(Failure::usage(
            "the file is called like a token; a token is no argument, which others can read: write it into a file, \
             or to standard input",
        ));
    }
    if file.is_none() && io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no token: name a file, or write it to standard input",
        ));
    }
    let (name, read) = match file {
        None => ("standard input".to_owned(), whole(io::stdin().lock())),
        Some(file) => {
            let name = format!("the file {}", shown(&file.display().to_string()));
            (name, File::open(file).and_then(whole))
        }
    };
    let text = read.map_err(|error| {
        Failure::new(
            Kind::Source,
            format!("{name} cannot be read: {error}; write the token there"),
        )
    })?;
    let token = text.expose_secret().trim();
    let token = match token.split_once(char::is_whitespace) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_start(),
        _ => token,
    };
    if token.is_empty() {
        let why = format!("{name} is empty; write the token there");
        return Err(Failure::new(Kind::Source, why));
    }
    Ok(Secret::from(token))
}

fn whole(from: impl Read) -> io::Result<Secret> {
    let mut text = String::new();
    from.take(LONGEST + 1).read_to_string(&mut text)?;
    let text = Secret::from(text);
    if text.expose_secret().len() as u64 > LONGEST {
        let why = format!("it has more than {LONGEST} bytes");
        return Err(io::Error::other(why));
    }
    Ok(text)
}
