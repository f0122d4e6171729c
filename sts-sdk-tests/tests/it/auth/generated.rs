//! A generated client that carries the authenticator: its operations authenticate themselves.

use sts_sdk::auth::Authenticator;
use sts_sdk::auth::hooks::{self, Takes};
use sts_sdk::reqwest::{self, Method};
use sts_sdk::testing::{self, Answer};
use sts_sdk::{State, TokenProvider};
use sts_sdk_org::types::{OrgV2Environment, OrgV2StreamGovernanceConfig};
use sts_sdk_org::{Client, Error};
use sts_sdk_tests::{Server, always, external_token, provider, reply, token};

use super::{answering, on_loopback, presented};
use crate::prism::Prism;
use crate::workspace::examples::example;

const PAGE: &str =
    r#"{"api_version": "org/v2", "kind": "EnvironmentList", "metadata": {}, "data": []}"#;
const ENVIRONMENT: &str = r#"{"id": "env-1", "display_name": "one"}"#;
const FAILURE: &str = r#"{"errors": [{"status": "401", "detail": "Unknown token."}]}"#;

fn json(status: &str, body: &str) -> Vec<u8> {
    reply(status, &["content-type: application/json"], body)
}

fn client(server: &Server, tokens: &TokenProvider) -> Client {
    Client::new(&server.url(), on_loopback(tokens))
}

#[tokio::test]
async fn every_operation_authenticates_itself() {
    let server = Server::start(|request| match &*request.method {
        "DELETE" => reply("204 No Content", &[], ""),
        "POST" => json("201 Created", ENVIRONMENT),
        "GET" if request.target == "/org/v2/environments?page_size=2&page_token=next" => {
            json("200 OK", PAGE)
        }
        _ => json("200 OK", ENVIRONMENT),
    });
    let server = server.await.unwrap();
    let (_, sts, tokens) = provider(token);
    let client = client(&server, &tokens);
    let package = OrgV2StreamGovernanceConfig::builder().package("ESSENTIALS");
    let package = OrgV2StreamGovernanceConfig::try_from(package).unwrap();
    let named = OrgV2Environment::builder().display_name("one".to_owned());
    let named = OrgV2Environment::try_from(named).unwrap();
    let page = client
        .list_org_v2_environments()
        .page_size(2)
        .page_token("next".to_owned());
    page.send().await.unwrap();
    let made = client.create_org_v2_environment();
    let made = made.body_map(|body| {
        body.display_name("one")
            .stream_governance_config(package.clone())
    });
    made.send().await.unwrap();
    client
        .get_org_v2_environment()
        .id("env-1")
        .send()
        .await
        .unwrap();
    client
        .update_org_v2_environment()
        .id("env-1")
        .body(named)
        .send()
        .await
        .unwrap();
    client
        .delete_org_v2_environment()
        .id("env-1")
        .send()
        .await
        .unwrap();
    let requests = server.take_requests();
    assert_eq!(presented(&requests), [Some("Bearer token-0"); 5]);
    let lines: Vec<String> = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.target))
        .collect();
    let expected = [
        "GET /org/v2/environments?page_size=2&page_token=next",
        "POST /org/v2/environments",
        "GET /org/v2/environments/env-1",
        "PATCH /org/v2/environments/env-1",
        "DELETE /org/v2/environments/env-1",
    ];
    assert_eq!(lines, expected);
    let body = r#"{"display_name":"one","stream_governance_config":{"package":"ESSENTIALS"}}"#;
    assert_eq!(String::from_utf8_lossy(&requests[1].body), body);
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn an_operation_is_repeated_once_after_a_401() {
    let answers = vec![
        json("401 Unauthorized", FAILURE),
        json("201 Created", ENVIRONMENT),
    ];
    let server = answering(answers).await;
    let (_, sts, tokens) = provider(token);
    let client = client(&server, &tokens);
    let made = client.create_org_v2_environment();
    let made = made.body_map(|body| body.display_name("one")).send();
    assert_eq!(made.await.unwrap().id.as_deref(), Some("env-1"));
    let requests = server.take_requests();
    let expected = [Some("Bearer token-0"), Some("Bearer token-1")];
    assert_eq!(presented(&requests), expected);
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn a_401_to_every_token_is_an_error_response_of_the_operation() {
    let server = answering(vec![json("401 Unauthorized", FAILURE)]).await;
    let (_, _, tokens) = provider(token);
    let client = client(&server, &tokens);
    match client.list_org_v2_environments().send().await {
        Err(Error::ErrorResponse(value)) => {
            assert_eq!(value.status(), 401);
            assert_eq!(value.errors[0].detail.as_deref(), Some("Unknown token."));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(tokens.status().state, State::Invalidated);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_error_is_the_providers() {
    let server = answering(vec![json("200 OK", PAGE)]).await;
    let tokens = testing::failing(Answer::status(403).body(r#"{"message": "no such pool"}"#));
    let client = client(&server, &tokens);
    match client.list_org_v2_environments().send().await {
        Err(Error::Custom(text)) => {
            let last = tokens.status().last_error.unwrap();
            assert_eq!(text, last.to_string());
            assert!(text.contains("403 Forbidden: no such pool"), "{text}");
        }
        other => panic!("{other:?}"),
    }
    assert!(server.take_requests().is_empty());
}

#[tokio::test]
async fn without_a_response_there_is_a_communication_error() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let (_, _, tokens) = provider(token);
    let client = Client::new(&url, on_loopback(&tokens));
    let listed = client.list_org_v2_environments().send().await;
    assert!(
        matches!(&listed, Err(Error::CommunicationError(error)) if error.is_connect()),
        "{listed:?}"
    );
    assert_eq!(tokens.status().state, State::Fresh);
}

/// With each, Prism makes up other replies.
const SEEDS: u32 = 5;

#[test]
#[ignore = "needs Prism (npm install --prefix target/tools/npm @stoplight/prism-cli@5.14.2)"]
fn foreign_prism_finds_nothing_wrong_with_the_example_and_the_example_nothing_with_prism() {
    for seed in 1..=SEEDS {
        let seed = seed.to_string();
        let mock = ["mock", "--dynamic", "--errors", "--seed", &seed];
        let prism = Prism::start(&mock, "openapi/org-v2.yaml", &[]);
        let output = example("environments").arg(&prism.url).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "seed {seed}: {said}");
        let listed = String::from_utf8_lossy(&output.stdout);
        assert!(listed.starts_with("page 1\n"), "seed {seed}: {listed}");
    }
}

#[tokio::test]
#[ignore = "needs Prism (npm install --prefix target/tools/npm @stoplight/prism-cli@5.14.2)"]
async fn foreign_prism_finds_nothing_wrong_with_any_operation_and_wants_the_token() {
    for seed in 1..=SEEDS {
        let mock = ["mock", "--dynamic", "--errors", "--seed", &seed.to_string()];
        let prism = Prism::start(&mock, "openapi/org-v2.yaml", &[]);
        let (_, _, tokens) = provider(token);
        let client = Client::new(&prism.url, on_loopback(&tokens));
        let page = client
            .list_org_v2_environments()
            .page_size(2)
            .page_token("next".to_owned());
        page.send().await.unwrap();
        let made = client.create_org_v2_environment();
        made.body_map(|body| body.display_name("one"))
            .send()
            .await
            .unwrap();
        client
            .get_org_v2_environment()
            .id("env-1")
            .send()
            .await
            .unwrap();
        let named = OrgV2Environment::builder().display_name("one".to_owned());
        let named = client
            .update_org_v2_environment()
            .id("env-1")
            .body_map(|_| named);
        named.send().await.unwrap();
        client
            .delete_org_v2_environment()
            .id("env-1")
            .send()
            .await
            .unwrap();
        // It does look.
        let bare = reqwest::get(format!("{}/org/v2/environments", prism.url))
            .await
            .unwrap();
        assert_eq!(bare.status(), 401);
    }
}

/// What is refused of a list of environments.
async fn refused(client: &Client) -> String {
    match client.list_org_v2_environments().send().await {
        Err(Error::InvalidRequest(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_may_not_get_a_token_gets_no_request_of_an_operation() {
    let server = answering(vec![json("200 OK", PAGE)]).await;
    let (_, sts, tokens) = provider(token);
    let client = Client::new(&server.url(), tokens.into());
    assert_eq!(
        refused(&client).await,
        format!(
            "list_org_v2_environments would be sent to {}, which may not get a token; use an https URL of Confluent Cloud, \
             or name its host to the builder of the authenticator",
            server.url()
        )
    );
    assert!(server.take_requests().is_empty());
    assert_eq!(sts.exchanges(), 0);
}

#[tokio::test]
async fn the_token_of_the_other_plane_is_refused_before_anything_is_sent() {
    let server = answering(vec![json("200 OK", PAGE)]).await;
    let external = always(&external_token("me"));
    let external = Authenticator::external(external)
        .host("127.0.0.1")
        .build()
        .unwrap();
    let client = Client::new(&server.url(), external.clone());
    assert_eq!(
        refused(&client).await,
        "list_org_v2_environments takes an access token of STS, and this client has an external token; make a client with \
         the other"
    );
    let (_, _, tokens) = provider(token);
    let access = on_loopback(&tokens);
    let url: reqwest::Url = server.url().parse().unwrap();
    let client = reqwest::Client::new();
    for (authenticator, takes, sent) in [
        (&access, Takes::AccessToken, true),
        (&access, Takes::ExternalToken, false),
        (&access, Takes::Either, true),
        (&external, Takes::AccessToken, false),
        (&external, Takes::ExternalToken, true),
        (&external, Takes::Either, true),
    ] {
        let request = reqwest::Request::new(Method::GET, url.clone());
        let outcome = hooks::exec(authenticator, &client, request, "read", takes).await;
        let why = hooks::not_sent(&outcome);
        assert_eq!(why.is_none(), sent, "{takes:?}: {why:?}");
        assert!(why.is_none_or(|why| why.token().is_none()));
        if let Some(why) = why {
            let (wanted, other) = match takes {
                Takes::ExternalToken => ("an external token", "an access token of STS"),
                _ => ("an access token of STS", "an external token"),
            };
            let said = format!(
                "read takes {wanted}, and this client has {other}; make a client with the other"
            );
            assert_eq!(why.to_string(), said);
        }
        // Whoever does not ask why must not take it for a success.
        let status = outcome.unwrap().status();
        assert_eq!(status, if sent { 200 } else { 599 }, "{takes:?}");
        let requests = server.take_requests();
        assert_eq!(requests.len(), usize::from(sent), "{takes:?}");
        assert!(
            requests
                .iter()
                .all(|request| request.header("authorization").is_some())
        );
    }
    // One that the generated code does not know is not sent, whichever token there is.
    for authenticator in [&access, &external] {
        let request = reqwest::Request::new(Method::GET, url.clone());
        let outcome = hooks::exec(authenticator, &client, request, "read", Takes::Unknown).await;
        assert_eq!(
            hooks::not_sent(&outcome).unwrap().to_string(),
            "read is not among the operations whose token the generated code knows; generate the client anew"
        );
        assert!(server.take_requests().is_empty());
    }
    // An operation that takes neither is sent as it is.
    let request = reqwest::Request::new(Method::GET, url);
    let outcome = hooks::exec(&access, &client, request, "read", Takes::Neither).await;
    assert_eq!(outcome.unwrap().status(), 200);
    assert_eq!(presented(&server.take_requests()), [None]);
}
