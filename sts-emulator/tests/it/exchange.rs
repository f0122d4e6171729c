use reqwest::{Method, StatusCode};
use serde_json::json;
use sts_emulator::StsEmulator;

use crate::requests::{Form, PATH, claims, client, lifetimes, refusal};

#[tokio::test]
async fn a_subject_token_is_exchanged() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let reply = form.exchanged(&emulator).await;
    let token = reply["access_token"].as_str().unwrap();
    let expected = json!({
        "access_token": token,
        "expires_in": lifetimes().0,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
    });
    assert_eq!(reply, expected);
    let claims = claims(token);
    assert_eq!(claims["iss"], emulator.url());
    assert_eq!(claims["sub"], "me");
    assert_eq!(claims["identity_pool_id"], "pool-abc");
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        lifetimes().0
    );
    let other = form.exchanged(&emulator).await;
    assert_ne!(other["access_token"], token);
    assert_eq!(emulator.count(), 2);
}

#[tokio::test]
async fn all_ten_parameters_are_taken() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap())
        .with("api_version", "sts/v1")
        .with("kind", "TokenExchangeRequest")
        .with("id", "dlz-f3a90de")
        .with("metadata", r#"{"self": "https://api.confluent.cloud/a", "created_at": "2006-01-02T15:04:05-07:00"}"#)
        .with("expires_in", "60");
    assert_eq!(form.0.len(), 10);
    assert_eq!(form.exchanged(&emulator).await["expires_in"], 60);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
async fn everything_else_is_refused_with_the_parameter() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let wrong = "urn:ietf:params:oauth:token-type:id_token";
    let (_, most) = lifetimes();
    let beyond = (most + 1).to_string();
    let cases = [
        ("grant_type", None, "grant_type is required and missing"),
        (
            "subject_token",
            None,
            "subject_token is required and missing",
        ),
        (
            "subject_token",
            Some(""),
            "subject_token is required and missing",
        ),
        (
            "identity_pool_id",
            None,
            "identity_pool_id is required and missing",
        ),
        (
            "grant_type",
            Some("client_credentials"),
            "grant_type must be urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        (
            "subject_token_type",
            Some(wrong),
            "subject_token_type must be urn:ietf:params:oauth:token-type:jwt",
        ),
        (
            "requested_token_type",
            Some(wrong),
            "requested_token_type must be urn:ietf:params:oauth:token-type:access_token",
        ),
        (
            "expires_in",
            Some(&*beyond),
            &*format!("expires_in is {beyond}, the maximum is {most}"),
        ),
        (
            "expires_in",
            Some("0"),
            "expires_in is 0, and a token lives for at least a second",
        ),
        (
            "expires_in",
            Some("-1"),
            "expires_in is -1, and a token lives for at least a second",
        ),
        (
            "expires_in",
            Some("15m"),
            "expires_in must be of type integer",
        ),
        (
            "expires_in",
            Some("99999999999999999999"),
            "expires_in must be of type integer",
        ),
        ("api_version", Some("sts/v2"), "api_version must be sts/v1"),
        ("kind", Some("Token"), "kind must be TokenExchangeRequest"),
        (
            "metadata",
            Some("x"),
            "metadata must be the JSON text of an object",
        ),
        (
            "metadata",
            Some("{}"),
            "metadata must have the property self",
        ),
        (
            "metadata",
            Some(r#"{"self": "x"}"#),
            "metadata/self must be of format uri",
        ),
        (
            "subject_token",
            Some("test_jwt_token"),
            "the subject token is no JWT: it has no dots",
        ),
        (
            "subject_token",
            Some("a.b.c"),
            "the subject token is no JWT: its header is no JSON object in base64url",
        ),
        (
            "actor_token",
            Some("x"),
            "actor_token is no parameter of this operation",
        ),
        (
            "scope",
            Some("x"),
            "scope is no parameter of this operation",
        ),
        (
            "identity_pool_id",
            Some("pool abc"),
            "there is no identity pool pool abc",
        ),
    ];
    for (name, value, why) in cases {
        let (parameter, detail) = form.clone().with(name, value).refused(&emulator).await;
        assert_eq!((parameter.as_str(), detail.as_str()), (name, why));
    }
    let mut twice = form.clone();
    twice.0.push(twice.0[2].clone());
    let (parameter, detail) = twice.refused(&emulator).await;
    assert_eq!(
        (parameter.as_str(), detail.as_str()),
        (
            "identity_pool_id",
            "identity_pool_id is there more than once"
        )
    );
    // All that is wrong is said at once.
    let response = Form(Vec::new()).send(&emulator).await;
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["errors"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn bodies_that_are_no_form_are_refused() {
    let emulator = StsEmulator::builder()
        .body_limit(1000)
        .start()
        .await
        .unwrap();
    let url = format!("{}{PATH}", emulator.url());
    let post = |content_type: &str, body: String| {
        let request = client().post(&url).body(body);
        request.header("content-type", content_type).send()
    };
    let form = "application/x-www-form-urlencoded";
    let long = "a".repeat(1001);
    let longer = "a".repeat(3 << 20);
    for (content_type, body, why) in [
        (
            "application/json",
            "{}",
            "the content type is application/json, it must be application/x-www-form-urlencoded",
        ),
        (
            "",
            "a=b",
            "the content type is missing, it must be application/x-www-form-urlencoded",
        ),
        (
            "multipart/form-data; boundary=x",
            "",
            "the content type is multipart/form-data, it must be application/x-www-form-urlencoded",
        ),
        (form, &long, "the body has more than 1000 bytes"),
        (form, &longer, "the body has more than 1000 bytes"),
        (
            form,
            "a=%",
            "the parameter a has an escape that is incomplete or not UTF-8",
        ),
    ] {
        let response = post(content_type, body.to_owned()).await.unwrap();
        assert_eq!(refusal(response).await.1, why);
    }
    let request = client()
        .post(&url)
        .header("content-type", form)
        .header("content-encoding", "gzip");
    let (_, why) = refusal(request.body("a=b").send().await.unwrap()).await;
    assert_eq!(
        why,
        "the body is encoded (content-encoding); it must be sent as it is"
    );
    let token = emulator.subject_token("me").unwrap();
    let request = client()
        .post(format!("{url}?a=b"))
        .form(&Form::new(&token).0);
    let (parameter, why) = refusal(request.send().await.unwrap()).await;
    assert_eq!(
        (parameter.as_str(), why.as_str()),
        (
            "a",
            "a is in the URL, where the operation has no parameters"
        )
    );
    // A parameter of the media type is not part of it.
    let body = "grant_type=x".to_owned();
    let response = post("Application/X-WWW-Form-URLencoded; charset=utf-8", body)
        .await
        .unwrap();
    assert_eq!(refusal(response).await.0, "grant_type");
}

#[tokio::test]
async fn a_wrong_method_is_405_and_another_path_404() {
    let emulator = StsEmulator::start().await.unwrap();
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        let request = client().request(method.clone(), format!("{}{PATH}", emulator.url()));
        let response = request.send().await.unwrap();
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
        assert_eq!(response.headers()["allow"], "POST");
    }
    for path in ["/sts/v1/oauth2/token/", "/sts/v1/oauth2", "/oauth2/token"] {
        let response = client()
            .post(format!("{}{path}", emulator.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(emulator.count(), 0);
}

#[tokio::test]
async fn several_run_at_once_and_stop_when_dropped() {
    let one = StsEmulator::start().await.unwrap();
    let other = StsEmulator::start().await.unwrap();
    let form = Form::new(&one.subject_token("me").unwrap());
    form.exchanged(&one).await;
    let (parameter, detail) = form.refused(&other).await;
    assert_eq!(parameter, "subject_token");
    let expected = format!(
        "the issuer of the subject token is {}/idp; the identity pool is of the identity providers {}/idp",
        one.url(),
        other.url()
    );
    assert_eq!(detail, expected);
    let url = format!("{}/healthz", one.url());
    let client = client();
    assert!(client.get(&url).send().await.is_ok());
    drop(one);
    // The task that listens is dropped by the runtime when it gets to it.
    while client.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(other.count(), 1);
}

#[tokio::test]
async fn no_token_is_in_an_answer_a_log_or_a_page() {
    let emulator = StsEmulator::start().await.unwrap();
    let token = emulator.subject_token("me").unwrap();
    let signature = token.rsplit('.').next().unwrap().to_owned();
    let mut swapped = Form::new(&token);
    for (_, value) in &mut swapped.0 {
        value.clone_from(&token);
    }
    let mut named = Form::new(&token);
    named.0.push((token.clone(), token.clone()));
    let mut misspelt = Form::new(&token);
    misspelt.0[1].0 = "subject_tokn".to_owned();
    misspelt.0[1].1.clone_from(&signature);
    let mut seen = String::new();
    for form in [Form::new(&token), swapped, named, misspelt] {
        let response = form.send(&emulator).await;
        if response.status() != StatusCode::OK {
            seen += &response.text().await.unwrap();
        }
    }
    for path in ["/", "/control/requests", "/control/counts"] {
        let response = client()
            .get(format!("{}{path}", emulator.url()))
            .send()
            .await
            .unwrap();
        seen += &response.text().await.unwrap();
    }
    let debug = format!("{emulator:?} {:?}", emulator.requests());
    seen += &debug;
    assert_eq!(emulator.count(), 4);
    assert!(
        !seen.contains(&token[..40]) && !seen.contains(&signature[..20]),
        "{seen}"
    );
    assert!(!seen.contains("eyJ"), "{seen}");
}
