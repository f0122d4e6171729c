//! `confluent-sts kafka-config`.

use crate::world::{BINARY, World, bare, ran};

const ENDPOINT: [(&str, &str); 3] = [
    ("CONFLUENT_ENDPOINT_TOKEN_URL", "http://127.0.0.1:1/token"),
    ("CONFLUENT_ENDPOINT_CLIENT_ID", "me"),
    ("CONFLUENT_ENDPOINT_CLIENT_SECRET", "a-secret"),
];

async fn config(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = bare(BINARY, folder.path());
    command.arg("kafka-config").args(arguments).envs(ENDPOINT);
    command
        .env("CONFLUENT_STS_BOOTSTRAP_SERVERS", "kafka.example:9092")
        .env("CONFLUENT_STS_LOGICAL_CLUSTER", "lkc-1");
    ran(&mut command).await.printed()
}

#[tokio::test]
async fn settings_of_librdkafka_have_the_comma_of_a_union_escaped() {
    let printed = config(&["--identity-pool-id", "pool-1,pool-2"]).await;
    let expected = "bootstrap.servers=kafka.example:9092\n\
                    security.protocol=SASL_SSL\n\
                    sasl.mechanisms=OAUTHBEARER\n\
                    sasl.oauthbearer.method=oidc\n\
                    sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:1/token\n\
                    sasl.oauthbearer.client.id=me\n\
                    sasl.oauthbearer.client.secret=a-secret\n\
                    sasl.oauthbearer.extensions=logicalCluster=lkc-1,identityPoolId=pool-1\\,pool-2\n";
    assert_eq!(printed, expected);
}

#[tokio::test]
async fn the_endpoint_is_explained() {
    let explained = config(&["--explain"]).await;
    let line = "endpoint of the Kafka client: http://127.0.0.1:1/token, with the client me \
                (variables CONFLUENT_ENDPOINT_…)";
    assert_eq!(explained.lines().last(), Some(line));
    assert!(
        explained.contains("\nlogical_cluster: lkc-1 (variable CONFLUENT_STS_LOGICAL_CLUSTER)\n")
    );
    assert!(!explained.contains("a-secret"));

    let world = World::new().await;
    let explained = world.run(&["kafka-config", "--explain"]).await.printed();
    let none =
        "endpoint of the Kafka client: none: there is no token endpoint for the Kafka client; ";
    let last = explained.lines().last().unwrap();
    assert!(last.starts_with(none), "{last}");
}

#[tokio::test]
async fn java_and_json_say_the_same() {
    let java = config(&["--format", "java", "--identity-pool-id", "pool-1"]).await;
    let first = "# The JVM needs -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=http://127.0.0.1:1/token\n\
                 bootstrap.servers=kafka.example:9092\n";
    assert!(java.starts_with(first), "{java}");
    assert!(
        java.contains("extension_logicalCluster=\"lkc-1\" extension_identityPoolId=\"pool-1\";\n"),
        "{java}"
    );

    // A comma is a part of the value there, which quotes hold together.
    let union = config(&["--format", "java", "--identity-pool-id", "pool-1,pool-2"]).await;
    assert!(
        union.contains(" extension_identityPoolId=\"pool-1,pool-2\";\n"),
        "{union}"
    );
    let union = config(&["--format", "json", "--identity-pool-id", "pool-1,pool-2"]).await;
    let union: serde_json::Value = serde_json::from_str(&union).unwrap();
    assert_eq!(
        union["sasl.oauthbearer.extensions"],
        "logicalCluster=lkc-1,identityPoolId=pool-1\\,pool-2"
    );

    // No pool is named: those that match the token apply.
    let json: serde_json::Value =
        serde_json::from_str(&config(&["--format", "json"]).await).unwrap();
    assert_eq!(json["bootstrap.servers"], "kafka.example:9092");
    assert_eq!(json["sasl.oauthbearer.extensions"], "logicalCluster=lkc-1");
    assert_eq!(json["sasl.oauthbearer.client.secret"], "a-secret");
}

#[tokio::test]
async fn without_an_endpoint_on_this_machine_it_is_that_of_the_identity_provider() {
    let world = World::new().await;
    let secret = world.write("secret", "hunter2\n").display().to_string();
    let none = world.run(&["kafka-config"]).await;
    assert_eq!(none.code, Some(2));
    assert!(
        none.err
            .starts_with("error: there is no token endpoint for the Kafka client; "),
        "{}",
        none.err
    );
    let arguments = [
        "kafka-config",
        "--token-url",
        "https://idp.example",
        "--client-id",
        "me",
        "--client-secret-file",
        &secret,
    ];
    let printed = world
        .run(&[&arguments[..], &["--scope", "a b", "--write", "kafka"]].concat())
        .await
        .printed();
    assert_eq!(printed, "");
    let written = world.read("kafka");
    for line in [
        "sasl.oauthbearer.token.endpoint.url=https://idp.example",
        "sasl.oauthbearer.client.secret=hunter2",
        "sasl.oauthbearer.scope=a b",
        "sasl.oauthbearer.extensions=identityPoolId=pool-abc",
    ] {
        assert!(written.lines().any(|other| other == line), "{written}");
    }
    for (flag, value) in [
        ("--bootstrap-servers", "a:1\\nb"),
        ("--logical-cluster", "lkc 1"),
        ("--identity-pool-id", "a,"),
    ] {
        let ran = world.run(&[&arguments[..], &[flag, value]].concat()).await;
        assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 1), "{flag}");
    }
}

#[tokio::test]
async fn a_flag_counts_more_than_the_endpoint_of_variables_which_is_named_as_a_whole() {
    let world = World::new().await;
    let secret = world.write("secret", "hunter2").display().to_string();
    let arguments = [
        "kafka-config",
        "--token-url",
        "https://idp.example",
        "--client-id",
        "me",
        "--client-secret-file",
        &secret,
    ];
    let printed = ran(world.command(&arguments).envs(ENDPOINT))
        .await
        .printed();
    assert!(
        printed.contains("token.endpoint.url=https://idp.example\n"),
        "{printed}"
    );
    let mut explained = arguments.to_vec();
    explained.push("--explain");
    let explained = ran(world.command(&explained).envs(ENDPOINT))
        .await
        .printed();
    let line = "endpoint of the Kafka client: https://idp.example, with the client me \
                (the settings token_url, client_id and client_secret)";
    assert_eq!(explained.lines().last(), Some(line));
    assert!(!explained.contains("hunter2") && !explained.contains("a-secret"));
    let part = ran(world
        .command(&["kafka-config"])
        .envs(ENDPOINT[..2].to_vec()))
    .await;
    assert_eq!(part.code, Some(2));
    assert!(
        part.err
            .contains(": CONFLUENT_ENDPOINT_CLIENT_SECRET is not set; "),
        "{}",
        part.err
    );
    // A line of its own would be a setting of its own.
    world.write("secret", "hunter2\nsecurity.protocol=PLAINTEXT");
    let altered = world.run(&arguments).await;
    assert_eq!((altered.code, &*altered.out), (Some(2), ""));
    assert!(
        altered.err.contains("control character") && !altered.err.contains("hunter2"),
        "it says why, and no secret"
    );
}
