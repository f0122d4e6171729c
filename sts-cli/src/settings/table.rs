//! The settings: each a variable, a flag and a key of a profile, whose names follow from the variable's.

use sts_sdk::settings;

/// What all variables begin with.
const PREFIX: &str = "CONFLUENT_STS_";

/// A setting of the SDK, or one of this command alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    variable: &'static str,
    about: &'static str,
    sources: &'static [&'static str],
    is_secret: bool,
}

/// How long getting a token may take.
pub(crate) const DEADLINE: &str = "CONFLUENT_STS_DEADLINE";

/// What Confluent is configured with: `doctor` compares subject tokens with it.
pub(crate) const EXPECTED_ISSUER: &str = "CONFLUENT_STS_EXPECT_ISSUER";
pub(crate) const EXPECTED_AUDIENCE: &str = "CONFLUENT_STS_EXPECT_AUDIENCE";
pub(crate) const FILTER: &str = "CONFLUENT_STS_FILTER";

/// Those of this command alone.
const OWN: [Setting; 7] = [
    own(
        DEADLINE,
        "longest time that getting a token may take, retries included, in seconds; 30 unless set",
    ),
    own(
        "CONFLUENT_STS_BOOTSTRAP_SERVERS",
        "the Kafka brokers, HOST:PORT with commas between, for kafka-config",
    ),
    own(
        "CONFLUENT_STS_LOGICAL_CLUSTER",
        "the Kafka cluster, such as lkc-123, for kafka-config",
    ),
    own(
        "CONFLUENT_STS_SCHEMA_REGISTRY",
        "the Schema Registry cluster, such as lsrc-123, for header",
    ),
    own(
        EXPECTED_ISSUER,
        "the issuer that the identity provider at Confluent has, for doctor",
    ),
    own(
        EXPECTED_AUDIENCE,
        "the audience that is expected at Confluent, for doctor",
    ),
    own(
        FILTER,
        "the filter of the identity pool, which doctor evaluates as far as its language is known",
    ),
];

const fn own(variable: &'static str, about: &'static str) -> Setting {
    Setting {
        variable,
        about,
        sources: &[],
        is_secret: false,
    }
}

/// Those of the SDK, in its order, and this command's own.
pub(crate) fn settings() -> impl Iterator<Item = Setting> {
    let of_sdk = settings::ALL.iter().map(|setting| Setting {
        variable: setting.name(),
        about: setting.about(),
        sources: setting.sources(),
        is_secret: setting.is_secret(),
    });
    of_sdk.chain(OWN)
}

/// The setting with this key.
pub(crate) fn setting(key: &str) -> Option<Setting> {
    settings().find(|setting| setting.key() == key)
}

impl Setting {
    /// The name of its environment variable.
    pub(crate) fn variable(self) -> &'static str {
        self.variable
    }

    /// Its key in a profile: `token_file` for `CONFLUENT_STS_TOKEN_FILE`.
    pub(crate) fn key(self) -> String {
        self.variable
            .strip_prefix(PREFIX)
            .unwrap_or(self.variable)
            .to_lowercase()
    }

    /// Its flag without the two dashes: `token-file`.
    pub(crate) fn flag(self) -> String {
        self.key().replace('_', "-")
    }

    /// What its value is called in the help.
    pub(crate) fn value_name(self) -> &'static str {
        match self.variable.rsplit_once('_') {
            Some((_, "FILE")) => "FILE",
            Some((_, "URL")) => "URL",
            Some((_, "ID")) => "ID",
            Some((_, "LIFETIME" | "TIMEOUT" | "DEADLINE")) => "SECONDS",
            Some((_, "POINTER")) => "POINTER",
            Some((_, "SOURCE")) => "NAME",
            _ => "VALUE",
        }
    }

    /// What the help says of it.
    pub(crate) fn help(self) -> String {
        // The command has every feature of the SDK that a source needs.
        let about = self.about.split("; needs the feature").next();
        let mut about = about.unwrap_or_default().replace('`', "");
        // It is one line of a table there, and a sentence here.
        if let Some(first) = about.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let sources = match self.sources {
            [] => String::new(),
            sources => format!(" (for {})", sources.join(", ")),
        };
        format!("{about}{sources} [variable: {}]", self.variable)
    }

    /// A credential. It has a variable alone, for arguments are seen by all users, and files of profiles are copied.
    pub(crate) fn is_secret(self) -> bool {
        self.is_secret
    }

    /// The name of a file: in a profile, relative to the folder of the profile's file.
    pub(crate) fn is_path(self) -> bool {
        self.variable.ends_with("_FILE")
    }

    /// What it stands for others in.
    pub(crate) fn alternatives(self) -> Option<Alternatives> {
        match self.variable.strip_prefix(PREFIX)? {
            "SOURCE" => Some(Alternatives::NamedSource),
            "COMMAND" | "HTTP_URL" | "TOKEN" | "TOKEN_FILE" | "TOKEN_URL" | "TOKEN_VARIABLE"
            | "VAULT_ROLE" => Some(Alternatives::Source),
            "CLIENT_SECRET"
            | "CLIENT_SECRET_FILE"
            | "CLIENT_ASSERTION_FILE"
            | "CLIENT_KEY"
            | "CLIENT_KEY_FILE" => Some(Alternatives::ClientSecret),
            "HTTP_BODY" | "HTTP_BODY_FILE" => Some(Alternatives::Body),
            _ => None,
        }
    }
}

/// Settings of which one is enough: one that is given hides the others where they count less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alternatives {
    /// They name a source of subject tokens by being there.
    Source,
    /// It names the source, whichever of those is there: they hide it, and it hides none of them.
    NamedSource,
    ClientSecret,
    Body,
}
