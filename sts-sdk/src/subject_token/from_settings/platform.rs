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
    is_there: fn() -> bool,
}

/// CI systems come first: their jobs run on machines of clouds, too.
const CI: &[Sign] = &[
    Sign {
        source: "github-actions",
        reason: "GITHUB_ACTIONS is true",
        is_there: || is_true("GITHUB_ACTIONS"),
    },
    Sign {
        source: "azure-pipelines",
        reason: "TF_BUILD is true",
        is_there: || is_true("TF_BUILD"),
    },
    Sign {
        source: "gitlab-ci",
        reason: "GITLAB_CI is true",
        is_there: || is_true("GITLAB_CI"),
    },
    Sign {
        source: "circleci",
        reason: "CIRCLECI is true",
        is_there: || is_true("CIRCLECI"),
    },
    Sign {
        source: "buildkite",
        reason: "BUILDKITE is true",
        is_there: || is_true("BUILDKITE"),
    },
];

const WORKLOADS: &[Sign] = &[
    Sign {
        source: "azure-workload-identity",
        reason: "AZURE_FEDERATED_TOKEN_FILE is set",
        is_there: || variables::is_set("AZURE_FEDERATED_TOKEN_FILE"),
    },
    Sign {
        source: "managed-identity",
        reason: "IDENTITY_ENDPOINT and IDENTITY_HEADER are set",
        is_there: || variables::is_set("IDENTITY_ENDPOINT") && variables::is_set("IDENTITY_HEADER"),
    },
    Sign {
        source: "managed-identity",
        reason: "IDENTITY_ENDPOINT and IMDS_ENDPOINT are set",
        is_there: || {
            variables::is_set("IDENTITY_ENDPOINT")
                && variables::is_set("IMDS_ENDPOINT")
                && !variables::is_set("IDENTITY_HEADER")
        },
    },
    Sign {
        source: "spiffe",
        reason: "SPIFFE_ENDPOINT_SOCKET is set",
        marks: &[Mark::Set("SPIFFE_ENDPOINT_SOCKET")],
    },
    Sign {
        source: "file",
        reason: "/var/run/secrets/tokens/confluent exists",
        is_there: || Path::new(CONVENTIONAL).exists(),
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
    for class in [CI, WORKLOADS] {
        let found: Vec<&Sign> = class.iter().filter(|sign| (sign.is_there)()).collect();
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
    let found = HINTS.iter().filter(|(name, _)| variables::is_set(name));
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

fn is_true(name: &str) -> bool {
    variables::text(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
}
