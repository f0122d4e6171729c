//! What is sent and received where the SDK is not used: the same fields in the same order.

use serde::{Deserialize, Serialize};

pub(super) const PATH: &str = "/sts/v1/oauth2/token";
pub(super) const IDENTITY_POOL: &str = "pool-abc";
pub(super) const USER_AGENT: &str = "sts-sdk/0.1.0";

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

#[derive(Serialize)]
pub(super) struct Request<'a> {
    expires_in: u16,
    grant_type: &'a str,
    identity_pool_id: &'a str,
    requested_token_type: &'a str,
    subject_token: &'a str,
    subject_token_type: &'a str,
}

impl<'a> Request<'a> {
    pub(super) fn new(subject_token: &'a str) -> Self {
        Self {
            expires_in: 900,
            grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
            identity_pool_id: IDENTITY_POOL,
            requested_token_type: ACCESS_TOKEN,
            subject_token,
            subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        }
    }
}

/// All properties are read, as the SDK reads them, although only one is used here.
#[derive(Deserialize)]
pub(super) struct Reply {
    pub(super) access_token: String,
    #[serde(rename = "expires_in")]
    _expires_in: i32,
    #[serde(rename = "issued_token_type")]
    _issued_token_type: String,
    #[serde(rename = "token_type")]
    _token_type: String,
}
