//! Confluent's own clients of Schema Registry send the headers that ours sends.

use std::process::Stdio;

use sts_sdk::auth::Authenticator;
use sts_sdk::reqwest::Client;
use sts_sdk_tests::{Recorded, Server, always, external_token, forms_of_pools, program, reply};
use tokio::process::Command;

/// What names who asks, and for what.
fn headers(request: &Recorded) -> Vec<(&str, &str)> {
    let names = [
        "authorization",
        "confluent-identity-pool-id",
        "target-sr-cluster",
    ];
    let mut found: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    found.sort_unstable();
    found
}

/// Holds the requests of a foreign client, which `command` runs with a URL, a token and pools, against ours.
async fn compare(command: impl Fn() -> Command) {
    let server = Server::start(|_| reply("200 OK", &["content-type: application/json"], "[]"));
    let server = server.await.unwrap();
    let token = external_token("me");
    for (pools, ids) in forms_of_pools() {
        let authenticator = Authenticator::external(always(&token))
            .pools(pools)
            .target_sr_cluster("lsrc-abc")
            .host("127.0.0.1")
            .build()
            .unwrap();
        let url = format!("{}/subjects", server.url());
        let request = Client::new().get(url);
        authenticator.send(request).await.unwrap();
        let ours = server.take_requests().remove(0);
        assert_eq!(headers(&ours).len(), 2 + usize::from(!ids.is_empty()));

        let mut command = command();
        command.env("TOKEN", &token).arg(server.url()).args(ids);
        let output = command.stdin(Stdio::null()).output().await;
        let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let theirs = server.take_requests();
        assert!(!theirs.is_empty(), "{said}");
        for theirs in &theirs {
            // Without the token itself in a message.
            assert!(
                headers(theirs) == headers(&ours),
                "{:?}",
                headers(theirs).len()
            );
        }
    }
}

#[tokio::test]
#[ignore = "needs Node and @confluentinc/schemaregistry (npm install --prefix target/tools/npm @confluentinc/schemaregistry@1.10.1)"]
async fn foreign_confluents_schema_registry_client_for_javascript_sends_the_same_headers() {
    let module = program(
        "SCHEMAREGISTRY_JS",
        "target/tools/npm/node_modules/@confluentinc/schemaregistry",
    );
    let code = "
        const [module, url, ...pools] = process.argv.slice(1);
        const { SchemaRegistryClient } = require(module);
        const client = new SchemaRegistryClient({
            baseURLs: [url],
            maxRetries: 0,
            bearerAuthCredentials: {
                credentialsSource: 'STATIC_TOKEN',
                token: process.env.TOKEN,
                logicalCluster: 'lsrc-abc',
                ...(pools.length ? { identityPoolId: pools.length > 1 ? pools : pools[0] } : {}),
            },
        });
        client.getAllSubjects().then(() => process.exit(0), (error) => {
            console.error(error);
            process.exit(1);
        });
    ";
    compare(|| {
        let mut node = Command::new("node");
        node.arg("--eval").arg(code).arg(&module);
        node
    })
    .await;
}

#[tokio::test]
#[ignore = "needs confluent-kafka[schemaregistry]==2.16.1 (PyPI) in target/tools/python, or in the Python that PYTHON names"]
async fn foreign_confluents_schema_registry_client_for_python_sends_the_same_headers() {
    let python = program("PYTHON", "target/tools/python/bin/python");
    let code = "
import os, sys
from confluent_kafka.schema_registry import SchemaRegistryClient
url, pools = sys.argv[1], sys.argv[2:]
settings = {
    'url': url,
    'max.retries': 0,
    'bearer.auth.credentials.source': 'STATIC_TOKEN',
    'bearer.auth.token': os.environ['TOKEN'],
    'bearer.auth.logical.cluster': 'lsrc-abc',
}
if pools:
    settings['bearer.auth.identity.pool.id'] = ','.join(pools)
SchemaRegistryClient(settings).get_subjects()
";
    compare(|| {
        let mut command = Command::new(&python);
        command.arg("-c").arg(code);
        command
    })
    .await;
}
