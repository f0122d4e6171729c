//! Which platform this is, by the variables and files that it sets. No metadata address is asked.

use std::path::Path;

use crate::settings::setting;
use crate::subject_token::file::CONVENTIONAL;
use crate::subject_token::variables;

/// What tells of a platform.
struct Sign {
    /// The source that fits.
    source: &'static str,
    /// Why it is this one.
    reason: &'static str,
    /// All of these are the case.
    marks: &'static [Mark],
}

enum Mark {
    True(&'static str),
    Set(&'static str),
    Unset(&'static str),
    File(&'static str),
}

/// CI systems come first: their jobs run on machines of clouds, too.
const CI: &[Sign] = &[
    // Forgejo and Gitea set it as well.
    Sign {
        source: "github-actions",
        reason: "GITHUB_ACTIONS is true",
        marks: &[Mark::True("GITHUB_ACTIONS")],
    },
    Sign {
        source: "azure-pipelines",
        reason: "TF_BUILD is true",
        marks: &[Mark::True("TF_BUILD")],
    },
    Sign {
        source: "gitlab-ci",
        reason: "GITLAB_CI is true",
        marks: &[Mark::True("GITLAB_CI")],
    },
    Sign {
        source: "circleci",
        reason: "CIRCLECI is true",
        marks: &[Mark::True("CIRCLECI")],
    },
    Sign {
        source: "buildkite",
        reason: "BUILDKITE is true",
        marks: &[Mark::True("BUILDKITE")],
    },
];

const WORKLOADS: &[Sign] = &[
    Sign {
        source: "azure-workload-identity",
        reason: "AZURE_FEDERATED_TOKEN_FILE is set",
        marks: &[Mark::Set("AZURE_FEDERATED_TOKEN_FILE")],
    },
    Sign {
        source: "managed-identity",
        reason: "IDENTITY_ENDPOINT and IDENTITY_HEADER are set",
        marks: &[Mark::Set("IDENTITY_ENDPOINT"), Mark::Set("IDENTITY_HEADER")],
    },
    Sign {
        source: "managed-identity",
        reason: "IDENTITY_ENDPOINT and IMDS_ENDPOINT are set",
        marks: &[
            Mark::Set("IDENTITY_ENDPOINT"),
            Mark::Set("IMDS_ENDPOINT"),
            Mark::Unset("IDENTITY_HEADER"),
        ],
    },
    Sign {
        source: "spiffe",
        reason: "SPIFFE_ENDPOINT_SOCKET is set",
        marks: &[Mark::Set("SPIFFE_ENDPOINT_SOCKET")],
    },
    Sign {
        source: "file",
        reason: "/var/run/secrets/tokens/confluent exists",
        marks: &[Mark::File(CONVENTIONAL)],
    },
];

/// What tells of a platform on which a source has to be named: its tokens are for somebody else, or a metadata address would
/// have to be asked to find out.
const HINTS: &[(&str, &str)] = &[
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "its token is for AWS; project one for Confluent to /var/run/secrets/tokens/confluent",
    ),
    (
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "its token is for AWS; project one for Confluent to /var/run/secrets/tokens/confluent",
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "on ECS and Fargate, set CONFLUENT_STS_SOURCE to aws-web-identity",
    ),
    (
        "AWS_LAMBDA_FUNCTION_NAME",
        "on Lambda, set CONFLUENT_STS_SOURCE to aws-web-identity",
    ),
    (
        "K_SERVICE",
        "on Cloud Run, set CONFLUENT_STS_SOURCE to google-metadata",
    ),
    (
        "KUBERNETES_SERVICE_HOST",
        "project a service-account token for Confluent to /var/run/secrets/tokens/confluent",
    ),
];

const LOOKED_FOR: &str = "GITHUB_ACTIONS, TF_BUILD, GITLAB_CI, CIRCLECI, BUILDKITE, AZURE_FEDERATED_TOKEN_FILE, \
     IDENTITY_ENDPOINT with IDENTITY_HEADER or IMDS_ENDPOINT, SPIFFE_ENDPOINT_SOCKET, and the file /var/run/secrets/tokens/confluent";

/// The name of the source that fits, and why.
pub(super) fn detect() -> Result<(&'static str, &'static str), String> {
    detect_in(variables::text, |path| Path::new(path).exists())
}

fn detect_in(
    variable: impl Fn(&str) -> Option<String>,
    exists: impl Fn(&str) -> bool,
) -> Result<(&'static str, &'static str), String> {
    let is_there = |mark: &Mark| match mark {
        Mark::True(name) => {
            variable(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
        }
        Mark::Set(name) => variable(name).is_some(),
        Mark::Unset(name) => variable(name).is_none(),
        Mark::File(path) => exists(path),
    };
    for class in [CI, WORKLOADS] {
        let found: Vec<&Sign> = class
            .iter()
            .filter(|sign| sign.marks.iter().all(is_there))
            .collect();
        match found[..] {
            [] => {}
            [sign] => return Ok((sign.source, sign.reason)),
            _ => {
                let found: Vec<_> = found
                    .iter()
                    .map(|sign| format!("{} ({})", sign.source, sign.reason))
                    .collect();
                return Err(format!(
                    "more than one source fits this platform: {}; set {} to the one that is meant",
                    found.join(" and "),
                    setting::SOURCE.name()
                ));
            }
        }
    }
    let found = HINTS.iter().filter(|(name, _)| variable(name).is_some());
    let found: Vec<_> = found
        .map(|(name, hint)| format!("; {name} is set: {hint}"))
        .collect();
    Err(format!(
        "no source of subject tokens was found; set {}, {} or {}, or run this where one is detected (looked for: \
         {LOOKED_FOR}){}",
        setting::SOURCE.name(),
        setting::TOKEN_FILE.name(),
        setting::TOKEN_URL.name(),
        found.concat()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pod with these variables and a token that is projected for this.
    fn with_file(names: &[&str]) -> Result<(&'static str, &'static str), String> {
        let variable = |name: &str| names.contains(&name).then(|| "true".to_owned());
        detect_in(variable, |path| path == "/var/run/secrets/tokens/confluent")
    }

    #[test]
    fn a_projected_token_is_found() {
        let found = Ok(("file", "/var/run/secrets/tokens/confluent exists"));
        assert_eq!(with_file(&["KUBERNETES_SERVICE_HOST"]), found);
        // Tokens for AWS are none for Confluent.
        let eks = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
        assert_eq!(with_file(&eks), found);
        let ci = with_file(&["GITLAB_CI"]);
        assert_eq!(ci, Ok(("gitlab-ci", "GITLAB_CI is true")));
    }

    #[test]
    fn two_of_a_class_are_an_error() {
        let aks = with_file(&["AZURE_FEDERATED_TOKEN_FILE"]);
        let text = "more than one source fits this platform: azure-workload-identity (AZURE_FEDERATED_TOKEN_FILE is set) \
                    and file (/var/run/secrets/tokens/confluent exists); set CONFLUENT_STS_SOURCE to the one that is meant";
        assert_eq!(aks, Err(text.to_owned()));
    }
}
