//! The token that is looked at.

use std::io::{self, IsTerminal};
use std::path::Path;

use sts_sdk::Secret;

use crate::bounded::{read_text, text_of};
use crate::failure::{Failure, Kind};
use crate::shown::shown;

/// The token in `file`, or of standard input, without what a header has before it.
pub(super) fn read(file: Option<&Path>) -> Result<Secret, Failure> {
    let file = file.filter(|file| *file != Path::new("-"));
    if file.is_some_and(is_like_token) {
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
        None => ("standard input".to_owned(), text_of(io::stdin().lock())),
        Some(file) => {
            let name = format!("the file {}", shown(&file.display().to_string()));
            (name, read_text(file))
        }
    };
    let text = read.map(Secret::from).map_err(|error| {
        Failure::new(
            Kind::Source,
            format!("{name} cannot be read: {error}; write the token there"),
        )
    })?;
    let token = text.expose_secret().trim();
    let token = match token.split_once(':') {
        Some((name, value)) if name.eq_ignore_ascii_case("authorization") => value.trim_start(),
        _ => token,
    };
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

/// Whether a part of the path begins as a JWT does.
fn is_like_token(file: &Path) -> bool {
    let path = file.to_string_lossy();
    path.split(['/', '.', ' '])
        .any(|part| part.starts_with("eyJ"))
}
