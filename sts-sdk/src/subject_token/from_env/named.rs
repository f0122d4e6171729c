//! The sources by their names, and the variables that they take.

use std::sync::Arc;

use crate::secret::Secret;
use crate::subject_token::azure_pipelines::AzurePipelines;
use crate::subject_token::client_credentials::ClientCredentials;
use crate::subject_token::environment::EnvironmentVariable;
use crate::subject_token::file::TokenFile;
use crate::subject_token::github_actions::{self, GitHubActions};
use crate::subject_token::google_metadata::GoogleMetadata;
use crate::subject_token::http_token::HttpToken;
use crate::subject_token::managed_identity::ManagedIdentity;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::static_token::StaticToken;
use crate::subject_token::variables;

const AUDIENCE: &str = "CONFLUENT_STS_AUDIENCE";
const CLIENT_ID: &str = "CONFLUENT_STS_CLIENT_ID";
const CLIENT_SECRET: &str = "CONFLUENT_STS_CLIENT_SECRET";
const CLIENT_SECRET_FILE: &str = "CONFLUENT_STS_CLIENT_SECRET_FILE";
const CONNECTION: &str = "CONFLUENT_STS_SERVICE_CONNECTION_ID";
const RESOURCE: &str = "CONFLUENT_STS_RESOURCE";
const SCOPE: &str = "CONFLUENT_STS_SCOPE";
const TOKEN: &str = "CONFLUENT_STS_TOKEN";
const TOKEN_FILE: &str = "CONFLUENT_STS_TOKEN_FILE";
const TOKEN_URL: &str = "CONFLUENT_STS_TOKEN_URL";
const VAULT_ROLE: &str = "CONFLUENT_STS_VAULT_ROLE";
const DEFAULT_AUDIENCE: &str = "confluent";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AzurePipelines,
    AzureWorkloadIdentity,
    ClientCredentials,
    File(Option<String>),
    GitHubActions,
    GoogleMetadata,
    ManagedIdentity,
    Token,
    /// A variable that a platform sets.
    Variable(&'static str),
    Vault,
}

/// Their names, as `CONFLUENT_STS_SOURCE` has them.
const NAMES: [(&str, Kind); 9] = [
    ("azure-pipelines", Kind::AzurePipelines),
    ("azure-workload-identity", Kind::AzureWorkloadIdentity),
    ("client-credentials", Kind::ClientCredentials),
    ("file", Kind::File(None)),
    ("github-actions", Kind::GitHubActions),
    ("google-metadata", Kind::GoogleMetadata),
    ("managed-identity", Kind::ManagedIdentity),
    ("token", Kind::Token),
    ("vault", Kind::Vault),
];

/// Settings that name a source by being there.
const NAMING: [(&str, Kind); 4] = [
    (TOKEN, Kind::Token),
    (TOKEN_FILE, Kind::File(None)),
    (TOKEN_URL, Kind::ClientCredentials),
    (VAULT_ROLE, Kind::Vault),
];

impl Kind {
    pub(super) fn of_name(name: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| kind.clone()).ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            // It may be a token that was put into the wrong variable.
            format!(
                "CONFLUENT_STS_SOURCE names no source; it is one of {}",
                names.join(", ")
            )
        })
    }

    /// The source that a setting names, if one does.
    pub(super) fn of_settings() -> Result<Option<Self>, String> {
        let set = NAMING.iter().filter(|(name, _)| variables::is_set(name));
        let set: Vec<_> = set.collect();
        match set[..] {
            [] => Ok(None),
            [(_, kind)] => Ok(Some(kind.clone())),
            _ => {
                let names: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
                Err(format!(
                    "{} are set, which name different sources; leave one, or set CONFLUENT_STS_SOURCE",
                    names.join(" and ")
                ))
            }
        }
    }

    /// The source with its settings, or all that is missing.
    pub(super) fn source(&self) -> Result<Arc<dyn SubjectTokenSource>, Vec<String>> {
        let mut settings = Settings::default();
        let audience = || variables::text(AUDIENCE).unwrap_or_else(|| DEFAULT_AUDIENCE.to_owned());
        let source: Arc<dyn SubjectTokenSource> = match self {
            Self::AzurePipelines => {
                let connection = settings.required(CONNECTION, "the id of the service connection");
                Arc::new(AzurePipelines::new(connection))
            }
            Self::AzureWorkloadIdentity => {
                let scope = settings.required(SCOPE, "api://<application id>/.default");
                match ClientCredentials::azure_workload_identity(scope) {
                    Ok(source) => Arc::new(source),
                    Err(error) => return Err(settings.and(error.to_string())),
                }
            }
            Self::ClientCredentials => Arc::new(settings.client_credentials()),
            Self::File(Some(path)) => Arc::new(TokenFile::new(path)),
            Self::File(None) => Arc::new(TokenFile::new(
                settings.required(TOKEN_FILE, "the file that holds the subject token"),
            )),
            Self::GitHubActions => {
                settings
                    .problems
                    .extend(github_actions::missing_permission());
                Arc::new(GitHubActions::new(audience()))
            }
            Self::GoogleMetadata => Arc::new(GoogleMetadata::new(audience())),
            Self::ManagedIdentity => {
                let resource =
                    settings.required(RESOURCE, "an application ID URI such as api://confluent");
                let source = ManagedIdentity::new(resource);
                match variables::text(CLIENT_ID) {
                    Some(id) => Arc::new(source.client_id(id)),
                    None => Arc::new(source),
                }
            }
            Self::Token => {
                let token = variables::secret(TOKEN);
                if token.is_none() {
                    settings.missing(TOKEN, "the subject token");
                }
                Arc::new(StaticToken::new(token.unwrap_or_else(|| Secret::from(""))))
            }
            Self::Variable(name) => {
                if variables::text(name).is_none() {
                    settings.missing(name, "the token that the job is to declare");
                }
                Arc::new(EnvironmentVariable::new(*name))
            }
            Self::Vault => {
                let role = settings.required(VAULT_ROLE, "the role of the identity token");
                Arc::new(HttpToken::vault(role))
            }
        };
        if settings.problems.is_empty() {
            Ok(source)
        } else {
            Err(settings.problems)
        }
    }
}

/// Reads settings, and notes what is missing.
#[derive(Default)]
struct Settings {
    problems: Vec<String>,
}

impl Settings {
    fn missing(&mut self, name: &str, what: &str) {
        self.problems
            .push(format!("{name} is not set; set it to {what}"));
    }

    fn required(&mut self, name: &str, what: &str) -> String {
        let value = variables::text(name);
        if value.is_none() {
            self.missing(name, what);
        }
        value.unwrap_or_default().trim().to_owned()
    }

    fn and(mut self, problem: String) -> Vec<String> {
        self.problems.push(problem);
        self.problems
    }

    fn client_credentials(&mut self) -> ClientCredentials {
        let url = self.required(TOKEN_URL, "the token URL of the identity provider");
        let id = self.required(CLIENT_ID, "the id of the client");
        let mut source = ClientCredentials::new(url, id);
        match (variables::secret(CLIENT_SECRET), variables::text(CLIENT_SECRET_FILE)) {
            (Some(secret), None) => source = source.client_secret(secret),
            (None, Some(file)) => source = source.client_secret_file(file.trim()),
            (Some(_), Some(_)) => self.problems.push(format!(
                "{CLIENT_SECRET} and {CLIENT_SECRET_FILE} are both set; leave one"
            )),
            (None, None) => self.missing(
                CLIENT_SECRET_FILE,
                "the file that holds the client's secret, or CONFLUENT_STS_CLIENT_SECRET to the secret itself",
            ),
        }
        if let Some(scope) = variables::text(SCOPE) {
            source = source.scope(scope.trim());
        }
        match variables::text(AUDIENCE) {
            Some(audience) => source.audience(audience.trim()),
            None => source,
        }
    }
}
