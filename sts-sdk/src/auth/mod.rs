//! Where tokens go: requests of other HTTP clients, and clients that are generated for Confluent's other APIs.
//!
//! An [`Authenticator`] holds the rules; what uses it holds none:
//!
//! | for | what to take | feature |
//! | --- | --- | --- |
//! | `reqwest` | [`Authenticator::send`], [`Authenticator::execute`] | |
//! | `reqwest-middleware` 0.5 | the [`Authenticator`] is a middleware | `reqwest-middleware` |
//! | `tower` 0.5: `http` and `reqwest` requests | `AuthenticatorLayer` | `tower` |
//! | clients that `cargo xtask codegen` generates | [`hooks`], called by the generated code | |
//! | Kafka clients | [`kafka`] | |
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::auth::Authenticator;
//! use sts_sdk::{TokenProvider, reqwest};
//!
//! let authenticator = Authenticator::new(TokenProvider::from_env()?);
//! let client = reqwest::Client::new();
//! let request = client.get("https://api.confluent.cloud/org/v2/environments");
//! let response = authenticator.send(request).await?;
//! println!("{}", response.status());
//! # Ok(())
//! # }
//! ```
//!
//! Confluent Cloud's control plane takes the access tokens of a [`TokenProvider`](crate::TokenProvider); its data plane
//! takes those of an [`ExternalTokenProvider`](crate::ExternalTokenProvider), with other headers:
//! [`Authenticator::external`].

mod attempt;
mod authenticator;
mod builder;
mod credentials;
mod error;
mod external;
pub mod hooks;
mod hosts;
mod identifier;
pub mod kafka;
mod message;
#[cfg(feature = "reqwest-middleware")]
mod middleware;
mod pools;
mod rate_limit;
mod send;
mod takes;
#[cfg(feature = "tower")]
mod tower;

pub use authenticator::Authenticator;
pub use builder::AuthenticatorBuilder;
pub use error::AuthError;
pub use pools::Pools;
#[cfg(feature = "tower")]
pub use tower::{
    AuthenticatorLayer, AuthenticatorService, ByClone, CopyBody, ResponseFuture, SentOnce,
};
