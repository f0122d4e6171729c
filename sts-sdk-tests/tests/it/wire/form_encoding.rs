//! What is sent is exactly what the specification declares, encoded once.

use proptest::prelude::*;
use sts_sdk::generated::Error;
use sts_sdk::types::{
    ObjectMeta, StsV1TokenExchangeRequest, StsV1TokenExchangeRequestApiVersion,
    StsV1TokenExchangeRequestKind, builder,
};
use sts_sdk::{Client, JsonText};
use sts_sdk_tests::{Recorded, Server, lifetimes, says, token_reply};

/// Sends what `fill` sets and returns the request as the server saw it.
async fn sent(
    fill: impl FnOnce(builder::StsV1TokenExchangeRequest) -> builder::StsV1TokenExchangeRequest,
) -> Recorded {
    let server = start().await;
    let client = Client::for_base_url(&server.url()).unwrap();
    let exchange = client
        .generated()
        .exchange_sts_v1_oauth_token()
        .body_map(fill);
    exchange.send().await.unwrap();
    let mut requests = server.take_requests();
    assert_eq!(requests.len(), 1, "one exchange is one request");
    requests.remove(0)
}

async fn start() -> Server {
    Server::start(|_| token_reply("a")).await.unwrap()
}

fn pairs(request: &Recorded) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

fn names(request: &Recorded) -> Vec<String> {
    pairs(request).into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn the_published_example_is_sent_byte_for_byte() {
    let (_, lifetime) = lifetimes();
    let request = sent(|body| {
        body.api_version(StsV1TokenExchangeRequestApiVersion::StsV1)
            .kind(StsV1TokenExchangeRequestKind::TokenExchangeRequest)
            .id(Some("dlz-f3a90de".parse().unwrap()))
            .grant_type("urn:ietf:params:oauth:grant-type:token-exchange")
            .subject_token("test_jwt_token")
            .identity_pool_id("pool_1")
            .subject_token_type("urn:ietf:params:oauth:token-type:jwt")
            .requested_token_type("urn:ietf:params:oauth:token-type:access_token")
            .expires_in(lifetime)
    })
    .await;
    let expected = format!(
        "api_version=sts%2Fv1\
         &expires_in={lifetime}\
         &grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
         &id=dlz-f3a90de\
         &identity_pool_id=pool_1\
         &kind=TokenExchangeRequest\
         &requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token\
         &subject_token=test_jwt_token\
         &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt"
    );
    assert_eq!(String::from_utf8(request.body).unwrap(), expected);
}

#[tokio::test]
async fn what_is_not_set_is_not_sent() {
    let request = sent(|body| body.subject_token("t").identity_pool_id("p")).await;
    let pairs = pairs(&request);
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("expires_in", &*lifetimes().1.to_string()),
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange"
            ),
            ("identity_pool_id", "p"),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token"
            ),
            ("subject_token", "t"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ]
    );
}

#[tokio::test]
async fn the_order_of_fields_does_not_depend_on_the_order_of_calls() {
    let one = sent(|body| body.subject_token("t").identity_pool_id("p").expires_in(60)).await;
    let other = sent(|body| body.expires_in(60).identity_pool_id("p").subject_token("t")).await;
    assert_eq!(one.body, other.body);
}

#[tokio::test]
async fn metadata_is_sent_as_json_text_however_it_is_given() {
    let metadata = || ObjectMeta::builder().self_("crn://a");
    let complete = ObjectMeta::try_from(metadata()).unwrap();
    let with =
        |body: builder::StsV1TokenExchangeRequest| body.subject_token("t").identity_pool_id("p");
    for request in [
        sent(|body| with(body).metadata(metadata())).await,
        sent(|body| with(body).metadata(complete.clone())).await,
        sent(|body| with(body).metadata(Some(complete.clone().into()))).await,
    ] {
        let pairs = pairs(&request);
        let (_, text) = pairs.iter().find(|(name, _)| name == "metadata").unwrap();
        assert_eq!(text, r#"{"self":"crn://a"}"#);
    }
    // A builder that lacks what the schema requires fails as a whole.
    let lacking = with(StsV1TokenExchangeRequest::builder()).metadata(ObjectMeta::builder());
    let error = StsV1TokenExchangeRequest::try_from(lacking).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("metadata") && text.contains("self_"),
        "{text}"
    );
}

#[tokio::test]
async fn every_property_of_metadata_is_sent() {
    let request = sent(|body| {
        let metadata = ObjectMeta {
            self_: "https://api.confluent.cloud/sts/v1/token-exchange-requests/ter-12345"
                .to_owned(),
            resource_name: Some("crn://confluent.cloud/a=b&c".to_owned()),
            created_at: Some("2006-01-02T15:04:05-07:00".to_owned()),
            updated_at: None,
            deleted_at: None,
        };
        body.subject_token("t")
            .identity_pool_id("p")
            .metadata(JsonText::from(metadata))
    })
    .await;
    let pairs = pairs(&request);
    let (_, text) = pairs.iter().find(|(name, _)| name == "metadata").unwrap();
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        value,
        serde_json::json!({
            "self": "https://api.confluent.cloud/sts/v1/token-exchange-requests/ter-12345",
            "resource_name": "crn://confluent.cloud/a=b&c",
            "created_at": "2006-01-02T15:04:05-07:00",
        })
    );
}

#[tokio::test]
async fn the_request_line_and_headers_are_those_of_the_specification() {
    let request = sent(|body| body.subject_token("t").identity_pool_id("p")).await;
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/sts/v1/oauth2/token");
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(request.header("accept"), Some("application/json"));
    let mut names: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "content-length",
            "content-type",
            "host",
            "user-agent"
        ]
    );
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with("sts-sdk/0."), "{agent}");
}

#[tokio::test]
async fn an_exchange_sends_what_the_generated_operation_sends() {
    let fill = |body: builder::StsV1TokenExchangeRequest| {
        let body = body.subject_token("a+b/c=").identity_pool_id("p");
        body.expires_in(60)
    };
    let generated = sent(fill).await;
    let server = Server::start(|_| token_reply("a")).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let request = fill(StsV1TokenExchangeRequest::builder());
    client.exchange(request).await.unwrap();
    let checked = server.take_requests().remove(0);
    let parts = |request: Recorded| {
        let mut headers = request.headers;
        headers.retain(|(name, _)| name != "host");
        (request.method, request.target, headers, request.body)
    };
    assert_eq!(parts(checked), parts(generated));
}

#[tokio::test]
async fn a_path_of_the_base_url_is_kept() {
    let server = start().await;
    for base_url in [
        format!("{}/stem", server.url()),
        format!("{}/stem/", server.url()),
    ] {
        let client = Client::for_base_url(&base_url).unwrap();
        let exchange = client.generated().exchange_sts_v1_oauth_token();
        let exchange = exchange.body_map(|body| body.subject_token("t").identity_pool_id("p"));
        exchange.send().await.unwrap();
    }
    let requests = server.take_requests();
    let targets: Vec<&str> = requests.iter().map(|sent| &*sent.target).collect();
    assert_eq!(targets, ["/stem/sts/v1/oauth2/token"; 2]);
}

#[tokio::test]
async fn what_the_specification_does_not_allow_is_not_sent() {
    let server = start().await;
    let client = Client::for_base_url(&server.url()).unwrap();
    let with = |lifetime: i64| {
        let body = StsV1TokenExchangeRequest::builder();
        body.subject_token("t")
            .identity_pool_id("p")
            .expires_in(lifetime)
    };
    let (allowed, _) = lifetimes();
    let beyond = |lifetime: i64| {
        let limits = format!("{}..={}", allowed.start(), allowed.end());
        (
            with(lifetime),
            format!("*expires_in: {lifetime} is not within {limits}"),
        )
    };
    for (body, expected) in [
        beyond(allowed.start() - 1),
        beyond(-1),
        beyond(allowed.end() + 1),
        beyond(i64::MAX),
        (
            StsV1TokenExchangeRequest::builder().identity_pool_id("p"),
            "*subject_token".to_owned(),
        ),
        (
            StsV1TokenExchangeRequest::builder().subject_token("t"),
            "*identity_pool_id".to_owned(),
        ),
    ] {
        let exchange = client.generated().exchange_sts_v1_oauth_token();
        match exchange.body_map(|_| body).send().await {
            Err(Error::InvalidRequest(reason)) => {
                assert!(says(&reason, &expected), "{reason}, not {expected}");
            }
            other => panic!("{expected}: {:?}", other.map(|_| ())),
        }
    }
    for lifetime in [*allowed.start(), *allowed.end()] {
        let exchange = client.generated().exchange_sts_v1_oauth_token();
        exchange.body_map(|_| with(lifetime)).send().await.unwrap();
    }
    let sent = server.take_requests();
    assert_eq!(sent.len(), 2, "only what is within the limits");
    let names = names(&sent[0]);
    assert!(names.contains(&"expires_in".to_owned()));
}

/// Any text, and often the characters that form encoding is about.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ +&=%\r\n\t\0/:;?#é漢🦀\u{202e}]{1,40}",
        "%[0-9A-Fa-f]{2}",
        Just("t".repeat(64 * 1024)),
        Just("%2B+%20 ".repeat(8 * 1024)),
    ]
}

#[test]
fn what_is_set_arrives_whatever_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(start());
    let client = Client::for_base_url(&server.url()).unwrap();
    let strategy = (text(), text(), text(), lifetimes().0);
    proptest!(ProptestConfig::with_cases(128), |((subject, pool, grant, lifetime) in strategy)| {
        let exchange = client.generated().exchange_sts_v1_oauth_token().body_map(|body| {
            body.subject_token(subject.clone())
                .identity_pool_id(pool.clone())
                .grant_type(grant.clone())
                .expires_in(lifetime)
        });
        runtime.block_on(exchange.send()).unwrap();
        let requests = server.take_requests();
        prop_assert_eq!(requests.len(), 1);
        let mut expected = vec![
            ("expires_in".to_owned(), lifetime.to_string()),
            ("grant_type".to_owned(), grant),
            ("identity_pool_id".to_owned(), pool),
            ("requested_token_type".to_owned(), "urn:ietf:params:oauth:token-type:access_token".to_owned()),
            ("subject_token".to_owned(), subject),
            ("subject_token_type".to_owned(), "urn:ietf:params:oauth:token-type:jwt".to_owned()),
        ];
        expected.sort();
        prop_assert_eq!(pairs(&requests[0]), expected);
    });
}
