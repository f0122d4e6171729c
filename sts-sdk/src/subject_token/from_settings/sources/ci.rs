//! CI systems.

use std::sync::Arc;

use crate::settings::{Reader, setting};
use crate::subject_token::azure_pipelines::AzurePipelines;
use crate::subject_token::environment::EnvironmentVariable;
use crate::subject_token::github_actions::{self, GitHubActions};
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::variables;

/// What tokens are for where nothing else is set.
pub(super) const AUDIENCE: &str = "confluent";

type Source = Option<Arc<dyn SubjectTokenSource>>;

pub(super) fn audience(reader: &mut Reader<'_>) -> String {
    let audience = reader.text(&setting::AUDIENCE);
    audience.unwrap_or_else(|| AUDIENCE.to_owned())
}

pub(in super::super) fn azure_pipelines(reader: &mut Reader<'_>) -> Source {
    let what = "the id of the service connection";
    let connection = reader.required(&setting::SERVICE_CONNECTION_ID, what)?;
    Some(Arc::new(AzurePipelines::new(connection)))
}

pub(in super::super) fn github_actions(reader: &mut Reader<'_>) -> Source {
    let audience = audience(reader);
    if let Some(missing) = github_actions::missing_permission() {
        reader.problem(missing);
        return None;
    }
    Some(Arc::new(GitHubActions::new(audience)))
}

pub(in super::super) fn gitlab_ci(reader: &mut Reader<'_>) -> Source {
    let what = "declare it with `id_tokens:` in the job";
    of_job(reader, "GitLab CI", "CONFLUENT_ID_TOKEN", what)
}

pub(in super::super) fn circleci(reader: &mut Reader<'_>) -> Source {
    let what = "give the job a context, since jobs without one get no token";
    of_job(reader, "CircleCI", "CIRCLE_OIDC_TOKEN_V2", what)
}

fn of_job(reader: &mut Reader<'_>, who: &str, variable: &str, what_to_do: &str) -> Source {
    if variables::is_set(variable) {
        return Some(Arc::new(EnvironmentVariable::new(variable)));
    }
    reader.problem(format!(
        "{who}: the environment variable {variable} is not set; {what_to_do}"
    ));
    None
}
