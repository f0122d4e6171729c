//! Connects to brokers and prints the topics that the identity pools may see.
//!
//! ```sh
//! # A source that the environment names (`ExternalTokenProvider::from_env`), without extensions.
//! cargo run -- callback pkc-123.eu-central-1.aws.confluent.cloud:9092
//! # A token endpoint, with extensions; the secret comes from the variable CLIENT_SECRET.
//! cargo run -- oidc pkc-123.eu-central-1.aws.confluent.cloud:9092 https://idp.example.com/token my-client lkc-123 pool-abc
//! ```

use std::error::Error;
use std::time::Duration;

use kafka_rdkafka::{Tokens, with_callback, with_oidc};
use rdkafka::ClientContext;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};
use sts_sdk::ExternalTokenProvider;
use sts_sdk::auth::Pools;
use sts_sdk::auth::kafka::{Extensions, OidcSettings};

const USAGE: &str = "callback BROKERS | oidc BROKERS TOKEN_URL CLIENT_ID LOGICAL_CLUSTER [POOLS]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["callback", brokers] => {
            let tokens = ExternalTokenProvider::from_env()?;
            let tokens = Tokens::new(sts_sdk::blocking::ExternalTokenProvider::new(&tokens)?);
            print_topics(&with_callback(brokers, "SASL_SSL", tokens)?)
        }
        ["oidc", brokers, url, client, cluster, ref pools @ ..] => {
            let pools = match pools {
                [] => Pools::automatic(),
                pools => Pools::union(pools)?,
            };
            let extensions = Extensions::new(pools).logical_cluster(cluster)?;
            let secret = std::env::var("CLIENT_SECRET")?;
            let settings = OidcSettings::new(url, client, secret, extensions);
            print_topics(&with_oidc(brokers, &settings)?)
        }
        _ => Err(USAGE.into()),
    }
}

fn print_topics<C: ClientContext + ProducerContext>(
    producer: &BaseProducer<C>,
) -> Result<(), Box<dyn Error>> {
    // A callback is called while somebody polls.
    producer.poll(Duration::from_secs(1));
    let metadata = producer
        .client()
        .fetch_metadata(None, Duration::from_secs(30))?;
    for topic in metadata.topics() {
        println!("{}", topic.name());
    }
    Ok(())
}
