//! What a setting is, and all of them.

/// A setting: the name of the environment variable that holds it, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    name: &'static str,
    about: &'static str,
    sources: &'static [&'static str],
    is_secret: bool,
}

impl Setting {
    /// Its name, such as `CONFLUENT_STS_AUDIENCE`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it is, in a few words of Markdown.
    #[must_use]
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// The sources of subject tokens that take it, by the names that `CONFLUENT_STS_SOURCE` has for them. It is empty where
    /// the setting is not one of a source.
    #[must_use]
    pub const fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// Whether its value must not be printed.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.is_secret
    }
}

/// Each setting as a constant, and [`ALL`] of them.
macro_rules! settings {
    ($($(#[$secret:ident])? $constant:ident = $name:literal for [$($source:literal),*]: $about:literal;)*) => {
        $(pub(crate) const $constant: Setting = Setting {
            name: $name,
            about: $about,
            sources: &[$($source),*],
            is_secret: settings!(@ $($secret)?),
        };)*

        /// All settings.
        pub const ALL: &[Setting] = &[$($constant),*];
    };
    (@) => { false };
    (@ secret) => { true };
}

settings! {
    IDENTITY_POOL_ID = "CONFLUENT_STS_IDENTITY_POOL_ID" for []: "the identity pool; must be set";
    URL = "CONFLUENT_STS_URL" for []: "the server; `https://api.confluent.cloud` unless set";
    ALLOW_HTTP = "CONFLUENT_STS_ALLOW_HTTP" for []:
        "`true`: the server may be one of http that is no loopback host, for test environments";
    LIFETIME = "CONFLUENT_STS_LIFETIME" for []: "the lifetime to ask for, in seconds";
    SOURCE = "CONFLUENT_STS_SOURCE" for []: "the source of subject tokens, by its name";
    TOKEN_FILE = "CONFLUENT_STS_TOKEN_FILE" for ["file"]: "the file that holds the subject token";
    #[secret]
    TOKEN = "CONFLUENT_STS_TOKEN" for ["token"]:
        "the subject token itself; other processes of the user can read it in the environment";
    TOKEN_VARIABLE = "CONFLUENT_STS_TOKEN_VARIABLE" for ["variable"]:
        "the name of the environment variable that holds the subject token";
    AUDIENCE = "CONFLUENT_STS_AUDIENCE"
        for ["aws-web-identity", "buildkite", "circleci", "client-credentials", "github-actions", "google-metadata", "spiffe"]:
        "the `aud` to ask for; unless set, `confluent`, but none for `client-credentials`, and the organization's for `circleci`";
    SIGNING_ALGORITHM = "CONFLUENT_STS_SIGNING_ALGORITHM" for ["aws-web-identity"]:
        "`RS256` or `ES384`, with which AWS signs the token; `RS256` unless set";
    SERVICE_CONNECTION_ID = "CONFLUENT_STS_SERVICE_CONNECTION_ID" for ["azure-pipelines"]:
        "the id of the service connection, a GUID";
    RESOURCE = "CONFLUENT_STS_RESOURCE" for ["managed-identity"]:
        "the application ID URI to ask a token for, such as `api://confluent`";
    TOKEN_URL = "CONFLUENT_STS_TOKEN_URL" for ["client-credentials"]: "the token URL of the identity provider";
    CLIENT_ID = "CONFLUENT_STS_CLIENT_ID" for ["client-credentials", "managed-identity"]:
        "the id of the client, or of the managed identity that is user-assigned";
    OBJECT_ID = "CONFLUENT_STS_OBJECT_ID" for ["managed-identity"]:
        "the same identity by its object id, also called principal id";
    RESOURCE_ID = "CONFLUENT_STS_RESOURCE_ID" for ["managed-identity"]:
        "the same identity by its Azure Resource Manager id, `/subscriptions/…`";
    CLIENT_SECRET_FILE = "CONFLUENT_STS_CLIENT_SECRET_FILE" for ["client-credentials"]:
        "the file that holds the client's secret";
    #[secret]
    CLIENT_SECRET = "CONFLUENT_STS_CLIENT_SECRET" for ["client-credentials"]: "the client's secret itself";
    CLIENT_ASSERTION_FILE = "CONFLUENT_STS_CLIENT_ASSERTION_FILE" for ["client-credentials"]:
        "the file that holds a JWT which stands for the client's secret (RFC 7523)";
    CLIENT_KEY_FILE = "CONFLUENT_STS_CLIENT_KEY_FILE" for ["client-credentials"]:
        "the file that holds the client's private key in PEM form, which stands for a secret; needs the feature `private-key`";
    #[secret]
    CLIENT_KEY = "CONFLUENT_STS_CLIENT_KEY" for ["client-credentials"]: "the client's private key itself";
    CLIENT_KEY_ID = "CONFLUENT_STS_CLIENT_KEY_ID" for ["client-credentials"]:
        "the id by which the identity provider knows the private key, its `kid`";
    CLIENT_KEY_AUDIENCE = "CONFLUENT_STS_CLIENT_KEY_AUDIENCE" for ["client-credentials"]:
        "the `aud` of what the private key signs; the token URL unless set";
    SECRET_IN_BODY = "CONFLUENT_STS_SECRET_IN_BODY" for ["client-credentials"]:
        "`true`: the secret is sent in the body instead of by HTTP Basic authentication";
    SCOPE = "CONFLUENT_STS_SCOPE" for ["azure-workload-identity", "client-credentials"]:
        "the scopes to ask for, such as `api://<application id>/.default`";
    #[secret]
    PARAMETERS = "CONFLUENT_STS_PARAMETERS" for ["client-credentials"]:
        "further parameters of the request, a JSON object of texts";
    VAULT_ROLE = "CONFLUENT_STS_VAULT_ROLE" for ["vault"]: "the role whose identity token is asked for";
    SPIFFE_ID = "CONFLUENT_STS_SPIFFE_ID" for ["spiffe"]:
        "which of its identities is meant, if the workload has several";
    #[secret]
    HTTP_URL = "CONFLUENT_STS_HTTP_URL" for ["http-token"]: "the URL to ask";
    HTTP_METHOD = "CONFLUENT_STS_HTTP_METHOD" for ["http-token"]: "`GET` or `POST`; `GET` unless set";
    #[secret]
    HTTP_HEADERS = "CONFLUENT_STS_HTTP_HEADERS" for ["http-token"]:
        "the headers to send, a JSON object of values as below";
    #[secret]
    HTTP_BODY = "CONFLUENT_STS_HTTP_BODY" for ["http-token"]: "the body to send";
    HTTP_BODY_FILE = "CONFLUENT_STS_HTTP_BODY_FILE" for ["http-token"]: "the file that holds the body to send";
    HTTP_CONTENT_TYPE = "CONFLUENT_STS_HTTP_CONTENT_TYPE" for ["http-token"]:
        "the type of the body; `application/json` unless set";
    COMMAND = "CONFLUENT_STS_COMMAND" for ["command"]:
        "the program and its arguments, a JSON array of texts; there is no shell";
    COMMAND_TIMEOUT = "CONFLUENT_STS_COMMAND_TIMEOUT" for ["command"]:
        "longest time that the program may take, in seconds; 30 unless set";
    TOKEN_POINTER = "CONFLUENT_STS_TOKEN_POINTER" for ["command", "http-token"]:
        "where the token is in the JSON of the answer or the output, a JSON Pointer (RFC 6901)";
    LIFETIME_POINTER = "CONFLUENT_STS_LIFETIME_POINTER" for ["http-token"]:
        "where its lifetime in seconds is, a JSON Pointer";
}
