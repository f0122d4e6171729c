//! Tokens of Azure's managed identities.

mod arc;
mod endpoint;
mod identity;

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;

use super::error::SubjectTokenError;
use super::http::{Answer, Http, Route};
use super::seconds::UnixTime;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;
use endpoint::{Asked, Kind};
use identity::{Identity, Said};

/// The access token of a managed identity of Azure: on virtual machines and in what is built on them (IMDS), in App
/// Service, Functions and Container Apps, and on servers that Azure Arc manages.
///
/// The platform keeps tokens, and is asked before each exchange.
///
/// # At Azure
///
/// The resource has a system-assigned or a user-assigned identity. An app registration in Microsoft Entra stands for
/// Confluent; its application ID URI is the `resource` that tokens are asked for, and becomes their `aud`.
///
/// # At Confluent
///
/// An identity provider with the issuer of the tenant, `https://sts.windows.net/<tenant>/` for tokens of version 1 or
/// `https://login.microsoftonline.com/<tenant>/v2.0` for those of version 2, as the app registration's
/// `requestedAccessTokenVersion` says, and an identity pool with a filter on the claims of the token, such as
///
/// ```text
/// claims.aud == "api://confluent" && claims.oid == "<object id of the identity>"
/// ```
///
/// Tokens of version 1 name the application in `appid`, those of version 2 in `azp`.
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::ManagedIdentity;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(ManagedIdentity::new("api://confluent"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// The platform sets them; they are read for each token.
///
/// | variables | whom is asked |
/// | --- | --- |
/// | `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` | App Service and its relatives |
/// | `IDENTITY_ENDPOINT` and `IMDS_ENDPOINT` | Azure Arc |
/// | neither | IMDS at `http://169.254.169.254`, or at `AZURE_POD_IDENTITY_AUTHORITY_HOST` |
///
/// As [settings](crate::settings), the resource is `CONFLUENT_STS_RESOURCE`, and a user-assigned identity
/// `CONFLUENT_STS_CLIENT_ID`, `CONFLUENT_STS_OBJECT_ID` or `CONFLUENT_STS_RESOURCE_ID`; on virtual machines,
/// `CONFLUENT_STS_SOURCE` is `managed-identity`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | no connection to IMDS | yes | check that this runs at Azure |
/// | 400, "Identity not found" | no | assign an identity to the resource, or correct which one is named |
/// | 400 that names the resource | no | correct the `resource`; it is an application ID URI |
/// | 404, 408, 410, 429, 5xx of IMDS | yes | nothing; IMDS is starting or busy, and is asked again |
/// | Azure Arc does not say that the token is of the identity that was asked for | no | update its agent, which may not know user-assigned identities |
/// | a key file of Azure Arc that is not where it must be | no | something else than the agent answers |
/// | a key file that may not be read | no | let this user into the group `himds` |
///
/// Requests never go through a proxy.
#[derive(Clone, Debug)]
pub struct ManagedIdentity {
    resource: String,
    identity: Identity,
    arc_keys: PathBuf,
    http: Http,
}

#[derive(Deserialize)]
struct Reply {
    access_token: Secret,
    expires_on: Option<UnixTime>,
}

impl ManagedIdentity {
    /// Asks for tokens of the system-assigned identity for `resource`, the application ID URI of an app registration.
    #[must_use]
    pub fn new(resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            identity: Identity::SystemAssigned,
            arc_keys: arc::KEYS.into(),
            http: Http::new(Route::Direct),
        }
    }

    /// Names a user-assigned identity by its client id.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.identity = Identity::ClientId(id.into());
        self
    }

    /// Names a user-assigned identity by its object id, also called principal id.
    #[must_use]
    pub fn object_id(mut self, id: impl Into<String>) -> Self {
        self.identity = Identity::ObjectId(id.into());
        self
    }

    /// Names a user-assigned identity by its Azure Resource Manager id, `/subscriptions/…`.
    #[must_use]
    pub fn resource_id(mut self, id: impl Into<String>) -> Self {
        self.identity = Identity::ResourceId(id.into());
        self
    }

    /// Where key files of Azure Arc are looked for, instead of the agent's folder: for tests.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn arc_key_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.arc_keys = folder.into();
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let asked = Asked::of_environment(&self.resource, &self.identity)?;
        let answer = match asked.kind {
            Kind::Arc => arc::ask(&self.http, &asked, &self.arc_keys).await?,
            _ => asked.send(&self.http, None).await?,
        };
        if !answer.status.is_success() {
            return Err(refused(&answer, asked.kind));
        }
        // An agent that knows no user-assigned identities gives a token of the machine's own.
        if asked.kind == Kind::Arc && !self.identity.is_that_of(&answer.json::<Said>()?) {
            return Err(answer.unusable(
                "does not say that the token is of the identity that was asked for; update the agent of Azure Arc, or leave out \
                 which identity is meant",
            ));
        }
        let reply: Reply = answer.json()?;
        let token = SubjectToken::from(reply.access_token);
        Ok(match reply.expires_on.and_then(UnixTime::to_system_time) {
            Some(end) => token.valid_until(end),
            None => token,
        })
    }
}

fn refused(answer: &Answer, kind: Kind) -> SubjectTokenError {
    let what_to_do = match answer.status.as_u16() {
        400 => {
            "check that the resource has the identity that is asked for, and that `resource` is an application ID URI"
        }
        403 => "a proxy or a network policy may be in between",
        404 | 410 => "it may be starting",
        _ => "",
    };
    let error = answer.refused(what_to_do);
    // IMDS answers so while it starts, and for up to 70 s while it is updated.
    if kind == Kind::Imds && matches!(answer.status.as_u16(), 404 | 410) {
        return error.into_transient();
    }
    error
}

impl SubjectTokenSource for ManagedIdentity {
    fn describe(&self) -> Cow<'_, str> {
        "Azure's managed identity endpoint".into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
