//! `confluent-sts token` and `header`.

use std::os::unix::fs::PermissionsExt;

use sts_emulator::Fault;

use crate::world::{World, claims};

#[tokio::test]
async fn the_token_is_printed_alone_and_opens_what_it_is_for() {
    let world = World::new().await;
    let printed = world.run(&["token"]).await.printed();
    let token = printed.strip_suffix('\n').unwrap();
    let resource = format!("{}/resource/pool-abc", world.emulator.url());
    let response = crate::world::http()
        .get(resource)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(claims(token)["sub"], "me");
}

#[tokio::test]
async fn json_has_what_an_oauth_client_expects() {
    let world = World::new().await;
    let printed = world
        .run(&["token", "--output", "json", "--lifetime", "600"])
        .await
        .printed();
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let names: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["access_token", "token_type", "expires_in", "expires_at"]
    );
    assert_eq!(
        (&json["token_type"], &json["expires_in"]),
        (&"Bearer".into(), &600.into())
    );
    let end = claims(json["access_token"].as_str().unwrap())["exp"]
        .as_i64()
        .unwrap();
    // It is counted from before the exchange.
    assert!(
        (0..=60).contains(&(end - json["expires_at"].as_i64().unwrap())),
        "{json}"
    );
}

#[tokio::test]
async fn variables_are_printed_for_files_and_for_shells() {
    let world = World::new().await;
    let env = world.run(&["token", "-o", "env"]).await.printed();
    let lines: Vec<(&str, &str)> = env
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0].0, lines[1].0),
        (
            "CONFLUENT_ACCESS_TOKEN",
            "CONFLUENT_ACCESS_TOKEN_EXPIRES_AT"
        )
    );
    assert_eq!(claims(lines[0].1)["sub"], "me");

    let script = format!(
        r#"eval "$({} token --output shell)" && printf '%s' "$CONFLUENT_ACCESS_TOKEN""#,
        crate::world::BINARY
    );
    let evaluated = crate::world::ran(world.program("sh").args(["-c", &script]))
        .await
        .printed();
    assert_eq!(claims(&evaluated)["sub"], "me");
}

#[tokio::test]
async fn a_file_is_readable_by_the_user_alone() {
    let world = World::new().await;
    let file = world.write("token", "old");
    let printed = world.run(&["token", "--write", "token"]).await.printed();
    assert_eq!(printed, "");
    assert_eq!(claims(&world.read("token"))["sub"], "me");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let missing = world.path("missing/token").display().to_string();
    let ran = world.run(&["token", "--write", &missing]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("cannot be written: "), "{}", ran.err);
}

#[tokio::test]
async fn headers_are_those_of_the_api_that_is_called() {
    let world = World::new().await;
    let header = world.run(&["header"]).await.printed();
    let alone = world.run(&["token", "-o", "header"]).await.printed();
    for line in [&header, &alone] {
        let token = line.strip_prefix("Authorization: Bearer ").unwrap();
        assert_eq!(claims(token.trim_end())["identity_pool_id"], "pool-abc");
    }

    for api in ["kafka-rest", "flink"] {
        let printed = world
            .run(&[
                "header",
                "--for",
                api,
                "--identity-pool-id",
                "pool-1,pool-2",
            ])
            .await
            .printed();
        let lines: Vec<&str> = printed.lines().collect();
        let token = lines[0].strip_prefix("Authorization: Bearer ").unwrap();
        // The identity provider's, as it is.
        assert_eq!(claims(token)["iss"], world.emulator.identity_provider());
        assert_eq!(lines[1..], ["Confluent-Identity-Pool-Id: pool-1,pool-2"]);
    }

    let registry = [
        "header",
        "--for",
        "schema-registry",
        "--schema-registry",
        "lsrc-1",
        "-o",
        "json",
    ];
    let printed = world.run(&registry).await.printed();
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(json["target-sr-cluster"], "lsrc-1");
    assert_eq!(json["Confluent-Identity-Pool-Id"], "pool-abc");
    world.run(&registry[..3]).await.fails(
        2,
        "the Schema Registry cluster is not set, or is no id; set --schema-registry or CONFLUENT_STS_SCHEMA_REGISTRY to \
         one such as lsrc-123",
    );
}

#[tokio::test]
async fn each_v_says_more() {
    let world = World::new().await;
    for (count, flag) in [(1, "-v"), (2, "-vv"), (3, "-vvv")] {
        // The choice of the source is told from INFO on, and that a request is sent again from DEBUG on.
        world.emulator.inject(Fault::reset()).unwrap();
        let ran = world.run(&["token", flag]).await;
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let said = ["INFO", "DEBUG", "TRACE"].map(|level| {
            let mut lines = ran.err.lines();
            lines.any(|line| line.split_whitespace().nth(1) == Some(level))
        });
        let expected = [true, count > 1, count > 2];
        assert_eq!(said, expected, "{flag}: {}", ran.err);
    }
}
