//! The sources by their names.

use super::made::Made;
use super::sources::{
    aws, azure, ci, client_credentials, command, given, google, http_token, spiffe,
};
use crate::settings::Reader;
use crate::settings::setting::{self, Setting};

pub(super) struct Kind {
    /// As `CONFLUENT_STS_SOURCE` has it.
    pub(super) name: &'static str,
    /// Makes the source of its settings.
    pub(super) make: fn(&mut Reader<'_>) -> Made,
}

/// In the order of their names.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "aws-web-identity",
        make: aws::web_identity,
    },
    Kind {
        name: "aws-web-identity-token-file",
        make: given::aws_file,
    },
    Kind {
        name: "azure-federated-token-file",
        make: given::azure_file,
    },
    Kind {
        name: "azure-pipelines",
        make: ci::azure_pipelines,
    },
    Kind {
        name: "azure-workload-identity",
        make: azure::workload_identity,
    },
    Kind {
        name: "buildkite",
        make: ci::buildkite,
    },
    Kind {
        name: "circleci",
        make: ci::circleci,
    },
    Kind {
        name: "client-credentials",
        make: client_credentials::source,
    },
    Kind {
        name: "command",
        make: command::source,
    },
    Kind {
        name: "file",
        make: given::file,
    },
    Kind {
        name: "github-actions",
        make: ci::github_actions,
    },
    Kind {
        name: "gitlab-ci",
        make: ci::gitlab_ci,
    },
    Kind {
        name: "google-metadata",
        make: google::metadata,
    },
    Kind {
        name: "http-token",
        make: http_token::source,
    },
    Kind {
        name: "managed-identity",
        make: azure::managed_identity,
    },
    Kind {
        name: "spiffe",
        make: spiffe::source,
    },
    Kind {
        name: "token",
        make: given::token,
    },
    Kind {
        name: "variable",
        make: given::variable,
    },
    Kind {
        name: "vault",
        make: http_token::vault,
    },
];

/// Settings that name a source by being there.
const NAMING: &[(Setting, &str)] = &[
    (setting::COMMAND, "command"),
    (setting::HTTP_URL, "http-token"),
    (setting::TOKEN, "token"),
    (setting::TOKEN_FILE, "file"),
    (setting::TOKEN_URL, "client-credentials"),
    (setting::TOKEN_VARIABLE, "variable"),
    (setting::VAULT_ROLE, "vault"),
];

impl Kind {
    pub(super) fn of_name(name: &str) -> Result<&'static Self, String> {
        // The value may be a token that was put into the wrong variable: it is not repeated.
        KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            format!(
                "{} names no source; it is one of {}",
                setting::SOURCE.name(),
                names.join(", ")
            )
        })
    }

    /// The source that a setting names, if one does, and the setting.
    pub(super) fn of_settings(
        reader: &Reader<'_>,
    ) -> Result<Option<(&'static Self, &'static Setting)>, String> {
        let set = NAMING.iter().filter(|(setting, _)| reader.is_set(setting));
        let set: Vec<_> = set.collect();
        match set[..] {
            [] => Ok(None),
            [(setting, name)] => Ok(Some((Self::of_name(name)?, setting))),
            _ => {
                let names: Vec<&str> = set.iter().map(|(setting, _)| setting.name()).collect();
                Err(format!(
                    "{} are set, which name different sources; leave one, or set {}",
                    names.join(" and "),
                    setting::SOURCE.name()
                ))
            }
        }
    }
}
