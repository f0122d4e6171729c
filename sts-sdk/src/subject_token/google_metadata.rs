//! Tokens of Google Cloud's metadata server.

use std::borrow::Cow;

use reqwest::Client;

use super::error::SubjectTokenError;
use super::http::{Endpoint, Http, Route};
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use super::variables;
use crate::clock::BoxFuture;
use crate::secret::Secret;

const WHO: &str = "Google's metadata server";
const HOST: &str = "GCE_METADATA_HOST";
const DEFAULT_HOST: &str = "metadata.google.internal";
const FLAVOR: &str = "metadata-flavor";

/// The identity token of the service account of a Compute Engine instance, a GKE pod, a Cloud Run service and others
/// that Google Cloud's metadata server answers.
///
/// The metadata server keeps tokens, which live for an hour, and is asked before each exchange.
///
/// # At Google
///
/// The workload runs with a service account. On GKE, Workload Identity Federation is on and the pod's service account is
/// bound to it.
///
/// # At Confluent
///
/// An identity provider with the issuer `https://accounts.google.com` and the JWKS URI
/// `https://www.googleapis.com/oauth2/v3/certs`, and an identity pool with a filter on the claims of the token, such as
///
/// ```text
/// claims.aud == "confluent" && claims.email == "my-service@my-project.iam.gserviceaccount.com"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::GoogleMetadata;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(GoogleMetadata::new("confluent"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// `GCE_METADATA_HOST`, a host with or without a port, instead of `metadata.google.internal`. As [settings](crate::settings),
/// `CONFLUENT_STS_SOURCE` is `google-metadata`, and the audience is `CONFLUENT_STS_AUDIENCE`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | no connection | yes | check that this runs at Google Cloud; a network policy may be in between |
/// | 404 | no | give the instance or the pod a service account |
/// | the answer has no `Metadata-Flavor: Google` | no | something else than the metadata server answers |
/// | 408, 429, 5xx | yes | nothing; it is asked again |
///
/// Requests never go through a proxy.
#[derive(Clone, Debug)]
pub struct GoogleMetadata {
    audience: String,
    http: Http,
}

impl GoogleMetadata {
    /// Asks for tokens with `audience` as their `aud`, with all claims (`format=full`).
    #[must_use]
    pub fn new(audience: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
            http: Http::new(Route::Direct),
        }
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let host = variables::text(HOST);
        let host = host.as_deref().unwrap_or(DEFAULT_HOST).trim();
        let url =
            format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/identity");
        let mut endpoint = Endpoint::parse(WHO, HOST, &url)?;
        endpoint
            .url_mut()
            .query_pairs_mut()
            .append_pair("audience", &self.audience)
            .append_pair("format", "full");
        let request = |client: &Client| client.get(endpoint.url().clone()).header(FLAVOR, "Google");
        let answer = self.http.send(&endpoint, request, &[]).await?;
        let flavor = answer.headers.get(FLAVOR);
        if flavor.is_none_or(|flavor| flavor != "Google") && !answer.status.is_server_error() {
            return Err(answer.unusable(
                "without the header Metadata-Flavor: Google; something else than the metadata server answers",
            ));
        }
        if !answer.status.is_success() {
            let what_to_do = match answer.status.as_u16() {
                404 => "check that the workload has a service account",
                _ => "",
            };
            return Err(answer.refused(what_to_do));
        }
        match str::from_utf8(&answer.body).map(str::trim) {
            Ok(token) if !token.is_empty() => Ok(Secret::from(token).into()),
            _ => Err(answer.unusable("its body is no token")),
        }
    }
}

impl SubjectTokenSource for GoogleMetadata {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
