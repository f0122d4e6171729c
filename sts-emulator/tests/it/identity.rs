use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;
use sts_emulator::{Algorithm, Endpoint, Fault, IdentityPool, IdentityProvider, StsEmulator};

use crate::requests::{Form, client, get};

async fn any_token(emulator: &StsEmulator, query: &[(&str, &str)]) -> String {
    let request = client()
        .get(format!("{}/idp/any-token", emulator.url()))
        .query(query);
    let response = request.send().await.unwrap().error_for_status().unwrap();
    response.text().await.unwrap()
}

#[tokio::test]
async fn each_algorithm_is_taken_and_used() {
    for algorithm in Algorithm::ALL {
        let emulator = StsEmulator::builder()
            .signing_algorithm(algorithm)
            .start()
            .await
            .unwrap();
        for other in Algorithm::ALL {
            let token = any_token(&emulator, &[("alg", other.name())]).await;
            Form::new(&token).exchanged(&emulator).await;
        }
        let keys = get(format!("{}/jwks", emulator.url())).await;
        assert_eq!(keys["keys"][0]["alg"], algorithm.name());
    }
}

/// One emulator is the identity provider of another: by discovery, by URL, by file, by text.
#[tokio::test]
async fn keys_come_from_anywhere() {
    let idp = StsEmulator::start().await.unwrap();
    let issuer = idp.identity_provider();
    let jwks = get(format!("{issuer}/jwks")).await.to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, &jwks).unwrap();
    for provider in [
        IdentityProvider::new(&issuer),
        IdentityProvider::new(&issuer).jwks_url(format!("{issuer}/jwks")),
        IdentityProvider::new(&issuer).jwks_file(&file),
        IdentityProvider::new(&issuer).jwks(&jwks),
    ] {
        let pool = IdentityPool::new("pool-abc").identity_provider(&issuer);
        let builder = StsEmulator::builder()
            .identity_provider(provider)
            .identity_pool(pool);
        let sts = builder.start().await.unwrap();
        for algorithm in Algorithm::ALL {
            let token = any_token(&idp, &[("alg", algorithm.name())]).await;
            Form::new(&token).exchanged(&sts).await;
        }
        let (_, why) = Form::new(&sts.subject_token("me").unwrap())
            .refused(&sts)
            .await;
        let expected = format!(
            "the issuer of the subject token is {}; the identity pool is of the identity provider {issuer}",
            sts.identity_provider()
        );
        assert_eq!(why, expected);
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_told() {
    let idp = StsEmulator::start().await.unwrap();
    let issuer = idp.identity_provider();
    let token = idp.subject_token("me").unwrap();
    let url = idp.url();
    for (provider, why) in [
        (
            IdentityProvider::new(&issuer).jwks_url(format!("{url}/nothing")),
            format!("{url}/nothing: it answered 404 Not Found"),
        ),
        (
            IdentityProvider::new(&issuer).jwks_url(format!("{url}/healthz")),
            format!("{url}/healthz: it is no JWKS: it has no list named keys"),
        ),
    ] {
        let sts = StsEmulator::builder()
            .identity_provider(provider)
            .start()
            .await
            .unwrap();
        // The second is not asked for again so soon, and told the same.
        for _ in 0..2 {
            let (parameter, detail) = Form::new(&token).refused(&sts).await;
            assert_eq!(parameter, "subject_token");
            assert_eq!(
                detail,
                format!("the keys of {issuer} cannot be read: {why}")
            );
        }
    }
    // In the words of the operating system.
    let none = std::fs::read("/nowhere/jwks").unwrap_err();
    for (provider, why) in [
        (
            IdentityProvider::new("a").jwks_url("ftp://a"),
            "ftp://a is neither https nor http",
        ),
        (
            IdentityProvider::new("a").jwks_file("/nowhere/jwks"),
            &*format!("/nowhere/jwks: {none}"),
        ),
        (
            IdentityProvider::new("a").jwks("{}"),
            "it is no JWKS: it has no list named keys",
        ),
        (
            IdentityProvider::new("").jwks("{}"),
            "the issuer \"\" is empty or there twice",
        ),
    ] {
        let error = StsEmulator::builder()
            .identity_provider(provider)
            .start()
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

/// A key that was rotated in is found, but nobody makes the emulator ask again and again.
#[tokio::test]
async fn an_unknown_key_is_looked_for_at_most_every_ten_seconds() {
    let idp = StsEmulator::start().await.unwrap();
    let issuer = idp.identity_provider();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let mut jwks = get(format!("{issuer}/jwks")).await;
    let kid = jwks["keys"][1]["kid"].take();
    jwks["keys"][1]["kid"] = json!("old");
    std::fs::write(&file, jwks.to_string()).unwrap();
    let provider = IdentityProvider::new(&issuer).jwks_file(&file);
    let now = std::time::SystemTime::now();
    let sts = StsEmulator::builder()
        .identity_provider(provider)
        .leeway(60)
        .clock(move || now)
        .start()
        .await
        .unwrap();
    let form = Form::new(&idp.subject_token("me").unwrap());
    let why = form.refused(&sts).await.1;
    assert_eq!(
        why,
        format!(
            "{issuer} has no key for a token with kid {} and alg ES256",
            kid.as_str().unwrap()
        )
    );
    jwks["keys"][1]["kid"] = kid;
    std::fs::write(&file, jwks.to_string()).unwrap();
    form.refused(&sts).await;
    sts.advance(9);
    form.refused(&sts).await;
    sts.advance(1);
    form.exchanged(&sts).await;
}

#[tokio::test]
async fn a_signature_that_is_not_the_providers_is_refused() {
    let emulator = StsEmulator::start().await.unwrap();
    let other = StsEmulator::start().await.unwrap();
    let issuer = emulator.identity_provider();
    let forged = other
        .any_token(&json!({"iss": issuer, "sub": "me"}))
        .unwrap();
    let (_, why) = Form::new(&forged).refused(&emulator).await;
    assert!(
        why.starts_with(&format!("{issuer} has no key for a token with kid ")),
        "{why}"
    );
    let token = emulator.subject_token("me").unwrap();
    let (signed, _) = token.rsplit_once('.').unwrap();
    for signature in ["", "AAAA", &"A".repeat(86)] {
        let (_, why) = Form::new(&format!("{signed}.{signature}"))
            .refused(&emulator)
            .await;
        assert_eq!(
            why,
            format!("the signature of the subject token is not by the key of {issuer}")
        );
    }
    // The claims of one with the signature of another.
    let parts: Vec<&str> = token.split('.').collect();
    let admin = emulator.subject_token("admin").unwrap();
    let claims = admin.split('.').nth(1).unwrap();
    let mixed = format!("{}.{claims}.{}", parts[0], parts[2]);
    Form::new(&mixed).refused(&emulator).await;
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    let (_, why) = Form::new(&unsigned).refused(&emulator).await;
    assert_eq!(
        why,
        "the subject token is signed with none; taken are RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"
    );
    // An access token is no subject token.
    let reply = Form::new(&token).exchanged(&emulator).await;
    let access_token = reply["access_token"].as_str().unwrap();
    let (_, why) = Form::new(access_token).refused(&emulator).await;
    assert!(
        why.starts_with("the issuer of the subject token is "),
        "{why}"
    );
}

#[tokio::test]
async fn times_are_held_with_leeway() {
    let now = 1_800_000_000;
    let clock = move || UNIX_EPOCH + Duration::from_secs(now);
    let emulator = StsEmulator::builder()
        .clock(clock)
        .leeway(5)
        .start()
        .await
        .unwrap();
    for (claims, why) in [
        (json!({"exp": now - 4}), None),
        (
            json!({"exp": now - 5}),
            Some("the subject token expired 5 s ago"),
        ),
        (json!({"exp": null}), Some("the subject token has no exp")),
        (json!({"exp": "soon"}), Some("the claim exp is no number")),
        (json!({"nbf": now + 5}), None),
        (
            json!({"nbf": now + 6}),
            Some("the subject token is not valid for another 6 s (nbf)"),
        ),
        (
            json!({"iat": now + 6}),
            Some("the subject token is not valid for another 6 s (iat)"),
        ),
        (json!({"exp": 1e300, "iat": -1e300}), None),
        (json!({"iss": null}), Some("the subject token has no iss")),
    ] {
        let form = Form::new(&emulator.any_token(&claims).unwrap());
        match why {
            None => drop(form.exchanged(&emulator).await),
            Some(why) => assert_eq!(form.refused(&emulator).await.1, why),
        }
    }
    let form = Form::new(&emulator.subject_token("me").unwrap());
    emulator.advance(3604);
    form.exchanged(&emulator).await;
    emulator.advance(1);
    assert_eq!(
        form.refused(&emulator).await.1,
        "the subject token expired 5 s ago"
    );
}

#[tokio::test]
async fn audiences_are_held() {
    let emulator = StsEmulator::builder()
        .audience("a")
        .audience("b")
        .start()
        .await
        .unwrap();
    Form::new(&emulator.subject_token("me").unwrap())
        .exchanged(&emulator)
        .await;
    for audience in [json!("b"), json!(["x", "a"])] {
        let token = emulator.any_token(&json!({"aud": audience})).unwrap();
        Form::new(&token).exchanged(&emulator).await;
    }
    for (audience, has) in [
        (json!("x"), "x"),
        (json!(null), "none"),
        (json!(["x", "y"]), "x, y"),
        (json!([1]), "none"),
    ] {
        let token = emulator.any_token(&json!({"aud": audience})).unwrap();
        let (_, why) = Form::new(&token).refused(&emulator).await;
        assert_eq!(
            why,
            format!("the audience of the subject token is {has}; taken is a, b")
        );
    }
}

#[tokio::test]
async fn pools_have_filters_and_identities() {
    let pool = IdentityPool::new("pool-abc")
        .filter(r#"claims.aud == "x" && claims.sub.startsWith("y")"#)
        .identity_claim("claims.user.name");
    let emulator = StsEmulator::builder()
        .identity_pool(pool)
        .start()
        .await
        .unwrap();
    let form = |claims| Form::new(&emulator.any_token(&claims).unwrap());
    let reply = form(json!({"aud": "x", "sub": "yes", "user": {"name": "me"}}))
        .exchanged(&emulator)
        .await;
    let claims = crate::requests::claims(reply["access_token"].as_str().unwrap());
    assert_eq!(claims["sub"], "me");
    let filter = r#"the claims do not match the filter of the identity pool pool-abc, claims.aud == "x" && claims.sub.startsWith("y")"#;
    for (claims, why) in [
        (json!({"aud": "x", "sub": "no"}), filter.to_owned()),
        (json!({"aud": "x", "sub": null}), format!("{filter}: the token has no claim claims.sub")),
        (
            json!({"aud": "x", "sub": "yes"}),
            "the claim user.name, the identity in the identity pool pool-abc, is missing or no text".to_owned(),
        ),
    ] {
        assert_eq!(form(claims).refused(&emulator).await, ("subject_token".to_owned(), why));
    }
    let refused = form(json!({}))
        .with("identity_pool_id", "pool-other")
        .refused(&emulator)
        .await;
    assert_eq!(
        refused,
        (
            "identity_pool_id".to_owned(),
            "there is no identity pool pool-other".to_owned()
        )
    );
    for (pool, why) in [
        (
            IdentityPool::new("a").filter("x"),
            "the filter cannot be read: at character 1: x is not known; claims are claims.NAME",
        ),
        (
            IdentityPool::new("a").identity_provider("x"),
            "no identity provider has the issuer x",
        ),
    ] {
        let error = StsEmulator::builder()
            .identity_pool(pool)
            .start()
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

#[tokio::test]
async fn any_jwt_can_be_trusted() {
    let emulator = StsEmulator::builder()
        .trust_any_jwt()
        .start()
        .await
        .unwrap();
    // {"alg":"none"} and {"sub":"me"}
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.";
    Form::new(unsigned).exchanged(&emulator).await;
    let stranger = StsEmulator::start().await.unwrap();
    Form::new(&stranger.subject_token("me").unwrap())
        .exchanged(&emulator)
        .await;
    let expired = stranger.any_token(&json!({"exp": 1})).unwrap();
    assert!(
        Form::new(&expired)
            .refused(&emulator)
            .await
            .1
            .starts_with("the subject token expired ")
    );
    assert!(
        Form::new("a.b.c")
            .refused(&emulator)
            .await
            .1
            .starts_with("the subject token is no JWT")
    );
}

#[tokio::test]
async fn the_clock_of_one_request_can_be_wrong() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    emulator.inject(Fault::clock_skew(4000)).unwrap();
    emulator.inject(Fault::clock_skew(-60)).unwrap();
    let why = form.refused(&emulator).await.1;
    assert!(why.starts_with("the subject token expired "), "{why}");
    let why = form.refused(&emulator).await.1;
    assert!(
        why.starts_with("the subject token is not valid for another "),
        "{why}"
    );
    form.exchanged(&emulator).await;
    let endpoints: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| request.endpoint)
        .collect();
    assert_eq!(endpoints, [Endpoint::Exchange; 3]);
}

#[tokio::test]
async fn of_any_jwt_filters_count_and_audiences_do_not() {
    let pool = IdentityPool::new("pool-abc").filter("claims.sub == 'me'");
    let builder = StsEmulator::builder().trust_any_jwt().audience("x");
    let emulator = builder.identity_pool(pool).start().await.unwrap();
    // {"alg":"none"}; {"sub":"me"} and {"sub":"you"}
    let [me, you] = ["eyJzdWIiOiJtZSJ9", "eyJzdWIiOiJ5b3UifQ"]
        .map(|claims| Form::new(&format!("eyJhbGciOiJub25lIn0.{claims}.")));
    me.exchanged(&emulator).await;
    let (_, why) = you.refused(&emulator).await;
    let expected = "the claims do not match the filter ";
    assert!(why.starts_with(expected), "{why}");
}
