use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sts_emulator::{Client as IdpClient, StsEmulator};

use crate::requests::{Form, claims, client, get};

async fn ask(
    emulator: &StsEmulator,
    basic: Option<(&str, &str)>,
    form: &[(&str, &str)],
) -> Response {
    let request = client()
        .post(format!("{}/token", emulator.identity_provider()))
        .form(form);
    let request = match basic {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    };
    request.send().await.unwrap()
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn clients_get_subject_tokens() {
    let emulator = StsEmulator::start().await.unwrap();
    for (basic, form) in [
        (
            Some(("me", "s")),
            vec![GRANT, ("scope", "a b"), ("audience", "x")],
        ),
        (
            None,
            vec![
                GRANT,
                ("scope", "a b"),
                ("audience", "x"),
                ("client_id", "me"),
                ("client_secret", "s"),
            ],
        ),
    ] {
        let response = ask(&emulator, basic, &form).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        let reply: Value = response.json().await.unwrap();
        let token = reply["access_token"].as_str().unwrap();
        assert_eq!(
            reply,
            json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": "a b"})
        );
        let claims = claims(token);
        assert_eq!(
            (&claims["sub"], &claims["aud"], &claims["scope"]),
            (&json!("me"), &json!("x"), &json!("a b"))
        );
        assert_eq!(claims["iss"], emulator.identity_provider());
        Form::new(token).exchanged(&emulator).await;
    }
    assert_eq!(emulator.counts().identity_provider, 2);
    let log = format!("{:?}", emulator.requests());
    assert!(
        log.contains("client_secret") && !log.contains("eyJ"),
        "{log}"
    );
}

#[tokio::test]
async fn clients_can_be_configured() {
    let known = IdpClient::new("me", "s&%=");
    assert!(!format!("{known:?}").contains("s&"));
    let emulator = StsEmulator::builder().client(known).start().await.unwrap();
    let good = ask(
        &emulator,
        None,
        &[GRANT, ("client_id", "me"), ("client_secret", "s&%=")],
    )
    .await;
    assert_eq!(good.status(), StatusCode::OK);
    // As clients send it that do not encode it, and as those that do.
    for secret in ["s&%=", "s%26%25%3D"] {
        assert_eq!(
            ask(&emulator, Some(("me", secret)), &[GRANT])
                .await
                .status(),
            StatusCode::OK,
            "{secret}"
        );
    }
    for (basic, form, status, code) in [
        (Some(("me", "x")), vec![GRANT], 401, "invalid_client"),
        (Some(("", "x")), vec![GRANT], 401, "invalid_client"),
        (None, vec![GRANT], 401, "invalid_client"),
        (
            Some(("me", "s&%=")),
            vec![GRANT, ("client_secret", "s")],
            400,
            "invalid_request",
        ),
        (Some(("me", "s&%=")), vec![], 400, "invalid_request"),
        (
            Some(("me", "s&%=")),
            vec![GRANT, GRANT],
            400,
            "invalid_request",
        ),
        (
            Some(("me", "s&%=")),
            vec![("grant_type", "password")],
            400,
            "unsupported_grant_type",
        ),
    ] {
        let response = ask(&emulator, basic, &form).await;
        assert_eq!(response.status(), status, "{form:?}");
        assert_eq!(
            response.headers().contains_key("www-authenticate"),
            status == 401
        );
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], code, "{body}");
    }
    let response = client()
        .get(format!("{}/token", emulator.identity_provider()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            response.status(),
            response.headers()["allow"].to_str().unwrap()
        ),
        (StatusCode::METHOD_NOT_ALLOWED, "POST")
    );
}

#[tokio::test]
async fn discovery_leads_to_everything() {
    let emulator = StsEmulator::start().await.unwrap();
    for issuer in [emulator.identity_provider(), emulator.url().to_owned()] {
        let metadata = get(format!("{issuer}/.well-known/openid-configuration")).await;
        assert_eq!(metadata["issuer"], issuer);
        let keys = get(metadata["jwks_uri"].as_str().unwrap().to_owned()).await;
        assert!(!keys["keys"].as_array().unwrap().is_empty());
        assert!(
            metadata["token_endpoint"]
                .as_str()
                .unwrap()
                .starts_with(emulator.url())
        );
        // RFC 8414, section 3.1: the path of the issuer comes last.
        let path = issuer.strip_prefix(emulator.url()).unwrap();
        let other = get(format!(
            "{}/.well-known/oauth-authorization-server{path}",
            emulator.url()
        ))
        .await;
        assert_eq!(other, metadata);
    }
}

#[tokio::test]
async fn any_token_has_the_claims_that_are_asked_for() {
    let emulator = StsEmulator::start().await.unwrap();
    let ask = async |query: &[(&str, &str)]| {
        let request = client()
            .get(format!("{}/any-token", emulator.identity_provider()))
            .query(query);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (_, token) = ask(&[
        ("sub", "me"),
        ("aud", "x"),
        ("aud", "y"),
        ("email", "a@b"),
        ("claims", r#"{"n": [1], "iat": null}"#),
        ("expires_in", "-5"),
    ])
    .await;
    let claims = claims(&token);
    let expected = json!({"iss": emulator.identity_provider(), "sub": "me", "aud": ["x", "y"], "email": "a@b", "n": [1], "exp": claims["exp"]});
    assert_eq!(claims, expected);
    assert!(
        Form::new(&token)
            .refused(&emulator)
            .await
            .1
            .starts_with("the subject token expired ")
    );
    for (query, why) in [
        (("alg", "HS256"), "alg must be RS256, ES256 or EdDSA"),
        (
            ("expires_in", "x"),
            "expires_in must be a number of seconds",
        ),
        (("claims", "[]"), "claims must be a JSON object"),
    ] {
        assert_eq!(ask(&[query]).await, (400, why.to_owned()));
    }
    let error = emulator.any_token(&json!([])).unwrap_err();
    assert!(error.to_string().contains("JSON object"), "{error}");
}

#[tokio::test]
async fn all_urls_begin_with_the_public_one() {
    let builder = StsEmulator::builder().public_url("http://sts.test/base");
    let emulator = builder.start().await.unwrap();
    for path in ["", "/idp"] {
        let address = emulator.address();
        let url = format!("http://{address}{path}/.well-known/openid-configuration");
        let metadata = get(url).await;
        let issuer = format!("http://sts.test/base{path}");
        assert_eq!(metadata["issuer"], issuer);
        for name in ["jwks_uri", "token_endpoint"] {
            let url = metadata[name].as_str().unwrap();
            assert!(url.starts_with("http://sts.test/base/"), "{url}");
        }
    }
}
