use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sts_emulator::{Endpoint, Fault, StsEmulator};

use crate::requests::{Form, client};

async fn open(emulator: &StsEmulator, path: &str, token: Option<&str>) -> Response {
    let request = client().request(Method::PATCH, format!("{}/resource{path}", emulator.url()));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn an_access_token_opens_it_until_its_end() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap()).with("expires_in", "60");
    let reply = form.exchanged(&emulator).await;
    let token = reply["access_token"].as_str().unwrap();
    emulator.advance(30);
    let response = open(&emulator, "", Some(token)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (&body["sub"], &body["identity_pool_id"]),
        (&json!("me"), &json!("pool-abc"))
    );
    assert_eq!(
        open(&emulator, "/pool-abc", Some(token)).await.status(),
        StatusCode::OK
    );
    let response = open(&emulator, "/pool-other", Some(token)).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        response.headers()["www-authenticate"],
        "Bearer realm=\"sts-emulator\", error=\"insufficient_scope\""
    );
    emulator.advance(60);
    assert_eq!(
        open(&emulator, "", Some(token)).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(emulator.counts().resource, 4);
}

#[tokio::test]
async fn other_tokens_are_401_and_why() {
    let emulator = StsEmulator::start().await.unwrap();
    let subject_token = emulator.subject_token("me").unwrap();
    let reply = Form::new(&subject_token).exchanged(&emulator).await;
    let token = reply["access_token"].as_str().unwrap();
    let tampered = format!("{}AAAA", &token[..token.len() - 4]);
    let as_access_token = emulator.any_token(&json!({"iss": emulator.url()})).unwrap();
    let issuer = format!("the token was not issued by {}", emulator.url());
    emulator.revoke_tokens();
    for (token, why) in [
        (None, "there is no bearer token in the header authorization"),
        (Some("x"), "the token is no JWT: it has no dots"),
        (Some(subject_token.as_str()), issuer.as_str()),
        (
            Some(as_access_token.as_str()),
            "the signature of the token is not valid",
        ),
        (
            Some(tampered.as_str()),
            "the signature of the token is not valid",
        ),
        (Some(token), "the token was revoked"),
    ] {
        let response = open(&emulator, "", token).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let challenge = response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            challenge.contains("error=\"invalid_token\""),
            token.is_some(),
            "{challenge}"
        );
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["detail"], why);
    }
    // Those that are issued later are not revoked.
    let reply = Form::new(&subject_token).exchanged(&emulator).await;
    let token = reply["access_token"].as_str().unwrap();
    assert_eq!(
        open(&emulator, "", Some(token)).await.status(),
        StatusCode::OK
    );
    emulator
        .inject(Fault::status(401).at(Endpoint::Resource))
        .unwrap();
    assert_eq!(
        open(&emulator, "", Some(token)).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        open(&emulator, "", Some(token)).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_reset_leaves_tokens_valid_and_revoked_ones_revoked() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let revoked = form.exchanged(&emulator).await;
    emulator.revoke_tokens();
    let valid = form.exchanged(&emulator).await;
    emulator.reset();
    for (reply, status) in [(revoked, 401), (valid, 200)] {
        let token = reply["access_token"].as_str();
        assert_eq!(open(&emulator, "", token).await.status(), status);
    }
}
