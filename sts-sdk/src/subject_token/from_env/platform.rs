//! Which platform this is, by the variables and files that it sets. No metadata address is asked.

use std::path::Path;

use super::named::Kind;
use crate::subject_token::variables;

/// Where a projected service-account token is mounted by convention.
const PROJECTED: &str = "/var/run/secrets/tokens/confluent";

pub(super) struct Platform {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// The platforms of a class, with what tells that it is this one.
type Class = [(&'static str, fn() -> bool, Kind)];

/// CI systems come first: their jobs run on machines of clouds, too.
const CI: &Class = &[
    (
        "GitHub Actions",
        || is("GITHUB_ACTIONS", "true"),
        Kind::GitHubActions,
    ),
    (
        "Azure Pipelines",
        || is("TF_BUILD", "true"),
        Kind::AzurePipelines,
    ),
    (
        "GitLab CI",
        || is("GITLAB_CI", "true"),
        Kind::Variable("CONFLUENT_ID_TOKEN"),
    ),
    (
        "CircleCI",
        || is("CIRCLECI", "true"),
        Kind::Variable("CIRCLE_OIDC_TOKEN_V2"),
    ),
];

const LOOKED_FOR: &str = "GITHUB_ACTIONS, TF_BUILD, GITLAB_CI, CIRCLECI, AZURE_FEDERATED_TOKEN_FILE, IDENTITY_ENDPOINT with \
     IDENTITY_HEADER or IMDS_ENDPOINT, and the file /var/run/secrets/tokens/confluent";

impl Platform {
    pub(super) fn detect() -> Result<Self, String> {
        let workloads: &Class = &[
            (
                "Microsoft Entra Workload ID",
                || variables::is_set("AZURE_FEDERATED_TOKEN_FILE"),
                Kind::AzureWorkloadIdentity,
            ),
            (
                "a managed identity of Azure",
                || {
                    variables::is_set("IDENTITY_ENDPOINT")
                        && (variables::is_set("IDENTITY_HEADER")
                            || variables::is_set("IMDS_ENDPOINT"))
                },
                Kind::ManagedIdentity,
            ),
            (
                "a projected service-account token",
                || Path::new(PROJECTED).exists(),
                Kind::File(Some(PROJECTED.to_owned())),
            ),
        ];
        for class in [CI, workloads] {
            let found: Vec<_> = class.iter().filter(|(_, is_it, _)| is_it()).collect();
            match found[..] {
                [] => {}
                [(name, _, kind)] => {
                    return Ok(Self {
                        name,
                        kind: kind.clone(),
                    });
                }
                _ => {
                    let names: Vec<&str> = found.iter().map(|(name, ..)| *name).collect();
                    return Err(format!(
                        "this looks like {}; say with CONFLUENT_STS_SOURCE which source is meant",
                        names.join(" and like ")
                    ));
                }
            }
        }
        Err(format!(
            "no source of subject tokens was found; set CONFLUENT_STS_SOURCE, CONFLUENT_STS_TOKEN_FILE or \
             CONFLUENT_STS_TOKEN_URL, or run this where one is detected (looked for: {LOOKED_FOR})"
        ))
    }
}

fn is(name: &str, value: &str) -> bool {
    variables::text(name).is_some_and(|text| text.trim().eq_ignore_ascii_case(value))
}
