//! Whom a managed identity's token is asked of.

use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::identity::Identity;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::{Answer, Endpoint, Http};
use crate::subject_token::variables;

const WHO: &str = "Azure's managed identity endpoint";
const METADATA: HeaderName = HeaderName::from_static("metadata");
const ENDPOINT: &str = "IDENTITY_ENDPOINT";
const HEADER: &str = "IDENTITY_HEADER";
const IMDS: &str = "IMDS_ENDPOINT";
const IMDS_HOST: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
const DEFAULT_IMDS_HOST: &str = "http://169.254.169.254";
const SECRET: HeaderName = HeaderName::from_static("x-identity-header");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AppService,
    Arc,
    Imds,
}

/// What is asked of whom.
pub(super) struct Asked {
    pub(super) kind: Kind,
    endpoint: Endpoint,
    /// What App Service wants to see.
    secret: Option<Secret>,
}

impl Asked {
    pub(super) fn of_environment(
        resource: &str,
        identity: &Identity,
    ) -> Result<Self, SubjectTokenError> {
        let url = variables::text(ENDPOINT);
        let secret = variables::secret(HEADER);
        let (kind, endpoint, version) = match (url, &secret, variables::text(IMDS)) {
            (Some(url), Some(_), _) => {
                let endpoint = Endpoint::parse(WHO, ENDPOINT, &url)?;
                (Kind::AppService, endpoint, "2019-08-01")
            }
            (Some(url), None, Some(_)) => {
                let endpoint = Endpoint::parse(WHO, ENDPOINT, &url)?;
                (Kind::Arc, endpoint, "2020-06-01")
            }
            _ => {
                let host = variables::text(IMDS_HOST);
                let host = host.as_deref().unwrap_or(DEFAULT_IMDS_HOST).trim();
                let url = format!(
                    "{}/metadata/identity/oauth2/token",
                    host.trim_end_matches('/')
                );
                (
                    Kind::Imds,
                    Endpoint::parse(WHO, IMDS_HOST, &url)?,
                    "2018-02-01",
                )
            }
        };
        let mut asked = Self {
            kind,
            endpoint,
            secret,
        };
        let selector = asked.selector(identity);
        let mut query = asked.endpoint.url_mut().query_pairs_mut();
        query.append_pair("api-version", version);
        query.append_pair("resource", resource);
        if let Some((name, id)) = selector {
            query.append_pair(name, id);
        }
        drop(query);
        Ok(asked)
    }

    /// The parameter that names a user-assigned identity, which differs between the platforms.
    fn selector<'a>(&self, identity: &'a Identity) -> Option<(&'static str, &'a str)> {
        let (imds, app_service, id) = match identity {
            Identity::SystemAssigned => return None,
            Identity::ClientId(id) => ("client_id", "client_id", id),
            Identity::ObjectId(id) => ("object_id", "principal_id", id),
            Identity::ResourceId(id) => ("msi_res_id", "mi_res_id", id),
        };
        match self.kind {
            Kind::Imds | Kind::Arc => Some((imds, id)),
            Kind::AppService => Some((app_service, id)),
        }
    }

    /// Sends the request; to Azure Arc for the second time with the `key` that its answer named.
    pub(super) async fn send(
        &self,
        http: &Http,
        key: Option<&Secret>,
    ) -> Result<Answer, SubjectTokenError> {
        let request = |client: &Client| {
            let mut request = client.get(self.endpoint.url().clone());
            match (&self.secret, self.kind) {
                (Some(secret), Kind::AppService) => {
                    request = request.header(SECRET, sensitive(secret.expose_secret()));
                }
                _ => request = request.header(METADATA, "true"),
            }
            if let Some(key) = key {
                let basic = Secret::from(format!("Basic {}", key.expose_secret()));
                request = request.header(AUTHORIZATION, sensitive(basic.expose_secret()));
            }
            request
        };
        let secrets: Vec<&Secret> = self.secret.iter().chain(key).collect();
        http.send(&self.endpoint, request, &secrets).await
    }

    pub(super) fn refused(&self, why: &str) -> SubjectTokenError {
        SubjectTokenError::permanent(format!("{}: {why}", self.endpoint))
    }
}

/// A value of a header that is not printed; one that cannot be sent becomes empty, and is refused by the server.
fn sensitive(value: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
