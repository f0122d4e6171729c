//! Tokens of GitHub Actions and Forgejo.

use std::borrow::Cow;

use serde::Deserialize;

use super::error::SubjectTokenError;
use super::http::{Endpoint, Http, Route};
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use super::variables;
use crate::clock::BoxFuture;
use crate::secret::Secret;

const WHO: &str = "GitHub Actions";
const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
/// What a job lacks if the variables are not set.
const PERMISSION: &str =
    "give the job the permission `id-token: write`, and run this in a step of the job itself";

/// The OpenID Connect token of a job of GitHub Actions, or of Forgejo Actions: a fresh one for each exchange, since they
/// live for five minutes.
///
/// # At GitHub
///
/// The job, or the workflow, has the permission to ask for a token:
///
/// ```yaml
/// permissions:
///   contents: read
///   id-token: write
/// ```
///
/// Jobs of pull requests from forks do not get it. With Forgejo, the job has `enable-openid-connect: true` instead.
///
/// # At Confluent
///
/// An identity provider with the issuer `https://token.actions.githubusercontent.com` and the JWKS URI
/// `https://token.actions.githubusercontent.com/.well-known/jwks` (GitHub's), and an identity pool with a filter on the
/// claims of the token, such as
///
/// ```text
/// claims.aud == "confluent" && claims.repository == "my-org/my-repo" && claims.ref == "refs/heads/main"
/// ```
///
/// The claims are those of GitHub's documentation, "OpenID Connect reference".
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::GitHubActions;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(GitHubActions::new("confluent"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// The runner sets `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`; they are read for each token. As a
/// [setting](crate::settings), the audience is `CONFLUENT_STS_AUDIENCE`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | a variable is not set | no | give the job the permission `id-token: write`; in a container of your own, hand both variables on |
/// | 401 or 403 | no | the job has ended, or its request token is another job's |
/// | another answer than JSON with a `value` | no | something else than GitHub answers: look at the proxy |
/// | 408, 429, 5xx, no response | yes | nothing; it is asked again |
#[derive(Clone, Debug)]
pub struct GitHubActions {
    audience: String,
    http: Http,
}

fn missing(variable: &str) -> String {
    format!("{WHO}: the environment variable {variable} is not set; {PERMISSION}")
}

/// What is missing, if the job may not ask for tokens.
pub(super) fn missing_permission() -> Option<String> {
    let mut needed = [URL, TOKEN].into_iter();
    needed
        .find(|name| variables::text(name).is_none())
        .map(missing)
}

#[derive(Deserialize)]
struct Reply {
    value: Secret,
}

impl GitHubActions {
    /// Asks for tokens with `audience` as their `aud`.
    #[must_use]
    pub fn new(audience: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
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
        let missing = |name| SubjectTokenError::permanent(missing(name));
        let url = variables::text(URL).ok_or_else(|| missing(URL))?;
        let token = variables::secret(TOKEN).ok_or_else(|| missing(TOKEN))?;
        let mut endpoint = Endpoint::parse(WHO, URL, &url)?;
        // The URL may or may not have a query.
        let audience = ("audience", &*self.audience);
        endpoint
            .url_mut()
            .query_pairs_mut()
            .append_pair(audience.0, audience.1);
        let request = |client: &reqwest::Client| {
            client
                .get(endpoint.url().clone())
                .header(reqwest::header::ACCEPT, "application/json")
                .bearer_auth(token.expose_secret())
        };
        let answer = self.http.send(&endpoint, request, &[&token]).await?;
        if !answer.status.is_success() {
            let what_to_do = match answer.status.as_u16() {
                401 | 403 => {
                    "check that the job has the permission `id-token: write` and has not ended"
                }
                _ => "",
            };
            return Err(answer.refused(what_to_do));
        }
        let Reply { value } = answer.json()?;
        Ok(value.into())
    }
}

impl SubjectTokenSource for GitHubActions {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
