//! Ids of Confluent Cloud's resources that go into headers and SASL extensions.

use crate::build_error::BuildError;
use crate::redact::holds_jwt;

/// `id` without the white space around it. `what` is how errors call it, `example` is one.
///
/// # Errors
///
/// It is no id: it could end a header or an extension early, or name several resources. Nothing of it is shown: it may be
/// a token.
pub(super) fn checked(
    what: &'static str,
    example: &'static str,
    id: &str,
) -> Result<String, BuildError> {
    let id = id.trim();
    let refused =
        |why: &str| BuildError::option(format!("{what} {why}; set it to an id such as {example}"));
    if id.is_empty() {
        return Err(refused("is empty"));
    }
    if holds_jwt(id) {
        return Err(refused("looks like a JWT"));
    }
    let separators = b",;=\\\"'";
    let may_be = |byte: u8| byte.is_ascii_graphic() && !separators.contains(&byte);
    if !id.bytes().all(may_be) {
        return Err(refused("has characters that no id has"));
    }
    Ok(id.to_owned())
}
