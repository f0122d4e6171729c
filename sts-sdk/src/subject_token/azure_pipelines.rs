//! Tokens of Azure Pipelines.

use std::borrow::Cow;

use reqwest::Client;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;

use super::error::SubjectTokenError;
use super::http::{Endpoint, Http, Route};
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use super::variables;
use crate::clock::BoxFuture;
use crate::secret::Secret;

const WHO: &str = "Azure Pipelines";
const URL: &str = "SYSTEM_OIDCREQUESTURI";
const TOKEN: &str = "SYSTEM_ACCESSTOKEN";
const API_VERSION: &str = "7.1";

/// The OpenID Connect token of a service connection of Azure Pipelines: a fresh one for each exchange.
///
/// # At Azure DevOps
///
/// A service connection with workload identity federation, whose id is given here, and a step that gets the token of the
/// job, which pipelines do not hand to scripts by themselves:
///
/// ```yaml
/// - script: my-tool
///   env:
///     SYSTEM_ACCESSTOKEN: $(System.AccessToken)
/// ```
///
/// # At Confluent
///
/// An identity provider with the issuer that the service connection shows (`https://vstoken.dev.azure.com/<organization>`
/// or Microsoft Entra's), and an identity pool with a filter on the claims of the token, such as
///
/// ```text
/// claims.aud == "api://AzureADTokenExchange" && claims.sub == "sc://my-org/my-project/my-connection"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::AzurePipelines;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(AzurePipelines::new("11111111-2222-3333-4444-555555555555"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// The agent sets `SYSTEM_OIDCREQUESTURI`; the pipeline sets `SYSTEM_ACCESSTOKEN`, as above. They are read for each token. As a
/// [setting](crate::settings), the service connection is `CONFLUENT_STS_SERVICE_CONNECTION_ID`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | a variable is not set | no | map `SYSTEM_ACCESSTOKEN` into the step; run this within a job of a pipeline |
/// | 401, 403 or a redirect to a page of sign-in | no | the job has ended, or may not use the service connection |
/// | 404 | no | correct the id of the service connection |
/// | another answer than JSON with an `oidcToken` | no | something else than Azure DevOps answers: look at the proxy |
/// | 408, 429, 5xx, no response | yes | nothing; it is asked again |
#[derive(Clone, Debug)]
pub struct AzurePipelines {
    service_connection_id: String,
    http: Http,
}

/// The variables, and what to do where they are not set.
const VARIABLES: [(&str, &str); 2] = [
    (URL, "run this within a job of Azure Pipelines"),
    (
        TOKEN,
        "map it into the step: `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`",
    ),
];

/// What is missing, if the step may not ask for tokens.
pub(super) fn missing_variable() -> Option<String> {
    let missing = |(name, _): &&(&str, &str)| !variables::is_set(name);
    let (name, what_to_do) = VARIABLES.iter().find(missing)?;
    Some(format!(
        "{WHO}: the environment variable {name} is not set; {what_to_do}"
    ))
}

#[derive(Deserialize)]
struct Reply {
    #[serde(rename = "oidcToken")]
    oidc_token: Secret,
}

impl AzurePipelines {
    /// Asks for tokens of the service connection with this id, a GUID.
    #[must_use]
    pub fn new(service_connection_id: impl Into<String>) -> Self {
        Self {
            service_connection_id: service_connection_id.into(),
            http: Http::new(Route::Proxies),
        }
    }

    /// Sets options of the HTTP client, such as proxies and root certificates.
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) says what is set afterwards.
    #[must_use]
    pub fn http_client<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.http = self.http.configured(configure);
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let (Some(url), Some(token)) = (variables::text(URL), variables::secret(TOKEN)) else {
            let why = missing_variable().unwrap_or_default();
            return Err(SubjectTokenError::permanent(why));
        };
        let mut endpoint = Endpoint::parse(WHO, URL, &url)?;
        endpoint
            .url_mut()
            .query_pairs_mut()
            .append_pair("api-version", API_VERSION)
            .append_pair("serviceConnectionId", &self.service_connection_id);
        let request = |client: &Client| {
            client
                .post(endpoint.url().clone())
                .header(CONTENT_TYPE, "application/json")
                .header("x-tfs-fedauthredirect", "Suppress")
                .bearer_auth(token.expose_secret())
                // Some servers refuse a POST without it.
                .header(CONTENT_LENGTH, "0")
        };
        let answer = self.http.send(&endpoint, request, &[&token]).await?;
        if !answer.status.is_success() {
            let what_to_do = match answer.status.as_u16() {
                302 | 401 | 403 => {
                    "check that the job has not ended and may use the service connection"
                }
                404 => "check the id of the service connection",
                _ => "",
            };
            return Err(answer.refused(what_to_do));
        }
        let Reply { oidc_token } = answer.json()?;
        Ok(oidc_token.into())
    }
}

impl SubjectTokenSource for AzurePipelines {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
