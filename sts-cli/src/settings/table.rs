//! The settings: each a variable of `TokenProvider::from_env()`, a flag and a key of a profile.

/// A setting, by its key in a profile.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    /// What its value is called in the help.
    pub(crate) value: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    pub(crate) instead: Option<Instead>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// In a profile, relative to the folder of the file.
    Path,
    /// A credential: a variable alone, for arguments and files are read by others.
    Secret,
}

/// Settings that stand for each other: one that is given hides those that are given in a place that counts less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// It names the source of subject tokens by being there.
    Source,
    ClientSecret,
}

impl Setting {
    pub(crate) fn variable(&self) -> String {
        format!("CONFLUENT_STS_{}", self.key.to_uppercase())
    }

    /// Without the two dashes.
    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }
}

const fn text(key: &'static str, value: &'static str, help: &'static str) -> Setting {
    Setting {
        key,
        value,
        help,
        kind: Kind::Text,
        instead: None,
    }
}

const fn path(key: &'static str, help: &'static str) -> Setting {
    Setting {
        key,
        value: "FILE",
        help,
        kind: Kind::Path,
        instead: None,
    }
}

const fn secret(key: &'static str) -> Setting {
    Setting {
        key,
        value: "",
        help: "",
        kind: Kind::Secret,
        instead: None,
    }
}

impl Setting {
    const fn instead_of(mut self, others: Instead) -> Self {
        self.instead = Some(others);
        self
    }
}

/// The name of the source, which says by itself which of [`Instead::Source`] counts.
pub(crate) const SOURCE: &str = "source";

/// All of them, in the order of the help.
pub(crate) const SETTINGS: &[Setting] = &[
    text("identity_pool_id", "ID", "The identity pool"),
    text(
        "url",
        "URL",
        "The server; https://api.confluent.cloud unless told",
    ),
    text("lifetime", "SECONDS", "The lifetime to ask for"),
    text(
        SOURCE,
        "NAME",
        "The source of subject tokens: file, token, github-actions, azure-pipelines, azure-workload-identity, \
         managed-identity, google-metadata, client-credentials or vault; what the platform provides unless told",
    ),
    path("token_file", "The file that holds the subject token").instead_of(Instead::Source),
    secret("token").instead_of(Instead::Source),
    text("audience", "AUDIENCE", "The audience of the subject token"),
    text(
        "token_url",
        "URL",
        "The token endpoint of the identity provider, for client-credentials",
    )
    .instead_of(Instead::Source),
    text(
        "client_id",
        "ID",
        "The client's id, for client-credentials and managed-identity",
    ),
    path(
        "client_secret_file",
        "The file that holds the client's secret",
    )
    .instead_of(Instead::ClientSecret),
    secret("client_secret").instead_of(Instead::ClientSecret),
    text(
        "scope",
        "SCOPE",
        "The scope, for client-credentials and azure-workload-identity",
    ),
    text(
        "resource",
        "URI",
        "The application ID URI, for managed-identity",
    ),
    text(
        "service_connection_id",
        "ID",
        "The service connection, for azure-pipelines",
    ),
    text(
        "vault_role",
        "ROLE",
        "The role of the identity token, for vault",
    )
    .instead_of(Instead::Source),
];

/// The setting with this key.
pub(crate) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}
