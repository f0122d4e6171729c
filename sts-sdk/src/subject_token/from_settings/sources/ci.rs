//! CI systems.

use std::sync::Arc;

use super::command::program;
use crate::settings::{Reader, setting};
use crate::subject_token::azure_pipelines::{self, AzurePipelines};
use crate::subject_token::environment::EnvironmentVariable;
use crate::subject_token::from_settings::made::Made;
use crate::subject_token::github_actions::{self, GitHubActions};
use crate::subject_token::variables;

/// What tokens are for where nothing else is set.
const AUDIENCE: &str = "confluent";

pub(super) fn audience(reader: &mut Reader<'_>) -> String {
    let audience = reader.text(&setting::AUDIENCE);
    audience.unwrap_or_else(|| AUDIENCE.to_owned())
}

pub(in super::super) fn azure_pipelines(reader: &mut Reader<'_>) -> Made {
    let what = "the id of the service connection";
    let connection = reader.required(&setting::SERVICE_CONNECTION_ID, what);
    let missing =
        azure_pipelines::missing_variable().map(|missing| reader.no_subject_token(missing));
    if missing.is_some() {
        return None;
    }
    let connection = connection?;
    Some(Arc::new(AzurePipelines::new(connection)))
}

pub(in super::super) fn github_actions(reader: &mut Reader<'_>) -> Made {
    let audience = audience(reader);
    if let Some(missing) = github_actions::missing_permission() {
        reader.no_subject_token(missing);
        return None;
    }
    Some(Arc::new(GitHubActions::new(audience)))
}

pub(in super::super) fn gitlab_ci(reader: &mut Reader<'_>) -> Made {
    let what = "declare it with `id_tokens:` in the job";
    of_job(reader, "GitLab CI", "CONFLUENT_ID_TOKEN", what)
}

/// The token that the job has, whose `aud` is the organization, or one for the audience that is set.
pub(in super::super) fn circleci(reader: &mut Reader<'_>) -> Made {
    if let Some(audience) = reader.text(&setting::AUDIENCE) {
        let claims = serde_json::json!({ "aud": audience }).to_string();
        let arguments = ["run", "oidc", "get", "--claims", &claims];
        return program(
            reader,
            "circleci with CONFLUENT_STS_AUDIENCE",
            "circleci",
            &arguments,
        );
    }
    let what = "it is not there in jobs of pull requests from forks";
    of_job(reader, "CircleCI", "CIRCLE_OIDC_TOKEN_V2", what)
}

pub(in super::super) fn buildkite(reader: &mut Reader<'_>) -> Made {
    let audience = audience(reader);
    let arguments = ["oidc", "request-token", "--audience", &audience];
    program(reader, "buildkite", "buildkite-agent", &arguments)
}

fn of_job(reader: &mut Reader<'_>, who: &str, variable: &str, what_to_do: &str) -> Made {
    if variables::is_set(variable) {
        return Some(Arc::new(EnvironmentVariable::new(variable)));
    }
    reader.no_subject_token(format!(
        "{who}: the environment variable {variable} is not set; {what_to_do}"
    ));
    None
}
