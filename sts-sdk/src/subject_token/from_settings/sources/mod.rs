//! How each source is made of its settings.

pub(super) mod aws;
pub(super) mod azure;
pub(super) mod ci;
pub(super) mod client_credentials;
pub(super) mod command;
pub(super) mod given;
pub(super) mod google;
pub(super) mod http_token;
pub(super) mod spiffe;
