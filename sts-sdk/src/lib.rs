//! Token exchange with Confluent Cloud's Security Token Service (STS).
//!
//! A workload that has a JWT from its own identity provider trades it, together with an identity pool
//! id, for a Confluent access token (RFC 8693): no API keys, nothing to rotate. The access token lives
//! for at most 900 seconds and is a bearer token of Confluent Cloud's control-plane APIs.
//!
//! [`TokenProvider`] gives a valid access token at any moment:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::TokenProvider;
//! use sts_sdk::subject_token::TokenFile;
//!
//! let tokens = TokenProvider::builder()
//!     .identity_pool_id("pool-abc")
//!     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
//!     .build()?;
//! let token = tokens.token().await?;
//! let header = tokens.authorization().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Its page says when a token is refreshed and what happens when that fails; [`subject_token`] has the
//! sources of subject tokens, [`auth`] takes tokens to other HTTP clients and generated ones.
//!
//! Kafka, Kafka REST, Schema Registry, Catalog and Flink take the workload's own JWT, without an exchange:
//! [`ExternalTokenProvider`] gives it, and [`auth`] presents it with its identity pools.
//!
//! Below a provider lies one exchange, [`Client::exchange`], which checks the reply. The operation as it is generated,
//! in [`generated`], sends the same and follows the same rules of the wire.
//!
//! ```no_run
//! # async fn exchange() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::{Client, TokenExchangeRequest};
//!
//! let client = Client::production()?;
//! let request = TokenExchangeRequest::builder()
//!     .identity_pool_id("pool-abc")
//!     .subject_token("eyJhbGciOi...");
//! let token = client.exchange(request).await?;
//! println!("valid for {} s", token.lifetime().as_secs());
//! # Ok(())
//! # }
//! ```
//!
//! # What is sent
//!
//! The subject token and the identity pool id are all that a caller must give. The grant type, the two
//! token types and the lifetime (`expires_in`, in seconds) have the specification's only or default
//! value and are always sent; each can be set. `api_version`, `kind`, `id` and `metadata` are sent only
//! if set. Headers are those of the specification and a `user-agent`.
//!
//! All ten:
//!
//! ```
//! # fn all() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::{ObjectMeta, TokenExchangeRequest};
//!
//! let request = TokenExchangeRequest::builder()
//!     .api_version(Some("sts/v1".parse()?))
//!     .kind(Some("TokenExchangeRequest".parse()?))
//!     .id(Some("dlz-f3a90de".parse()?))
//!     .metadata(
//!         ObjectMeta::builder()
//!             .self_("https://api.confluent.cloud/sts/v1/requests/1")
//!             .resource_name("crn://confluent.cloud/sts=1".to_owned()),
//!     )
//!     .grant_type("urn:ietf:params:oauth:grant-type:token-exchange")
//!     .subject_token("test_jwt_token")
//!     .identity_pool_id("pool_1")
//!     .subject_token_type("urn:ietf:params:oauth:token-type:jwt")
//!     .requested_token_type("urn:ietf:params:oauth:token-type:access_token")
//!     .expires_in(900);
//! let request = TokenExchangeRequest::try_from(request)?;
//! # Ok(())
//! # }
//! # all().unwrap();
//! ```
//!
//! A setter takes what converts into the type of its field (`TryInto`):
//!
//! | field | is given as | example |
//! | --- | --- | --- |
//! | text | `&str` or `String` | `.identity_pool_id("pool-abc")` |
//! | optional text, as in [`ObjectMeta`] | a `String`, or `Some` of one; not a `&str` | `.resource_name("crn://...".to_owned())` |
//! | optional text that has rules of its own: `api_version`, `kind`, `id` | `Some` of what `parse()` makes of it | `.kind(Some("TokenExchangeRequest".parse()?))` |
//! | integer | any integer | `.expires_in(600)` |
//! | [`Secret`] | the same, `&str` or `String` | `.subject_token("eyJhbGciOi...")` |
//! | `metadata` | an [`ObjectMeta`], its builder, or a [`JsonText`] of it | `.metadata(ObjectMeta::builder().self_("https://..."))` |
//!
//! A value that the specification does not allow, such as a lifetime outside of 1 to 900 seconds, is
//! refused before anything is sent.
//!
//! # What comes back
//!
//! | what happened | what you get | what to do |
//! | --- | --- | --- |
//! | a reply | [`AccessToken`] | present it: [`AccessToken::authorization`] |
//! | a value that the specification does not allow | [`ExchangeError::is_invalid_request`] | correct it; nothing was sent |
//! | no connection: name, port, TLS, proxy | [`ExchangeError::is_connect`] | retry if [transient](ExchangeError::is_transient); the text names the cause |
//! | a certificate that is not trusted or cannot be used | [`ExchangeError::is_connect`], not transient | correct the base URL, or trust the root certificate: [`ClientBuilder::root_certificates`] |
//! | no complete response in time | [`ExchangeError::is_timeout`] | retry |
//! | the connection was dead when it was used again | nothing: the exchange is repeated once on a fresh one | |
//! | the connection ended before the head of a response was complete, twice | an error without [`status`](ExchangeError::status) | retry |
//! | 400, 401, 403 and other 4xx | [`ExchangeError::failure`] | correct the token, the pool or its policies |
//! | 408, 429, 5xx other than 501 | [`ExchangeError::failure`], [transient](ExchangeError::is_transient) | retry after [`retry_after`](ExchangeError::retry_after) |
//! | a success cut short | an error with status 200, transient | retry |
//! | a success that is no reply: a page, other JSON, 202, 204, an unusable token | an error with its status, not transient | look at what answers at the base URL |
//! | a redirect | an error with its status, not transient | correct the base URL |
//! | a proxy that refuses the tunnel | [`ExchangeError::is_connect`], without the status of the proxy; not transient if it wants credentials (407) | look at the proxy; the text says what is known |
//! | a success with a body beyond the limit (1 MiB) | an error with its status, not transient | look at what answers at the base URL |
//! | a 4xx or 5xx with a body beyond the limit | [`ExchangeError::failure`], made of the beginning of the body | as for the status |
//!
//! [`ExchangeError`] displays itself in one line. One without a response names the host and the port of the server, and
//! the proxy that is between, where that can be known: not for one that a function chooses, or that
//! [`ClientBuilder::http_client`] sets. [`ResponseHeaders`] reads the rate limit and the request
//! id from its headers.
//!
//! ## Bodies of 4xx and 5xx
//!
//! A body that is not the specification's [`Failure`] becomes one, as follows. An error whose status the
//! body does not name gets the HTTP status. One that has neither `title` nor `detail` gets the reason phrase of the
//! status as its `title`.
//!
//! | body | `Failure` |
//! | --- | --- |
//! | `{"errors": [...]}` of the specification | unchanged |
//! | the same with `resolution` or `meta` | these are added to `detail` |
//! | `{"errors": [...]}` with properties of other types | one error each; numbers as text where text belongs, what does not fit left out |
//! | `{"status": ..., "error": {"code": ..., "message": ..., "details": ..., "suggestion": ...}, "requestId": ..., "doc_url": ...}`, Confluent's structure of 2025 | `status`; `code`; `message`, also as `title` if there are `details`; `details`, `suggestion` and `doc_url` as `detail`; `requestId` as `id` |
//! | the same with `details` that are a list, or an object with the names of fields | the error itself, then one for each field, with `source` |
//! | `{"error": {"code": ..., "message": ...}}` | `code`; `message` and `detail` |
//! | `{"error": "...", "error_description": "...", "error_uri": "..."}` (RFC 6749, section 5.2) | `code`; `detail`, with the URI |
//! | `{"error_code": 40101, "message": "..."}` | `error_code` and `code`; `message` and `detail` |
//! | `{"message": "..."}` | `message` and `detail` |
//! | `{"title": "...", "detail": "...", "status": 422}` (RFC 9457), and other objects with properties of `Error` | the same properties |
//! | other JSON | `title` |
//! | JSON that ends too early or is not valid | `detail`, which says so |
//! | an HTML page | `title`; the beginning of its text (200 characters) as `detail` |
//! | other text | its beginning (200 characters) as `detail` |
//! | nothing | `title` |
//!
//! Of a list of errors the first 16 are kept, and of any JSON the first 4096 values; the text of [`ExchangeError`]
//! says how many errors there were. Of `meta`, `[redacted]` stands for values whose name is like that of a secret.
//!
//! What `Failure` has no property for is answered by [`ExchangeError::suggestion`] (`suggestion`, `resolution`),
//! [`ExchangeError::doc_url`] and [`ExchangeError::request_id`] (`requestId`, where no header has an id).
//!
//! In any of them `[redacted]` replaces a subject token that the server sends back, 12 or more characters of
//! one, and whatever looks like a JWT. A header that holds a subject token, or 12 characters of one, is replaced as a
//! whole and marked sensitive.
//!
//! # Tracing
//!
//! Each exchange is one span named `exchange` at level INFO of the crate `tracing`, with the operation,
//! method, host, attempt, duration, status and request id, and the kind of error if there was no response.
//! Bodies, tokens and other headers are never recorded. Those that a [`TokenProvider`] makes are within its span
//! `refresh`.
//!
//! # Secrets
//!
//! The subject token and the access token are [`Secret`]s: they are never printed, and read only by
//! [`Secret::expose_secret`]. A `Secret` has no `Display`, so that none gets into a header as a placeholder. Response
//! headers that may hold a token are marked sensitive, which keeps `Debug` from printing them. Two things are not
//! overwritten with zeros: the buffers of the HTTP client and the TLS library, and the header that
//! [`AccessToken::authorization`] returns.
//!
//! # Features
//!
//! | feature | what it does |
//! | --- | --- |
//! | `rustls` (default) | TLS by rustls with the aws-lc-rs provider, or the one that the program has installed, and the platform's root certificates |
//! | `rustls-no-provider` | the same with the provider that the program has installed, such as ring or a FIPS-validated one |
//! | `native-tls` | TLS by the platform's own library; a client uses rustls if one of the above is on as well |
//! | `schemars` | `schemars::JsonSchema` for every generated type |
//! | `aws` | subject tokens of AWS STS, `AwsWebIdentity` |
//! | `command` | subject tokens that a program prints |
//! | `private-key` | OAuth 2.0 clients that sign with a private key, `PrivateKey`; by aws-lc-rs, whatever TLS uses |
//! | `spiffe` | subject tokens of the SPIFFE Workload API |
//! | `reqwest-middleware` | the [`Authenticator`](auth::Authenticator) as a middleware of that crate, 0.5 |
//! | `tower` | the [`Authenticator`](auth::Authenticator) as a layer of that crate, 0.5 |
//! | `blocking` | providers for programs without async |
//! | `testing` | providers, a fake STS and a clock for the tests of crates that use this one |
//!
//! The features of TLS enable those of the same names of `reqwest` and nothing else: what they do to the rest of a
//! program is what they do there.
//!
//! - `native-tls` makes the platform's library the default of every `reqwest::Client` in the program. This crate's own
//!   clients use rustls where one of its features is on as well.
//! - rustls panics in `rustls::ClientConfig::builder()` if both ring and aws-lc-rs are in the build and neither is
//!   installed, whoever brought them. A program with ring takes this crate with `default-features = false` and
//!   `rustls-no-provider`, or installs a provider.
//! - With `rustls-no-provider` and no provider at all, a client is not built: [`BuildError`] says what to install.
//!   `reqwest` panics there and this crate catches it, which does not work in a program with `panic = "abort"`.
//!
//! Without any of the three, a client works only with plain http to loopback hosts, or with what
//! [`ClientBuilder::http_client`] makes of TLS that another crate enables.
//!
//! # What may be added
//!
//! The specification grows, and what it adds appears in a release that changes nothing else. Programs that keep to the
//! following still compile after it:
//!
//! - Build requests with the setters of their builders, not as struct expressions. Give setters numbers and text.
//! - Read fields by name. A pattern that takes a struct apart ends with `..`.
//! - Give a `match` on an enumeration an arm for everything else, also where the compiler does not ask for it.
//! - Do not write out the limits of a [`Bounded`], which are the specification's.
//!
//! Types that are received are `#[non_exhaustive]`, so that the compiler asks for it:
//!
//! ```compile_fail,E0639
//! let failure = sts_sdk::Failure { errors: Vec::new() };
//! ```
//!
//! Types of [`reqwest`] are in signatures: clients, proxies, headers, status codes. [`reqwest`] here is the version that
//! they are of.
//!
//! # Where it comes from
//!
//! [`types`] and [`generated`] are generated from Confluent's OpenAPI description, operation
//! `exchangeStsV1OauthToken` of `sts/v1`; [`TokenExchangeRequest`], [`Failure`], its [`Error`] and [`ObjectMeta`] are
//! schemas of it. Each type says which schema it is, and its fields say what they are. What else stands here is written
//! by hand and does not change with the generator.

// Generated code names the types of this crate by their public path.
extern crate self as sts_sdk;

pub mod auth;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod bounded;
mod build_error;
mod client;
mod clock;
mod exchange;
mod failure;
/// The operation as progenitor generates it, and the types of progenitor that are in its signatures.
///
/// [`Client::generated`] leads here. What this module holds follows the versions of
/// progenitor: a release of this crate that takes a newer one may change it. [`types`] alone, the schemas of the
/// specification, is also at the root of the crate and may be relied on as
/// [described there](crate#what-may-be-added).
///
/// ```no_run
/// # async fn exchange() -> Result<(), Box<dyn std::error::Error>> {
/// let client = sts_sdk::Client::production()?;
/// let operation = client.generated().exchange_sts_v1_oauth_token();
/// let operation = operation.body_map(|body| body.identity_pool_id("pool-abc").subject_token("eyJhbGciOi..."));
/// let reply = operation.send().await?;
/// println!("valid for {} s", reply.expires_in);
/// # Ok(())
/// # }
/// ```
///
/// Every 4xx and 5xx is an [`Error::ErrorResponse`] with status, headers and [`types::Failure`]; any other response
/// that is not the reply is an [`Error::UnexpectedResponse`] without its body. `Display` of [`Error`] prints the whole
/// `Failure`; prefer [`ExchangeError`], which `From` makes of it. The setters of builders are
/// named after the fields that they set and have no documentation of their own, since the generator gives them none;
/// [a table](crate#what-is-sent) says how each kind of value is given.
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
pub mod generated;
#[cfg(feature = "schemars")]
mod json_schema;
mod json_text;
mod panic_text;
mod provider;
mod redact;
mod response_headers;
mod secret;
pub mod settings;
pub mod subject_token;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;

pub use bounded::{Bounded, OutOfRange, ParseBoundedError};
pub use build_error::BuildError;
pub use client::{Client, ClientBuilder};
pub use clock::system::SystemClock;
pub use clock::{BoxFuture, Clock, Moment};
pub use exchange::{AccessToken, ExchangeError};
pub use generated::types;
pub use generated::types::{
    Error, Failure, ObjectMeta, StsV1TokenExchangeRequest as TokenExchangeRequest,
};
pub use json_text::JsonText;
pub use provider::TokenProvider;
pub use provider::builder::TokenProviderBuilder;
pub use provider::changes::Changes;
pub use provider::error::TokenError;
pub use provider::external::{ExternalToken, ExternalTokenProvider, ExternalTokenProviderBuilder};
pub use provider::keep_fresh::KeepFresh;
pub use provider::status::{State, Status};
pub use provider::tag::Tag;
pub use provider::token::Token;
pub use reqwest;
pub use response_headers::ResponseHeaders;
pub use secret::Secret;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "blocking"))]
#[doc = include_str!("../../docs/data-plane.md")]
struct DataPlane;

#[cfg(doctest)]
#[doc = include_str!("../../docs/another-sdk.md")]
struct AnotherSdk;

// Two of its recipes run a program, and one signs with a key.
#[cfg(all(doctest, feature = "command", feature = "private-key"))]
#[doc = include_str!("../../docs/subject-tokens.md")]
struct Recipes;
