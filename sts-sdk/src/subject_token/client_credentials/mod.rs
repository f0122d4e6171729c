//! Tokens of OAuth 2.0 identity providers.

mod authentication;
mod kept;
mod parameters;
#[cfg(feature = "private-key")]
mod private_key;
mod reply;
mod secret_text;
#[cfg(feature = "private-key")]
mod signing_key;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use zeroize::Zeroizing;

use super::error::SubjectTokenError;
use super::file::TokenFile;
use super::http::{Endpoint, Http, Route};
use super::seconds::Seconds;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use super::variables;
use crate::build_error::BuildError;
use crate::clock::system::SystemClock;
use crate::clock::{BoxFuture, Clock};
use crate::secret::Secret;
use authentication::{Authentication, Sent};
use kept::Kept;
use parameters::Parameters;
use reply::Reply;

pub(super) use parameters::own;
#[cfg(feature = "private-key")]
pub use private_key::PrivateKey;

const WHO: &str = "the token endpoint";
const FORM: &str = "application/x-www-form-urlencoded";

/// The access token that an OAuth 2.0 identity provider, such as Microsoft Entra, Okta, Auth0 or Keycloak, issues to a
/// client by the grant `client_credentials` (RFC 6749, section 4.4).
///
/// A token is kept for half of the lifetime that the identity provider states in `expires_in`, and dropped if STS refuses
/// it. Providers that share this source wait for one request. A copy that is changed keeps tokens of its own.
///
/// # At the identity provider
///
/// A client (an app registration, a service) that may use the grant, and its secret or, with the feature `private-key`, its
/// public key (`PrivateKey`). What the token is for is said in a way of its own by each:
///
/// | identity provider | token URL | what to give |
/// | --- | --- | --- |
/// | Microsoft Entra | `https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token` | [`scope`](Self::scope) `api://<application id>/.default` |
/// | Okta | `https://<domain>/oauth2/<authorization server>/v1/token` | [`scope`](Self::scope), one that the server has |
/// | Auth0 | `https://<tenant>.auth0.com/oauth/token` | [`audience`](Self::audience) |
/// | Keycloak | `https://<host>/realms/<realm>/protocol/openid-connect/token` | nothing, or [`scope`](Self::scope) |
///
/// # At Confluent
///
/// An identity provider with the issuer and the JWKS URI of the same, and an identity pool with a filter on the claims of
/// the token, such as `claims.aud == "confluent" && claims.sub == "my-client"`.
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::ClientCredentials;
///
/// let source = ClientCredentials::new("https://idp.example.com/oauth2/token", "my-client")
///     .client_secret_file("/var/run/secrets/idp/client-secret")
///     .audience("confluent");
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(source)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// None, but for [`azure_workload_identity`](Self::azure_workload_identity): `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`,
/// `AZURE_FEDERATED_TOKEN_FILE` and `AZURE_AUTHORITY_HOST`. As [settings](crate::settings), the source
/// `client-credentials` takes these:
///
/// | setting | what it is |
/// | --- | --- |
/// | `CONFLUENT_STS_TOKEN_URL`, `CONFLUENT_STS_CLIENT_ID` | the token URL and the client |
/// | `CONFLUENT_STS_CLIENT_SECRET_FILE`, `CONFLUENT_STS_CLIENT_SECRET` | its secret; `CONFLUENT_STS_SECRET_IN_BODY` says how it is sent |
/// | `CONFLUENT_STS_CLIENT_ASSERTION_FILE` | a JWT instead of a secret |
/// | `CONFLUENT_STS_CLIENT_KEY_FILE`, `CONFLUENT_STS_CLIENT_KEY` | its private key instead of a secret, with `CONFLUENT_STS_CLIENT_KEY_ID` and `CONFLUENT_STS_CLIENT_KEY_AUDIENCE` |
/// | `CONFLUENT_STS_SCOPE`, `CONFLUENT_STS_AUDIENCE`, `CONFLUENT_STS_PARAMETERS` | what to ask for |
///
/// The source `azure-workload-identity` takes `CONFLUENT_STS_SCOPE`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | 401, or `invalid_client` | no | correct the client id, its secret or its key |
/// | the private key cannot be read, is encrypted or of another kind | only where its file is missing or empty | what the error says; the page of `PrivateKey` |
/// | the source of the assertion has none | as that source says | what its page says |
/// | `invalid_scope`, `invalid_target` and other 4xx | no | what the identity provider says, which the error repeats |
/// | a page instead of JSON | no | correct the token URL |
/// | 408, 429, 5xx, no response | yes | nothing; it is asked again, after its `Retry-After` if it sends one |
/// | a [`parameter`](Self::parameter) has a name that this source sends itself, such as `client_id` | no | leave it out; nothing was sent |
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    token_url: String,
    client_id: String,
    authentication: Authentication,
    parameters: Parameters,
    clock: Arc<dyn Clock>,
    /// Shared by clones until one of them is changed.
    kept: Arc<Kept>,
    http: Http,
}

impl ClientCredentials {
    /// Asks `token_url`, an https URL, for tokens of the client `client_id`.
    #[must_use]
    pub fn new(token_url: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            token_url: token_url.into(),
            client_id: client_id.into(),
            authentication: Authentication::None,
            parameters: Parameters::default(),
            clock: Arc::new(SystemClock),
            kept: Arc::default(),
            http: Http::new(Route::Proxies),
        }
    }

    /// Microsoft Entra Workload ID, as on AKS: the client and its federated token are those that the variables
    /// `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`, `AZURE_FEDERATED_TOKEN_FILE` and `AZURE_AUTHORITY_HOST` name. `scope` is
    /// `api://<application id>/.default`.
    ///
    /// # Errors
    ///
    /// One of the first three is not set, as where the pod lacks the label `azure.workload.identity/use: "true"`.
    pub fn azure_workload_identity(scope: impl Into<String>) -> Result<Self, BuildError> {
        let variable = |name| {
            variables::text(name).ok_or_else(|| {
                BuildError::no_subject_token(format!(
                    "the environment variable {name} is not set; give the pod the label azure.workload.identity/use: \
                     \"true\" and a service account with a client id"
                ))
            })
        };
        let client_id = variable("AZURE_CLIENT_ID")?;
        let tenant = variable("AZURE_TENANT_ID")?;
        let file = variable("AZURE_FEDERATED_TOKEN_FILE")?;
        let authority = variables::text("AZURE_AUTHORITY_HOST");
        let authority = authority
            .as_deref()
            .unwrap_or("https://login.microsoftonline.com");
        let url = format!(
            "{}/{tenant}/oauth2/v2.0/token",
            authority.trim_end_matches('/')
        );
        Ok(Self::new(url, client_id)
            .client_assertion(TokenFile::new(file))
            .scope(scope))
    }

    /// The client's secret.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.authentication = self.authentication.with_secret(secret.into());
        self.changed()
    }

    /// The file that holds the client's secret, read for each token.
    #[must_use]
    pub fn client_secret_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.authentication = self.authentication.with_secret_file(path.into());
        self.changed()
    }

    /// Sends the secret in the body, as `client_secret`, instead of in a header (RFC 6749, section 2.3.1): for identity
    /// providers that do not take HTTP Basic authentication.
    #[must_use]
    pub fn secret_in_body(mut self) -> Self {
        self.authentication = self.authentication.in_body();
        self.changed()
    }

    /// Authenticates the client by a JWT from another source (RFC 7523, section 2.2) instead of by a secret. The source
    /// is told if the identity provider answers 400 or 401 to it.
    #[must_use]
    pub fn client_assertion(mut self, source: impl SubjectTokenSource + 'static) -> Self {
        self.authentication = Authentication::Assertion(Arc::new(source));
        self.changed()
    }

    /// Authenticates the client by assertions that it signs with `key` (`private_key_jwt`) instead of by a secret.
    #[cfg(feature = "private-key")]
    #[must_use]
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.authentication = Authentication::Key(key);
        self.changed()
    }

    /// The scopes to ask for, separated by spaces.
    #[must_use]
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.parameter("scope", scope)
    }

    /// The audience to ask for, at identity providers that know this parameter.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.parameter("audience", audience)
    }

    /// A further parameter of the request, such as `resource`. One of the same name is replaced. `grant_type`,
    /// `client_id`, `client_secret`, `client_assertion` and `client_assertion_type` are refused when a token is asked
    /// for: the methods for them say how they are sent.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set(name.into(), value.into());
        self.changed()
    }

    /// The clock by which tokens are kept, for tests. By default the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self.changed()
    }

    /// Sets options of the HTTP client, such as proxies and root certificates.
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) says what is set afterwards.
    #[must_use]
    pub fn http_client<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.http = self.http.configured(configure);
        self.changed()
    }

    /// This source without what it shares with those that ask otherwise.
    fn changed(mut self) -> Self {
        self.kept = Arc::default();
        self
    }

    async fn get(&self) -> Result<SubjectToken, SubjectTokenError> {
        let _one_at_a_time = self.kept.requests().await;
        if let Some(token) = self.kept.token(&self.clock.now()) {
            return Ok(token);
        }
        let before = self.clock.now();
        let Reply {
            access_token,
            expires_in,
        } = self.ask().await?;
        let token = SubjectToken::from(access_token);
        let Some(lifetime) = expires_in.and_then(Seconds::to_duration) else {
            return Ok(token);
        };
        let token = match before.wall.checked_add(lifetime) {
            Some(end) => token.valid_until(end),
            None => token,
        };
        self.kept.keep(&token, before.after(lifetime / 2));
        Ok(token)
    }

    async fn ask(&self) -> Result<Reply, SubjectTokenError> {
        let endpoint = Endpoint::parse(WHO, "its URL", &self.token_url)?;
        if let Some(name) = self.parameters.own() {
            return Err(SubjectTokenError::permanent(format!(
                "{endpoint}: the parameter {name} would be sent twice; leave it out of the further parameters"
            )));
        }
        let authentication = self.authentication.credentials(
            &self.client_id,
            self.token_url.trim(),
            self.clock.now().wall,
        );
        let authentication = authentication.await?;
        let Sent {
            basic,
            parameters,
            secret,
            ..
        } = &authentication;
        let grant = [("grant_type", "client_credentials")].into_iter();
        let secrets = parameters
            .iter()
            .map(|(name, value)| (*name, value.expose_secret()));
        let form: Vec<(&str, &str)> = grant.chain(self.parameters.iter()).chain(secrets).collect();
        let form = Secret::from(serde_urlencoded::to_string(form).map_err(|_| {
            SubjectTokenError::permanent(format!(
                "{endpoint}: its parameters cannot be sent as a form"
            ))
        })?);
        let request = |client: &Client| {
            let request = client
                .post(endpoint.url().clone())
                .header(ACCEPT, "application/json")
                .header(CONTENT_TYPE, FORM)
                .body(form.expose_secret().to_owned());
            match basic {
                Some((user, password)) => request.basic_auth(user, Some(password.expose_secret())),
                None => request,
            }
        };
        // A server may send the header back as it came.
        let header = basic.as_ref().map(|(user, password)| {
            let pair = Zeroizing::new(format!("{user}:{}", password.expose_secret()));
            Secret::from(STANDARD.encode(&*pair))
        });
        let secrets: Vec<&Secret> = secret.iter().chain(&header).collect();
        let answer = self.http.send(&endpoint, request, &secrets).await?;
        if matches!(answer.status.as_u16(), 400 | 401) {
            self.authentication.refused(&authentication);
        }
        Reply::read(&answer)
    }
}

impl SubjectTokenSource for ClientCredentials {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.get())
    }

    fn refused(&self, token: &SubjectToken) {
        self.kept.drop_token(token);
    }
}
