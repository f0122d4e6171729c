//! Settings of Kafka clients that get tokens themselves.

use super::extensions::Extensions;
use super::settings::Settings;
use crate::secret::Secret;

const LOGIN_MODULE: &str =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required";
const CALLBACK_HANDLER: &str =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler";
const ALLOWED_URLS: &str = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

/// Settings for Kafka clients that get their tokens from a token endpoint (OAuth 2.0, client credentials): that of an
/// identity provider, or one on this machine that hands tokens on.
///
/// ```
/// # fn settings() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::auth::Pools;
/// use sts_sdk::auth::kafka::{Extensions, OidcSettings};
///
/// let extensions = Extensions::new(Pools::union(["pool-1", "pool-2"])?).logical_cluster("lkc-123")?;
/// let settings = OidcSettings::new("http://127.0.0.1:8080/token", "me", "a-secret", extensions);
/// let librdkafka = settings.librdkafka();
/// let lines = librdkafka.to_lines();
/// assert!(lines.expose_secret().contains("sasl.oauthbearer.extensions=logicalCluster=lkc-123,identityPoolId=pool-1\\,pool-2\n"));
/// # Ok(())
/// # }
/// # settings().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct OidcSettings {
    endpoint: String,
    client_id: String,
    client_secret: Secret,
    scope: Option<String>,
    security_protocol: String,
    extensions: Extensions,
}

impl OidcSettings {
    /// Settings for the token endpoint at the URL `endpoint`, where the client is `client_id` with `client_secret`.
    #[must_use]
    pub fn new(
        endpoint: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        extensions: Extensions,
    ) -> Self {
        Self {
            endpoint: endpoint.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            scope: None,
            security_protocol: "SASL_SSL".to_owned(),
            extensions,
        }
    }

    /// The scope to ask for.
    #[must_use]
    pub fn scope(self, scope: impl Into<String>) -> Self {
        Self {
            scope: Some(scope.into()),
            ..self
        }
    }

    /// The protocol to the brokers, `SASL_SSL` unless set. `SASL_PLAINTEXT` sends the token without TLS: for tests.
    #[must_use]
    pub fn security_protocol(self, protocol: impl Into<String>) -> Self {
        Self {
            security_protocol: protocol.into(),
            ..self
        }
    }

    /// Those of librdkafka 1.9 and later.
    #[must_use]
    pub fn librdkafka(&self) -> Settings {
        let mut settings = Settings::default();
        settings.add("security.protocol", &self.security_protocol);
        settings.add("sasl.mechanisms", "OAUTHBEARER");
        settings.add("sasl.oauthbearer.method", "oidc");
        settings.add("sasl.oauthbearer.token.endpoint.url", &self.endpoint);
        settings.add("sasl.oauthbearer.client.id", &self.client_id);
        settings.add(
            "sasl.oauthbearer.client.secret",
            self.client_secret.expose_secret(),
        );
        if let Some(scope) = &self.scope {
            settings.add("sasl.oauthbearer.scope", scope);
        }
        if let Some(extensions) = self.extensions.librdkafka() {
            settings.add("sasl.oauthbearer.extensions", &extensions);
        }
        settings
    }

    /// Those of Kafka's Java clients from 4.0 on. They take tokens from a URL only if the JVM allows it by
    /// [`jvm_argument`](Self::jvm_argument).
    ///
    /// Before 4.0 the class of the callback handler is in the package `…oauthbearer.secured`. A comma in the URL is
    /// written `%2C`, here and in [`jvm_argument`](Self::jvm_argument), where commas part the URLs.
    #[must_use]
    pub fn java(&self) -> Settings {
        let mut settings = Settings::default();
        settings.add("security.protocol", &self.security_protocol);
        settings.add("sasl.mechanism", "OAUTHBEARER");
        settings.add("sasl.oauthbearer.token.endpoint.url", &self.java_endpoint());
        settings.add("sasl.login.callback.handler.class", CALLBACK_HANDLER);
        settings.add("sasl.jaas.config", self.jaas().expose_secret());
        settings
    }

    /// The argument that allows Java clients from 4.0 on to ask the token endpoint.
    #[must_use]
    pub fn jvm_argument(&self) -> String {
        format!("-D{ALLOWED_URLS}={}", self.java_endpoint())
    }

    /// The JVM compares the text of the setting with that of its argument.
    fn java_endpoint(&self) -> String {
        self.endpoint.replace(',', "%2C")
    }

    fn jaas(&self) -> Secret {
        let options = [
            ("clientId", self.client_id.as_str()),
            ("clientSecret", self.client_secret.expose_secret()),
        ];
        let scope = self.scope.as_deref().map(|scope| ("scope", scope));
        let options = options.into_iter().chain(scope);
        // Kafka reads it with Java's `StreamTokenizer`, to which a line break ends a quoted text.
        let quoted = |name: &str, value: &str| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let value = value.replace('\n', "\\n").replace('\r', "\\r");
            format!(" {name}=\"{value}\"")
        };
        let mut jaas = LOGIN_MODULE.to_owned();
        for (name, value) in options {
            jaas += &quoted(name, value);
        }
        for (name, value) in self.extensions.iter() {
            jaas += &quoted(&format!("extension_{name}"), value);
        }
        jaas.push(';');
        Secret::from(jaas)
    }
}
