//! rdkafka with external tokens of sts-sdk: as far as its callback goes, and the way that goes further.
//!
//! | way | token from | extensions | when to take it |
//! | --- | --- | --- | --- |
//! | [`with_callback`] | a provider in this process | none: the `OAuthToken` of rdkafka 0.39 has none ([rust-rdkafka #727]) | brokers that need none: automatic pool mapping on an Enterprise cluster of AWS over PrivateLink |
//! | [`with_oidc`] | a token endpoint, which librdkafka asks | `logicalCluster` and `identityPoolId` | all other clusters of Confluent Cloud |
//!
//! The token endpoint of the second is that of the identity provider, if it issues tokens to a client with a secret, or one on
//! this machine that hands on what a provider of this SDK gives.
//!
//! [rust-rdkafka #727]: https://github.com/fede1024/rust-rdkafka/issues/727

use std::error::Error;

use rdkafka::ClientContext;
use rdkafka::client::OAuthToken;
use rdkafka::config::{ClientConfig, FromClientConfig, FromClientConfigAndContext};
use rdkafka::error::KafkaResult;
use rdkafka::producer::{BaseProducer, ProducerContext};
use sts_sdk::auth::kafka::{Extensions, OidcSettings, SaslToken};
use sts_sdk::blocking::ExternalTokenProvider;

/// Gives librdkafka the tokens of a provider.
pub struct Tokens {
    tokens: ExternalTokenProvider,
}

impl Tokens {
    /// Those of `tokens`.
    pub fn new(tokens: ExternalTokenProvider) -> Self {
        Self { tokens }
    }
}

impl ClientContext for Tokens {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    /// Called on a thread of librdkafka, or of whoever polls. An error is logged, and librdkafka calls again after 10 s.
    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        let token = self.tokens.token()?;
        let token = SaslToken::new(&token, &Extensions::default())?;
        Ok(OAuthToken {
            token: token.secret().expose_secret().to_owned(),
            principal_name: token.principal().to_owned(),
            lifetime_ms: token.expires_at_ms(),
        })
    }
}

impl ProducerContext for Tokens {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &rdkafka::producer::DeliveryResult<'_>, (): ()) {}
}

/// A producer whose tokens are those of a provider in this process, without extensions.
///
/// # Errors
///
/// A setting is wrong.
pub fn with_callback(
    bootstrap_servers: &str,
    security_protocol: &str,
    tokens: Tokens,
) -> KafkaResult<BaseProducer<Tokens>> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap_servers);
    config.set("security.protocol", security_protocol);
    config.set("sasl.mechanisms", "OAUTHBEARER");
    BaseProducer::from_config_and_context(&config, tokens)
}

/// A producer whose tokens librdkafka gets itself, with all extensions that `settings` have.
///
/// # Errors
///
/// A setting is wrong.
pub fn with_oidc(bootstrap_servers: &str, settings: &OidcSettings) -> KafkaResult<BaseProducer> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap_servers);
    for (name, value) in settings.librdkafka().iter() {
        config.set(name, value.expose_secret());
    }
    BaseProducer::from_config(&config)
}
