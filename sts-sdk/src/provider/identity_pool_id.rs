//! Which identity pool ids can be one.

use crate::build_error::BuildError;
use crate::redact::holds_jwt;

/// `id` without the white space around it.
///
/// # Errors
///
/// It is no id. Nothing of it is shown: it may be a token.
pub(super) fn checked(id: Option<&str>) -> Result<String, BuildError> {
    let id = id.map(str::trim).unwrap_or_default();
    if id.is_empty() {
        return Err(BuildError::missing(
            "identity_pool_id",
            "set it to the id of an identity pool, such as pool-abc",
        ));
    }
    if holds_jwt(id) {
        return Err(BuildError::option(
            "identity_pool_id looks like a JWT; set it to the id of a pool, such as pool-abc, and give the JWT as the subject token",
        ));
    }
    if id.contains(',') {
        return Err(BuildError::option(
            "identity_pool_id has a comma, and STS takes exactly one identity pool; set it to one id, such as pool-abc",
        ));
    }
    if id.chars().any(char::is_control) {
        return Err(BuildError::option(
            "identity_pool_id has control characters; set it to the id of a pool, such as pool-abc",
        ));
    }
    Ok(id.to_owned())
}
