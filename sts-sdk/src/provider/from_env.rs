//! A provider that the environment describes.

use super::token_provider::TokenProvider;
use crate::build_error::BuildError;
use crate::subject_token;

const POOL: &str = "CONFLUENT_STS_IDENTITY_POOL_ID";
const LIFETIME: &str = "CONFLUENT_STS_LIFETIME";
const URL: &str = "CONFLUENT_STS_URL";

impl TokenProvider {
    /// A provider that environment variables describe, for programs that are configured by them. Where they name no source
    /// of subject tokens, it is the one that fits the platform.
    ///
    /// ```no_run
    /// # fn build() -> Result<(), sts_sdk::BuildError> {
    /// let tokens = sts_sdk::TokenProvider::from_env()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// | variable | what it is |
    /// | --- | --- |
    /// | `CONFLUENT_STS_IDENTITY_POOL_ID` | the identity pool; must be set |
    /// | `CONFLUENT_STS_URL` | the server; `https://api.confluent.cloud` unless set |
    /// | `CONFLUENT_STS_LIFETIME` | the lifetime to ask for, in seconds |
    /// | `CONFLUENT_STS_SOURCE` | the source of subject tokens, one of those below |
    ///
    /// | `CONFLUENT_STS_SOURCE` | source | its settings |
    /// | --- | --- | --- |
    /// | `file` | [`TokenFile`](subject_token::TokenFile) | `CONFLUENT_STS_TOKEN_FILE` |
    /// | `token` | the token itself, which other processes of the user can read | `CONFLUENT_STS_TOKEN` |
    /// | `github-actions` | [`GitHubActions`](subject_token::GitHubActions) | `CONFLUENT_STS_AUDIENCE`, `confluent` unless set |
    /// | `azure-pipelines` | [`AzurePipelines`](subject_token::AzurePipelines) | `CONFLUENT_STS_SERVICE_CONNECTION_ID` |
    /// | `azure-workload-identity` | [`ClientCredentials`](subject_token::ClientCredentials::azure_workload_identity) | `CONFLUENT_STS_SCOPE` |
    /// | `managed-identity` | [`ManagedIdentity`](subject_token::ManagedIdentity) | `CONFLUENT_STS_RESOURCE`; `CONFLUENT_STS_CLIENT_ID` for one that is user-assigned |
    /// | `google-metadata` | [`GoogleMetadata`](subject_token::GoogleMetadata) | `CONFLUENT_STS_AUDIENCE`, `confluent` unless set |
    /// | `client-credentials` | [`ClientCredentials`](subject_token::ClientCredentials) | `CONFLUENT_STS_TOKEN_URL`, `CONFLUENT_STS_CLIENT_ID`, `CONFLUENT_STS_CLIENT_SECRET_FILE` or `CONFLUENT_STS_CLIENT_SECRET`; `CONFLUENT_STS_SCOPE`, `CONFLUENT_STS_AUDIENCE` |
    /// | `vault` | [`HttpToken::vault`](subject_token::HttpToken::vault) | `CONFLUENT_STS_VAULT_ROLE`, `VAULT_ADDR`, `VAULT_TOKEN` |
    ///
    /// Without `CONFLUENT_STS_SOURCE`, the source is the one whose `CONFLUENT_STS_TOKEN`, `CONFLUENT_STS_TOKEN_FILE`,
    /// `CONFLUENT_STS_TOKEN_URL` or `CONFLUENT_STS_VAULT_ROLE` is set. Without any of these, the first row of the following
    /// that is the case decides, and is logged; two that are the case in one row are an error. No metadata address is
    /// asked to find out.
    ///
    /// | what is looked for | source |
    /// | --- | --- |
    /// | `GITHUB_ACTIONS`, `TF_BUILD`, `GITLAB_CI` or `CIRCLECI` is `true` | `github-actions`; `azure-pipelines`; the variable `CONFLUENT_ID_TOKEN`, which the job declares; the variable `CIRCLE_OIDC_TOKEN_V2` |
    /// | `AZURE_FEDERATED_TOKEN_FILE`; `IDENTITY_ENDPOINT` with `IDENTITY_HEADER` or `IMDS_ENDPOINT`; the file `/var/run/secrets/tokens/confluent` | `azure-workload-identity`; `managed-identity`; `file` |
    ///
    /// # Errors
    ///
    /// Something is missing, contradictory or not allowed. The text names all of it.
    pub fn from_env() -> Result<Self, BuildError> {
        let text = |name| {
            let value = std::env::var(name).unwrap_or_default().trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let mut problems = Vec::new();
        let pool = text(POOL);
        if pool.is_none() {
            problems.push(format!(
                "{POOL} is not set; set it to the id of the identity pool"
            ));
        }
        let lifetime = text(LIFETIME).map(|lifetime| lifetime.parse());
        if matches!(lifetime, Some(Err(_))) {
            problems.push(format!("{LIFETIME} is not a number of seconds"));
        }
        let source = subject_token::chosen().map_err(|more| problems.extend(more));
        let (Some(pool), Ok(source), true) = (pool, source, problems.is_empty()) else {
            return Err(BuildError::option(problems.join("; ")));
        };
        let mut builder = Self::builder().identity_pool_id(pool).subject_token(source);
        if let Some(Ok(lifetime)) = lifetime {
            builder = builder.lifetime(std::time::Duration::from_secs(lifetime));
        }
        if let Some(url) = text(URL) {
            builder = builder.base_url(url);
        }
        builder.build()
    }
}
