//! Token exchange with Confluent Cloud's Security Token Service (STS).
//!
//! A workload that has a JWT from its own identity provider trades it, together with an identity pool
//! id, for a Confluent access token (RFC 8693): no API keys, nothing to rotate. The access token lives
//! for at most 900 seconds and is a bearer token of Confluent Cloud's control-plane APIs.
//!
//! ```no_run
//! # async fn exchange() -> Result<(), Box<dyn std::error::Error>> {
//! let client = sts_sdk::Client::production()?;
//! let reply = client
//!     .exchange_sts_v1_oauth_token()
//!     .body_map(|body| body.identity_pool_id("pool-abc").subject_token("eyJhbGciOi..."))
//!     .send()
//!     .await?;
//! println!("valid for {} s: {}", reply.expires_in, reply.access_token.expose_secret());
//! # Ok(())
//! # }
//! ```
//!
//! # What is sent
//!
//! The subject token and the identity pool id are all that a caller must give. The grant type, the two
//! token types and the lifetime (`expires_in`, in seconds) have the specification's only or default
//! value and are always sent; each can be set. `api_version`, `kind`, `id` and `metadata` are sent only
//! if set.
//!
//! A value that the specification does not allow, such as a lifetime outside of 1 to 900 seconds, is
//! refused as [`Error::InvalidRequest`] before anything is sent.
//!
//! # Failures
//!
//! Every 4xx and 5xx with the body that the specification describes is
//! [`Error::ErrorResponse`] with its status, its headers and a [`types::Failure`].
//!
//! # Secrets
//!
//! The subject token and the access token are [`Secret`]s: they are never printed, and read only by
//! [`Secret::expose_secret`].
//!
//! # Features
//!
//! | feature | what it does |
//! | --- | --- |
//! | `rustls` (default) | TLS by rustls with the ring provider and the platform's root certificates |
//! | `rustls-aws-lc-rs` | the same with the aws-lc-rs provider, which wins over ring |
//! | `native-tls` | TLS by the platform's own library; rustls wins over it |
//! | `schemars` | `schemars::JsonSchema` for every generated type |
//!
//! A crypto provider that the process has installed (`rustls::crypto::CryptoProvider`) is preferred to
//! either of ours. Without any TLS feature, only plain http to loopback hosts or a
//! [`reqwest::Client`] of the caller's own work.
//!
//! # Where it comes from
//!
//! [`Client`]'s operations, [`types`] and [`builder`] are generated from Confluent's OpenAPI
//! description, operation `exchangeStsV1OauthToken` of `sts/v1`.

// Generated code names the types of this crate by their public path.
extern crate self as sts_sdk;

mod bounded;
mod client;
mod exchange;
mod exchange_error;
mod failure;
// Written by progenitor and formatted by prettyplease, to neither of which our lints apply.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    missing_debug_implementations,
    missing_docs,
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    unreachable_pub,
    unused_imports
)]
#[rustfmt::skip]
mod generated;
#[cfg(feature = "schemars")]
mod json_schema;
mod json_text;
mod response_headers;
mod secret;
mod transport;

pub use bounded::{Bounded, OutOfRange, ParseBoundedError};
pub use client::builder::ClientBuilder;
pub use client::error::BuildError;
pub use exchange::AccessToken;
pub use exchange_error::ExchangeError;
pub use generated::{Client, ClientInfo, Error, ResponseValue, builder, types};
pub use json_text::JsonText;
pub use response_headers::ResponseHeaders;
pub use secret::Secret;
pub use transport::Transport;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
