//! Where subject tokens come from.
//!
//! A [`TokenProvider`](crate::TokenProvider) asks its [`SubjectTokenSource`] before each exchange. A source is
//! one of this module's, a closure, or a type of the caller's own; `Arc<dyn SubjectTokenSource>` is one as well.
//!
//! ```
//! use std::sync::Arc;
//! use sts_sdk::subject_token::{
//!     EnvironmentVariable, SubjectTokenError, SubjectTokenSource, TokenFile,
//! };
//!
//! let file = TokenFile::new("/var/run/secrets/tokens/confluent");
//! let variable = EnvironmentVariable::new("CONFLUENT_ID_TOKEN");
//! let closure = || async {
//!     // Ask the identity provider.
//!     Err::<String, _>(SubjectTokenError::transient("the identity provider did not answer"))
//! };
//! let sources: [Arc<dyn SubjectTokenSource>; 3] = [Arc::new(file), Arc::new(variable), Arc::new(closure)];
//! ```
//!
//! | where a workload runs | source |
//! | --- | --- |
//! | GitHub Actions, Forgejo Actions | [`GitHubActions`] |
//! | Azure Pipelines | [`AzurePipelines`] |
//! | GitLab, CircleCI | [`EnvironmentVariable`], the variable that the job declares with `id_tokens:`, or `CIRCLE_OIDC_TOKEN_V2` |
//! | Buildkite, and wherever a program prints a token | `Command`, with the feature `command` |
//! | Kubernetes on any cloud | [`TokenFile`], with a projected service-account token |
//! | AKS with Microsoft Entra Workload ID | [`ClientCredentials::azure_workload_identity`] |
//! | Azure: virtual machines, App Service, Functions, Container Apps, Arc | [`ManagedIdentity`] |
//! | AWS: EC2, ECS, Fargate, Lambda, EKS | `AwsWebIdentity`, with the feature `aws` |
//! | Google Cloud: Compute Engine, GKE, Cloud Run | [`GoogleMetadata`] |
//! | a server with Microsoft Entra, Okta, Auth0, Keycloak | [`ClientCredentials`], by a secret or an assertion; by a private key with the feature `private-key` |
//! | beside an agent of SPIRE, or of another implementation of SPIFFE | `Spiffe`, with the feature `spiffe` |
//! | beside Vault or OpenBao | [`HttpToken::vault`] |
//! | anywhere else | [`HttpToken`], a closure, or a type of your own |
//!
//! The page of each type is the recipe for its platform; `docs/subject-tokens.md` has those for GitLab CI, Buildkite, CircleCI,
//! Kubernetes, EKS, Okta, Microsoft Entra, Auth0 and Keycloak. [`from_env`] takes the source from environment variables, or the
//! one that fits the platform, and [`from_settings`] from flags or a file of profiles: [`settings`](crate::settings).
//!
//! Those that ask over HTTP follow the rules of exchanges: https, but to loopback hosts and the metadata addresses of
//! platforms; no redirects; 10 s for a response, and bodies of at most 256 KiB. Metadata services are never asked through a
//! proxy, others through those of the environment. `http_client()` of a source sets proxies and root certificates. What a
//! server says when it refuses is repeated in the error, without what was sent to it.
//!
//! Before a subject token is sent, it is looked at: what is no JWT, has expired more than a minute ago or is not valid for
//! more than a minute to come is an error that names the source and the claim. What the last one says of itself is in
//! [`Status::subject_token`](crate::Status::subject_token).
//!
//! # A closure that asks over HTTP
//!
//! The future that a closure returns may not borrow from it: clone what it needs, and move the clones into
//! `async move`.
//!
//! ```
//! use std::time::Duration;
//! use sts_sdk::reqwest::{Client, Error};
//! use sts_sdk::subject_token::{SubjectTokenError, SubjectTokenSource};
//!
//! fn source(url: String) -> Result<impl SubjectTokenSource, Error> {
//!     let client = Client::builder().timeout(Duration::from_secs(5)).build()?;
//!     Ok(move || {
//!         let request = client.get(&url).header("metadata-flavor", "Google");
//!         async move {
//!             let response = request.send().await?.error_for_status()?;
//!             Ok::<_, SubjectTokenError>(response.text().await?)
//!         }
//!     })
//! }
//! # source("http://metadata.google.internal/".to_owned()).unwrap();
//! ```
//!
//! The client is the program's own; that of the provider knows no other host than STS. [`reqwest`] is the
//! one that this crate uses, with the features that it needs: for `json()` or `query()`, a program depends on
//! `reqwest` itself and enables them. A source that hangs uses up the deadline of the provider (30 s by default), retries
//! included: give the client a time-out that is well below it. Tokens of metadata services must not go through a proxy:
//! `no_proxy()` of the client's builder.
//!
//! # A type
//!
//! The same as a type, which can hear of refusals and be named. What [`GitHubActions`] does, written out:
//!
//! ```
//! use std::env;
//! use sts_sdk::reqwest::{Client, Url};
//! use sts_sdk::subject_token::{SubjectToken, SubjectTokenError, SubjectTokenSource};
//! use sts_sdk::{BoxFuture, Secret};
//!
//! struct OwnGitHubActions {
//!     client: Client,
//!     audience: String,
//! }
//!
//! impl OwnGitHubActions {
//!     async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
//!         let variable = |name: &str| {
//!             let missing = || format!("{name} is not set; does the job have the permission id-token: write?");
//!             env::var(name).map_err(|_| SubjectTokenError::permanent(missing()))
//!         };
//!         let url = variable("ACTIONS_ID_TOKEN_REQUEST_URL")?;
//!         let token = Secret::from(variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?);
//!         let no_url = "ACTIONS_ID_TOKEN_REQUEST_URL is not a URL";
//!         let mut url = Url::parse(&url).map_err(|error| SubjectTokenError::permanent(no_url).caused_by(error))?;
//!         url.query_pairs_mut().append_pair("audience", &self.audience);
//!         let request = self.client.get(url).bearer_auth(token.expose_secret());
//!         let body = request.send().await?.error_for_status()?.bytes().await?;
//!         let no_json = "GitHub did not answer with JSON";
//!         let answer: serde_json::Value = serde_json::from_slice(&body)
//!             .map_err(|error| SubjectTokenError::transient(no_json).caused_by(error))?;
//!         let value = answer["value"].as_str();
//!         let token = value.ok_or_else(|| SubjectTokenError::permanent("the answer of GitHub has no value"))?;
//!         Ok(SubjectToken::from(token))
//!     }
//! }
//!
//! impl SubjectTokenSource for OwnGitHubActions {
//!     fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
//!         Box::pin(self.ask())
//!     }
//! }
//! ```

#[cfg(test)]
mod arbitrary_json;
#[cfg(feature = "aws")]
mod aws_web_identity;
mod azure_pipelines;
mod claims;
mod client_credentials;
#[cfg(feature = "command")]
mod command;
mod conversions;
mod environment;
mod error;
mod file;
mod from_settings;
mod github_actions;
mod google_metadata;
mod http;
mod http_token;
mod managed_identity;
mod seconds;
mod source;
#[cfg(feature = "spiffe")]
mod spiffe;
mod static_token;
mod token;
mod variables;

#[cfg(feature = "aws")]
pub use aws_web_identity::{AwsSigningAlgorithm, AwsWebIdentity};
pub use azure_pipelines::AzurePipelines;
pub use claims::Claims;
pub use client_credentials::ClientCredentials;
#[cfg(feature = "private-key")]
pub use client_credentials::PrivateKey;
#[cfg(feature = "command")]
pub use command::Command;
pub use environment::EnvironmentVariable;
pub use error::SubjectTokenError;
pub use file::TokenFile;
pub(crate) use from_settings::choose;
pub use from_settings::{ChosenSource, from_env, from_settings};
pub use github_actions::GitHubActions;
pub use google_metadata::GoogleMetadata;
pub use http_token::{HttpToken, HttpValue};
pub use managed_identity::ManagedIdentity;
pub use source::SubjectTokenSource;
#[cfg(feature = "spiffe")]
pub use spiffe::Spiffe;
pub use static_token::StaticToken;
pub use token::SubjectToken;
