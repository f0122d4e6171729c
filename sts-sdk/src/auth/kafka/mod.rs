//! Kafka: SASL OAUTHBEARER (RFC 7628) with external tokens.
//!
//! A Kafka client presents an external token and, as SASL [`Extensions`], the cluster and the identity pools. It either
//! asks a callback for them, which returns a [`SaslToken`], or gets the token itself from an HTTP endpoint by OAuth 2.0's
//! client credentials, for which [`OidcSettings`] prints its settings.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::ExternalTokenProvider;
//! use sts_sdk::auth::Pools;
//! use sts_sdk::auth::kafka::{Extensions, SaslToken};
//!
//! let tokens = ExternalTokenProvider::from_env()?;
//! let extensions = Extensions::new(Pools::one("pool-abc")?).logical_cluster("lkc-123")?;
//! let token = SaslToken::new(&tokens.token().await?, &extensions)?;
//! println!("{} until {} ms", token.principal(), token.expires_at_ms());
//! # Ok(())
//! # }
//! ```
//!
//! # Which way for which client
//!
//! | client | what to take |
//! | --- | --- |
//! | librdkafka 2.x: confluent-kafka for Python, Go, .NET and JavaScript | a callback, or its own OIDC method |
//! | Kafka's Java clients | a callback handler, or their own |
//! | `rdkafka` 0.39 for Rust | the OIDC method of the librdkafka in it: the token of its callback has no extensions ([rust-rdkafka #727](https://github.com/fede1024/rust-rdkafka/issues/727)) |
//! | a client that speaks the protocol itself | [`SaslToken::initial_response`] |
//!
//! librdkafka calls callbacks on threads of its own and waits for them: with the feature `blocking`,
//! `blocking::ExternalTokenProvider` is for these. It asks for the next token when four fifths of a token's life have
//! passed, and authenticates connections again when the broker says that their session ends.

mod extensions;
mod oidc;
mod sasl_token;
mod settings;

pub use extensions::Extensions;
pub use oidc::OidcSettings;
pub use sasl_token::{NoPrincipal, SaslToken};
pub use settings::Settings;
