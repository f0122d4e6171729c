//! The environments of Confluent Cloud's Organization API (`org/v2`), for programs that have a
//! [`TokenProvider`](sts_sdk::TokenProvider).
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_sdk::TokenProvider;
//! use sts_sdk_org::Client;
//!
//! let tokens = TokenProvider::from_env()?;
//! let client = Client::new("https://api.confluent.cloud", tokens.into());
//! let page = client.list_org_v2_environments().page_size(100).send().await?;
//! for environment in &page.data {
//!     println!("{} {}", environment.id, environment.display_name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! All of it is generated: by `cargo xtask codegen`, from `openapi/org-v2.yaml`. Operations authenticate themselves;
//! [`hooks`](sts_sdk::auth::hooks) says what they return where there is no token. The example `environments` goes
//! through all pages of a list.

#[allow(clippy::all, rustdoc::all)]
#[rustfmt::skip]
mod generated;

pub use generated::*;
