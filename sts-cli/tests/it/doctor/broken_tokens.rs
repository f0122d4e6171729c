//! Subject tokens that are refused, each with the one line about it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sts_emulator::{Builder, IdentityPool, IdentityProvider, StsEmulator};

use super::setup::{Setup, after, clock};

/// Those of an identity provider that signs nothing here.
const KEYS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn builder() -> Builder {
    StsEmulator::builder()
}

/// An emulator whose pool is of an identity provider with this issuer.
fn of_issuer(issuer: &str) -> Builder {
    let pool = IdentityPool::new("pool-abc").identity_provider(issuer);
    let provider = IdentityProvider::new(issuer).jwks(KEYS);
    builder().identity_provider(provider).identity_pool(pool)
}

fn with_filter(filter: &str) -> Builder {
    builder().identity_pool(IdentityPool::new("pool-abc").filter(filter))
}

#[tokio::test]
async fn it_has_expired() {
    let claims =
        json!({"aud": "confluent", "sub": "me", "iat": after(-10_800), "exp": after(-7230)});
    let setup = Setup::new(builder().start().await.unwrap(), &claims);
    let expected = "subject token  it expired 2 h ago; have its source renew it (issuer http://STS/idp, audience \
        confluent, subject me, expired 2 h ago)";
    assert_eq!(setup.failure().await, (3, expected.to_owned()));
}

#[tokio::test]
async fn the_clock_is_behind() {
    let emulator = builder().clock(clock(-7230)).start().await.unwrap();
    let setup = Setup::new(emulator, &json!({"iat": after(-600), "exp": after(1800)}));
    let (code, failure) = setup.failure().await;
    let expected = "exchange       by the server's clock, the subject token expired 90 min ago, for this machine's \
        clock is 2 h behind the server's; set this machine's clock, as by NTP; it said 400 Bad Request: Subject \
        Token Expired";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
    let expected = "warning  clock          this machine's clock is 2 h behind the server's; set it, as by NTP";
    assert_eq!(setup.step("clock").await, expected);
}

#[tokio::test]
async fn the_clock_is_ahead() {
    let emulator = builder().clock(clock(7230)).start().await.unwrap();
    let claims = json!({"aud": "confluent", "sub": "me", "iat": after(-7500), "exp": after(-3630)});
    let expected = "subject token  it expired 60 min ago, for this machine's clock is 2 h ahead of the server's; \
        set this machine's clock, as by NTP (issuer http://STS/idp, audience confluent, subject me, expired 60 min \
        ago)";
    assert_eq!(
        Setup::new(emulator, &claims).failure().await,
        (3, expected.to_owned())
    );
}

#[tokio::test]
async fn it_is_not_valid_yet() {
    let claims = json!({"aud": "confluent", "sub": "me", "nbf": after(1830)});
    let expected = "subject token  it is valid only in 30 min; set the clock of the machine that issued it (issuer \
                    http://STS/idp, audience confluent, subject me, is not valid yet, but in 30 min)";
    let setup = Setup::new(builder().start().await.unwrap(), &claims);
    assert_eq!(setup.failure().await, (3, expected.to_owned()));
}

#[tokio::test]
async fn its_audience_is_another() {
    let emulator = builder().audience("confluent").start().await.unwrap();
    let setup =
        Setup::new(emulator, &json!({"aud": ["a", "b"]})).argument("--expect-audience=confluent");
    let expected = "exchange       the audience of the subject token is a, b, and confluent is expected; have the \
        source ask for confluent (--audience or --scope), or take the token's at Confluent; it said 400 Bad \
        Request: Wrong Audience: the audience of the subject token is a, b; taken is confluent (field \
        subject_token, code wrong_audience) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn its_audience_is_that_of_another_version_of_entra() {
    let emulator = builder().audience("1a2b").start().await.unwrap();
    let setup =
        Setup::new(emulator, &json!({"aud": "api://1a2b"})).argument("--expect-audience=1a2b");
    let expected = "exchange       the audience of the subject token is api://1a2b, and 1a2b is expected: Microsoft \
        Entra's version 1.0 writes api:// before it, 2.0 does not; have the source ask for 1a2b (--audience or \
        --scope), or take the token's at Confluent; it said 400 Bad Request: Wrong Audience: the audience of the \
        subject token is api://1a2b; taken is 1a2b (field subject_token, code wrong_audience) (request id \
        REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn its_issuer_has_a_slash_at_the_end() {
    let emulator = of_issuer("https://idp.example").start().await.unwrap();
    let setup = Setup::new(emulator, &json!({"iss": "https://idp.example/"}));
    let setup = setup.argument("--expect-issuer=https://idp.example");
    let expected = "exchange       the issuer of the subject token is https://idp.example/, and https://idp.example \
        is expected: the slash at the end counts; write the issuer at Confluent with it, as the token has it; it \
        said 400 Bad Request: Unknown Issuer: the issuer of the subject token is https://idp.example/; the identity \
        pool is of the identity provider https://idp.example (field subject_token, code unknown_issuer) (request id \
        REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn its_issuer_is_that_of_another_version_of_entra() {
    let v2 = "https://login.microsoftonline.com/6a5b/v2.0";
    let setup = Setup::new(
        of_issuer(v2).start().await.unwrap(),
        &json!({"iss": "https://sts.windows.net/6a5b/"}),
    );
    let setup = setup.argument("--expect-issuer").argument(v2);
    let expected = "exchange       the issuer of the subject token is https://sts.windows.net/6a5b/, and \
        https://login.microsoftonline.com/6a5b/v2.0 is expected: Microsoft Entra issued version 1.0 in place of \
        2.0; set requestedAccessTokenVersion of the application to 2, or the issuer at Confluent to that of the \
        token; it said 400 Bad Request: Unknown Issuer: the issuer of the subject token is \
        https://sts.windows.net/6a5b/; the identity pool is of the identity provider \
        https://login.microsoftonline.com/6a5b/v2.0 (field subject_token, code unknown_issuer) (request id \
        REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn its_issuer_is_another() {
    let emulator = of_issuer("https://idp.example").start().await.unwrap();
    let setup = Setup::new(emulator, &json!({})).argument("--expect-issuer=https://idp.example");
    let (code, failure) = setup.failure().await;
    let expected = "exchange       the issuer of the subject token is http://STS/idp, and https://idp.example is \
        expected; take the token of that identity provider, or set the issuer at Confluent to that of the token; it \
        said ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn the_filter_is_for_azp_and_it_has_appid() {
    let filter = r#"claims.aud == "a" && claims.azp == "1a2b""#;
    let emulator = with_filter(filter).start().await.unwrap();
    let setup = Setup::new(emulator, &json!({"aud": "a", "appid": "1a2b"}));
    let setup = setup.argument("--filter").argument(filter);
    let expected = "exchange       the filter does not match, as far as it can be evaluated here: claims.azp == \
        \"1a2b\" does not hold: the token has no azp, but appid, as Microsoft Entra's version 1.0 calls it; correct \
        the filter of the identity pool, or have the identity provider give the claim; it said 400 Bad Request: \
        Filter Does Not Match: the claims do not match the filter of the identity pool pool-abc, claims.aud == \
        \"a\" && claims.azp == \"1a2b\": the token has no claim claims.azp (field subject_token, code \
        filter_mismatch) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn the_filter_does_not_match() {
    let filter = r#"claims.aud == "a" && claims.sub.startsWith("system:")"#;
    let emulator = with_filter(filter).start().await.unwrap();
    let setup = Setup::new(emulator, &json!({"aud": "a", "sub": "me"}));
    let setup = setup.argument("--filter").argument(filter);
    let expected = "exchange       the filter does not match, as far as it can be evaluated here: \
        claims.sub.startsWith(\"system:\") does not hold: sub is \"me\"; correct the filter of the identity pool, \
        or have the identity provider give the claim; it said 400 Bad Request: Filter Does Not Match: the claims do \
        not match the filter of the identity pool pool-abc, claims.aud == \"a\" && \
        claims.sub.startsWith(\"system:\") (field subject_token, code filter_mismatch) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn it_is_not_signed() {
    let encode = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = json!({"iss": "https://idp.example", "aud": "a", "sub": "me", "exp": after(3630)});
    let header = encode(json!({"alg": "none"}).to_string());
    let token = format!("{header}.{}.AA", encode(claims.to_string()));
    let emulator = of_issuer("https://idp.example").start().await.unwrap();
    let (code, failure) = Setup::with_token(emulator, &token).failure().await;
    let expected = "exchange       the subject token has alg none, which no published key verifies; take the token \
        that the identity provider signed; it said 400 Bad Request: Unknown Algorithm: ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn it_is_of_nobody() {
    let setup = Setup::new(builder().start().await.unwrap(), &json!({"sub": null}));
    let expected = "exchange       the subject token has no sub; take the token of a workload, or let the identity \
        pool use another claim; it said 400 Bad Request: No Identity: the claim sub, the identity in the identity \
        pool pool-abc, is missing or no text (field subject_token, code no_identity) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn its_signature_is_by_another_key_of_which_nothing_is_known_here() {
    let other = StsEmulator::start().await.unwrap();
    let emulator = of_issuer("https://idp.example").start().await.unwrap();
    let token = other
        .any_token(&json!({"iss": "https://idp.example"}))
        .unwrap();
    let (code, failure) = Setup::with_token(emulator, &token).failure().await;
    let expected = "exchange       the server refused, and nothing wrong is seen from here; compare issuer, \
        audience and filter of the identity provider and the pool with the subject token (--expect-issuer, \
        --expect-audience and --filter do); it said 400 Bad Request: Unknown Key: ";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(code, 4);
}

#[tokio::test]
async fn the_pool_is_misspelt() {
    let emulator = builder()
        .identity_pool(IdentityPool::new("pool-abc"))
        .start()
        .await
        .unwrap();
    let setup = Setup::new(emulator, &json!({})).argument("--identity-pool-id=pool-abx");
    let expected = "exchange       the server does not know the identity pool pool-abx; compare the id with that at \
        Confluent; it said 400 Bad Request: Unknown Identity Pool: there is no identity pool pool-abx (field \
        identity_pool_id, code unknown_identity_pool) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}

#[tokio::test]
async fn the_pool_is_an_identity_provider() {
    let emulator = builder()
        .identity_pool(IdentityPool::new("pool-abc"))
        .start()
        .await
        .unwrap();
    let setup = Setup::new(emulator, &json!({})).argument("--identity-pool-id=op-12");
    let expected = "exchange       op-12 is the id of an identity provider; give that of the identity pool, which \
        begins with pool-; it said 400 Bad Request: Unknown Identity Pool: there is no identity pool op-12 (field \
        identity_pool_id, code unknown_identity_pool) (request id REQUEST-ID)";
    assert_eq!(setup.failure().await, (4, expected.to_owned()));
}
