//! The headers that an authenticator for the data plane sets.

use sts_sdk::auth::hooks::{self, Takes};
use sts_sdk::auth::{Authenticator, Pools};
use sts_sdk::reqwest::{Client, Method, Request};
use sts_sdk_tests::{
    Recorded, Server, always, external_token, forms_of_pools, jwt, provider, reply, token,
};

const HEADERS: [&str; 3] = [
    "authorization",
    "confluent-identity-pool-id",
    "target-sr-cluster",
];

fn seen(request: &Recorded) -> [Option<&str>; 3] {
    HEADERS.map(|name| request.header(name))
}

async fn server() -> Server {
    Server::start(|_| reply("200 OK", &[], "[]")).await.unwrap()
}

#[tokio::test]
async fn the_token_comes_with_its_pools_and_its_cluster() {
    let server = server().await;
    let token = external_token("me");
    for (pools, ids) in forms_of_pools() {
        let authenticator = Authenticator::external(always(&token))
            .pools(pools)
            .target_sr_cluster(" lsrc-abc ")
            .host("127.0.0.1")
            .build()
            .unwrap();
        authenticator
            .send(Client::new().get(server.url()))
            .await
            .unwrap();
        let request = server.take_requests().remove(0);
        let pools = ids.join(",");
        let pools = (!ids.is_empty()).then_some(pools.as_str());
        let bearer = format!("Bearer {token}");
        assert_eq!(seen(&request), [Some(&*bearer), pools, Some("lsrc-abc")]);
    }
}

#[tokio::test]
async fn by_default_there_is_the_token_alone() {
    let server = server().await;
    let token = external_token("me");
    let authenticator = Authenticator::external(always(&token)).host("127.0.0.1");
    let authenticator = authenticator.build().unwrap();
    let client = Client::new();
    authenticator.send(client.get(server.url())).await.unwrap();
    let bearer = format!("Bearer {token}");
    let request = server.take_requests().remove(0);
    assert_eq!(seen(&request), [Some(&*bearer), None, None]);
}

#[tokio::test]
async fn an_access_token_of_sts_comes_alone() {
    let server = server().await;
    let authenticator = Authenticator::builder(provider(token).2).host("127.0.0.1");
    let authenticator = authenticator.build().unwrap();
    let client = Client::new();
    authenticator.send(client.get(server.url())).await.unwrap();
    let request = server.take_requests().remove(0);
    assert_eq!(seen(&request), [Some("Bearer token-0"), None, None]);
}

#[tokio::test]
async fn what_the_caller_has_set_stays() {
    let server = server().await;
    let token = external_token("me");
    let authenticator = Authenticator::external(always(&token))
        .pools(Pools::one("pool-1").unwrap())
        .target_sr_cluster("lsrc-abc")
        .host("127.0.0.1")
        .build()
        .unwrap();
    let client = Client::new();
    let own_pool = client.get(server.url()).header(HEADERS[1], "pool-own");
    authenticator.send(own_pool).await.unwrap();
    let bearer = format!("Bearer {token}");
    let request = server.take_requests().remove(0);
    assert_eq!(
        seen(&request),
        [Some(&*bearer), Some("pool-own"), Some("lsrc-abc")]
    );
    let own_token = client.get(server.url()).header(HEADERS[0], "Basic own");
    authenticator.send(own_token).await.unwrap();
    let request = server.take_requests().remove(0);
    assert_eq!(
        seen(&request),
        [Some("Basic own"), None, None],
        "nothing beside it"
    );
}

#[tokio::test]
async fn a_refused_token_gives_way_to_the_next_with_the_same_headers() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (first, next) = (external_token("first"), external_token("next"));
    std::fs::write(file.path(), &first).unwrap();
    let refused = format!("Bearer {first}");
    let server = Server::start(move |request| {
        if request.header("authorization") == Some(&refused) {
            return reply("401 Unauthorized", &[], "");
        }
        reply("200 OK", &[], "[]")
    });
    let server = server.await.unwrap();
    let tokens =
        sts_sdk_tests::external_provider(sts_sdk::subject_token::TokenFile::new(file.path()));
    let authenticator = Authenticator::external(tokens.clone())
        .pools(Pools::one("pool-1").unwrap())
        .host("127.0.0.1")
        .build()
        .unwrap();
    tokens.warm_up().await.unwrap();
    std::fs::write(file.path(), &next).unwrap();
    let client = Client::new();
    let response = authenticator.send(client.get(server.url())).await.unwrap();
    assert_eq!(response.status(), 200);
    let requests = server.take_requests();
    let seen: Vec<_> = requests.iter().map(seen).collect();
    let bearers = [first, next].map(|token| format!("Bearer {token}"));
    assert_eq!(
        seen,
        bearers
            .each_ref()
            .map(|bearer| [Some(&**bearer), Some("pool-1"), None])
    );
}

#[tokio::test]
async fn a_token_that_is_given_again_after_a_401_leaves_the_caller_the_401() {
    let server = Server::start(|_| reply("401 Unauthorized", &[], ""))
        .await
        .unwrap();
    let authenticator = Authenticator::external(always(&external_token("me")));
    let authenticator = authenticator.host("127.0.0.1").build().unwrap();
    let client = Client::new();
    let response = authenticator.send(client.get(server.url())).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(
        server.take_requests().len(),
        1,
        "no request repeats the same token"
    );
}

#[test]
fn what_is_for_external_tokens_is_refused_for_access_tokens() {
    let tokens = provider(token).2;
    let why = "pools and target_sr_cluster are for external tokens; take Authenticator::external";
    let pools = Authenticator::builder(tokens.clone()).pools(Pools::automatic());
    assert_eq!(pools.build().unwrap_err().to_string(), why);
    let cluster = Authenticator::builder(tokens).target_sr_cluster("lsrc-abc");
    assert_eq!(cluster.build().unwrap_err().to_string(), why);
    let external = Authenticator::external(always("not-asked-yet"));
    let error = external
        .target_sr_cluster("lsrc-1\r\nx: y")
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "target_sr_cluster has characters that no id has; set it to an id such as lsrc-abc"
    );
}

#[tokio::test]
async fn an_operation_of_the_control_plane_gets_no_external_token() {
    let server = server().await;
    let authenticator = Authenticator::external(always(&jwt(&serde_json::json!({}))));
    let authenticator = authenticator.host("127.0.0.1").build().unwrap();
    let client = Client::new();
    let request = || Request::new(Method::GET, server.url().parse().unwrap());
    let sent = hooks::exec(
        &authenticator,
        &client,
        request(),
        "list_topics",
        Takes::AccessToken,
    )
    .await;
    let why = hooks::not_sent(&sent).unwrap().to_string();
    assert_eq!(
        why,
        "list_topics takes an access token of STS, and this client has an external token; make a client with the other"
    );
    assert!(server.take_requests().is_empty());
}
