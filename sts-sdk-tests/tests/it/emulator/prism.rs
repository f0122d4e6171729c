//! Prism stands between the SDK and the emulator, and holds both to the specification.

use sts_emulator::{Fault, StsEmulator};
use sts_sdk::{Client, ObjectMeta, TokenExchangeRequest};

use crate::prism::Prism;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Prism (npm install --prefix target/tools/npm @stoplight/prism-cli@5.14.2)"]
async fn foreign_prism_finds_nothing_wrong_between_the_sdk_and_the_emulator() {
    let emulator = StsEmulator::start().await.unwrap();
    let prism = Prism::start(
        &["proxy", "--errors"],
        "openapi/sts-v1.yaml",
        &[emulator.url()],
    );
    let client = Client::for_base_url(&prism.url).unwrap();
    let request = |pool: &str| {
        let request = TokenExchangeRequest::builder().identity_pool_id(pool);
        request.subject_token(emulator.subject_token("me").unwrap())
    };
    client.exchange(request("pool-abc")).await.unwrap();
    let metadata = ObjectMeta::builder().self_("https://api.confluent.cloud/sts/v1/requests/1");
    let everything = request("pool-abc")
        .api_version(Some("sts/v1".parse().unwrap()))
        .kind(Some("TokenExchangeRequest".parse().unwrap()))
        .id(Some("dlz-f3a90de".parse().unwrap()))
        .metadata(metadata)
        .expires_in(60);
    client.exchange(everything).await.unwrap();
    let error = client.exchange(request("pool abc")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("there is no identity pool pool abc"),
        "{error}"
    );
    for status in [400, 429, 500] {
        emulator.inject(Fault::status(status)).unwrap();
        let error = client.exchange(request("pool-abc")).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert!(error.to_string().contains("as a fault demands"), "{error}");
    }
    assert_eq!(emulator.count(), 6);
    // It does look: a reply that the specification does not have is not let through.
    let body = sts_emulator::FaultBody::Text {
        content_type: "application/json".to_owned(),
        text: r#"{"access_token": 1}"#.to_owned(),
    };
    emulator.inject(Fault::status(200).body(body)).unwrap();
    let error = client.exchange(request("pool-abc")).await.unwrap_err();
    assert!(error.status().unwrap().is_server_error(), "{error}");
}
