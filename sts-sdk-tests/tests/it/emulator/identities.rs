//! What a strict STS takes of the SDK, and what it says of what it refuses.

use serde_json::json;
use sts_emulator::{IdentityPool, StsEmulator};
use sts_sdk::{Client, ExchangeError, ObjectMeta, TokenExchangeRequest};

#[tokio::test]
async fn all_ten_parameters_are_taken() {
    let emulator = StsEmulator::start().await.unwrap();
    let request = TokenExchangeRequest::builder()
        .api_version(Some("sts/v1".parse().unwrap()))
        .kind(Some("TokenExchangeRequest".parse().unwrap()))
        .id(Some("dlz-f3a90de".parse().unwrap()))
        .metadata(ObjectMeta::builder().self_("https://api.confluent.cloud/sts/v1/requests/1"))
        .subject_token(emulator.subject_token("me").unwrap())
        .identity_pool_id("pool_1")
        .expires_in(600);
    let client = Client::for_base_url(emulator.url()).unwrap();
    let token = client.exchange(request).await.unwrap();
    assert_eq!(token.lifetime().as_secs(), 600);
    assert_eq!(emulator.requests()[0].parameters.len(), 10);
}

#[tokio::test]
async fn a_refusal_says_why() {
    let pool = IdentityPool::new("pool-abc").filter(r#"claims.aud == "x""#);
    let emulator = StsEmulator::builder()
        .identity_pool(pool)
        .start()
        .await
        .unwrap();
    let client = Client::for_base_url(emulator.url()).unwrap();
    let exchange = async |pool: &str, claims| -> Result<_, ExchangeError> {
        let request = TokenExchangeRequest::builder().identity_pool_id(pool);
        client
            .exchange(request.subject_token(emulator.any_token(&claims).unwrap()))
            .await
    };
    exchange("pool-abc", json!({"aud": "x"})).await.unwrap();
    for (pool, claims, parameter, why) in [
        (
            "pool-other",
            json!({"aud": "x"}),
            "identity_pool_id",
            "there is no identity pool pool-other",
        ),
        (
            "pool-abc",
            json!({"aud": "y"}),
            "subject_token",
            r#"the claims do not match the filter of the identity pool pool-abc, claims.aud == "x""#,
        ),
    ] {
        let error = exchange(pool, claims).await.unwrap_err();
        let failure = error.failure().unwrap();
        assert_eq!(failure.errors[0].detail.as_deref(), Some(why));
        let source = failure.errors[0].source.as_ref().unwrap();
        assert_eq!(source.parameter.as_deref(), Some(parameter));
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.request_id().is_some() && !error.is_transient());
    }
}
