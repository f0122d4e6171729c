//! Sources that give nothing, or nothing of use.

use serde_json::json;
use sts_emulator::{Client, StsEmulator};

use super::setup::Setup;

async fn working() -> Setup {
    Setup::new(StsEmulator::start().await.unwrap(), &json!({}))
}

#[tokio::test]
async fn a_job_of_github_lacks_the_permission() {
    let setup = working()
        .await
        .variable("CONFLUENT_STS_TOKEN_FILE", "")
        .variable("GITHUB_ACTIONS", "true");
    let expected = "source         GitHub Actions: the environment variable ACTIONS_ID_TOKEN_REQUEST_URL is not \
        set; give the job the permission `id-token: write`, and run this in a step of the job itself";
    assert_eq!(setup.failure().await, (3, expected.to_owned()));
}

#[tokio::test]
async fn the_file_is_not_there() {
    let setup = working().await.argument("--token-file=/nowhere/token");
    // In the words of the operating system.
    let none = std::fs::read("/nowhere/token").unwrap_err();
    let expected = format!(
        "source         the subject token file /nowhere/token cannot be read: {none}; check the path, and that this \
         user may read it"
    );
    assert_eq!(setup.failure().await, (3, expected));
}

#[tokio::test]
async fn the_token_is_no_jwt() {
    let setup = Setup::with_token(
        StsEmulator::start().await.unwrap(),
        "opaque-token-0123456789",
    );
    let expected = "source         the file FOLDER/token gave what is no JWT: it has no dots; have it give an \
        OpenID Connect token, for an API that is Confluent's or your own";
    assert_eq!(setup.failure().await, (3, expected.to_owned()));
}

#[tokio::test]
async fn the_client_of_the_identity_provider_has_another_secret() {
    let client = Client::new("me", "the secret");
    let emulator = StsEmulator::builder().client(client).start().await.unwrap();
    let url = format!("{}/idp/token", emulator.url());
    let setup = Setup::new(emulator, &json!({}))
        .variable("CONFLUENT_STS_TOKEN_FILE", "")
        .variable("CONFLUENT_STS_TOKEN_URL", &url)
        .variable("CONFLUENT_STS_CLIENT_ID", "me")
        .variable("CONFLUENT_STS_CLIENT_SECRET", "hunter2-hunter2");
    let (code, failure) = setup.failure().await;
    assert!(
        failure.starts_with("source         ") && failure.contains("401 Unauthorized"),
        "{failure}"
    );
    assert!(!failure.contains("hunter2"), "no secret is told");
    assert_eq!(code, 3);
}

#[tokio::test]
async fn no_source_is_named() {
    let setup = working().await.variable("CONFLUENT_STS_TOKEN_FILE", "");
    let (code, failure) = setup.failure().await;
    let expected =
        "source         no source of subject tokens was found; set CONFLUENT_STS_SOURCE, ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 2);
}

#[tokio::test]
async fn no_pool_is_named() {
    let setup = working()
        .await
        .variable("CONFLUENT_STS_IDENTITY_POOL_ID", "");
    let expected = "configuration  no identity pool is named; give its id by --identity-pool-id, \
        CONFLUENT_STS_IDENTITY_POOL_ID or a profile";
    assert_eq!(setup.failure().await, (2, expected.to_owned()));
}

/// What `token` refuses, and in its words.
#[tokio::test]
async fn settings_that_no_exchange_can_be_made_with() {
    for (name, value) in [
        ("CONFLUENT_STS_ALLOW_HTTP", "yes"),
        ("CONFLUENT_STS_DEADLINE", "18446744073709551615"),
        ("CONFLUENT_STS_DEADLINE", "soon"),
        ("CONFLUENT_STS_LIFETIME", "0"),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-a,pool-b"),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-a\nb"),
    ] {
        let setup = working().await.variable(name, value);
        let token = setup.run("token").await;
        assert_eq!(token.code, Some(2), "{name}: {}", token.err);
        let why = token.err.trim_end().strip_prefix("error: ").unwrap();
        let expected = format!("configuration  {}", setup.constant(why));
        assert_eq!(setup.failure().await, (2, expected), "{name}");
        assert_eq!(setup.emulator.counts().exchange, 0, "{name}");
    }
}
