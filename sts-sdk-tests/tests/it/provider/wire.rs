//! What a provider sends, as a server sees it.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use sts_sdk::subject_token::{StaticToken, TokenFile};
use sts_sdk::testing::{ManualClock, until_retry};
use sts_sdk::{BuildError, Client, Clock, TokenProvider, TokenProviderBuilder};
use sts_sdk_tests::{
    Act, JWT, Recorded, Server, jwt, lifetimes, reply, seconds, settled, token_reply,
};

fn builder(server: &Server) -> TokenProviderBuilder {
    TokenProvider::builder()
        .base_url(server.url())
        .identity_pool_id("pool-abc")
        .subject_token(StaticToken::new(JWT))
}

fn form(request: &Recorded) -> HashMap<String, String> {
    let pairs = form_urlencoded::parse(&request.body);
    pairs.into_owned().collect()
}

#[tokio::test]
async fn the_pool_the_subject_token_and_the_lifetime_are_sent() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let default = lifetimes().1.to_string();
    for (lifetime, sent) in [(None, &*default), (Some(seconds(600)), "600")] {
        let mut builder = builder(&server);
        if let Some(lifetime) = lifetime {
            builder = builder.lifetime(lifetime);
        }
        builder.build().unwrap().token().await.unwrap();
        let form = form(&server.take_requests()[0]);
        assert_eq!(form["identity_pool_id"], "pool-abc");
        assert_eq!(form["subject_token"], JWT);
        assert_eq!(form["expires_in"], sent);
    }
}

#[tokio::test]
async fn ten_thousand_tasks_cause_one_request() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let tokens = builder(&server).build().unwrap();
    let asked: Vec<_> = (0..10_000)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { tokens.authorization().await.unwrap() })
        })
        .collect();
    for header in asked {
        assert_eq!(header.await.unwrap(), "Bearer a-token");
    }
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_kept_as_it_sees_it() {
    let headers = [
        ("429 Too Many Requests", "retry-after: 17"),
        ("503 Service Unavailable", "retry-after: 17"),
        ("429 Too Many Requests", "x-ratelimit-reset: 17"),
    ];
    for (status, header) in headers {
        let clock = ManualClock::default();
        let times = Arc::new(Mutex::new(Vec::new()));
        let server = Server::start({
            let (clock, times) = (clock.clone(), Arc::clone(&times));
            move |_| {
                let mut times = times.lock().unwrap();
                times.push(clock.now());
                match times.len() {
                    1 => reply(status, &[header], ""),
                    _ => token_reply("a-token"),
                }
            }
        });
        let server = server.await.unwrap();
        let tokens = builder(&server).clock(clock.clone()).build().unwrap();
        let asked = tokio::spawn({
            let tokens = tokens.clone();
            async move { tokens.token().await.map(drop) }
        });
        until_retry(&tokens).await;
        while !asked.is_finished() {
            clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
        asked.await.unwrap().unwrap();
        let times = times.lock().unwrap();
        assert_eq!(times.len(), 2);
        assert!(times[1].since(&times[0]) >= seconds(17), "{header}");
    }
}

#[tokio::test]
async fn a_refused_subject_token_is_read_anew_from_its_file() {
    let stale = || jwt(&json!({"sub": "stale"}));
    let rotated = || jwt(&json!({"sub": "rotated"}));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, stale()).unwrap();
    let server = Server::start({
        let path = path.clone();
        move |request| {
            if form(request)["subject_token"] == stale() {
                // It is rotated just as it is used.
                fs::write(&path, rotated()).unwrap();
                return reply("401 Unauthorized", &[], "");
            }
            token_reply("a-token")
        }
    });
    let server = server.await.unwrap();
    let builder = builder(&server).subject_token(TokenFile::new(&path));
    builder.build().unwrap().token().await.unwrap();
    let sent = server.take_requests();
    let sent: Vec<_> = sent
        .iter()
        .map(|request| form(request)["subject_token"].clone())
        .collect();
    assert_eq!(sent, [stale(), rotated()]);
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again() {
    let clock = ManualClock::default();
    let up = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let server = Server::acting({
        let up = Arc::clone(&up);
        move |_| {
            if up.load(std::sync::atomic::Ordering::SeqCst) {
                vec![Act::Send(token_reply("a-token"))]
            } else {
                vec![Act::Reset]
            }
        }
    });
    let server = server.await.unwrap();
    let tokens = builder(&server)
        .clock(clock.clone())
        .max_retries(0)
        .build()
        .unwrap();
    let first = tokens.token().await.unwrap().tag();
    up.store(false, std::sync::atomic::Ordering::SeqCst);
    clock.advance(seconds(700));
    for _ in 0..10 {
        assert_eq!(tokens.token().await.unwrap().tag(), first);
        settled(&tokens).await;
        clock.advance(seconds(15));
    }
    assert!(tokens.status().failures > 1);
    // Nothing is left by now.
    clock.advance(seconds(100));
    tokens.token().await.unwrap_err();
    up.store(true, std::sync::atomic::Ordering::SeqCst);
    clock.advance(seconds(30));
    assert_ne!(tokens.token().await.unwrap().tag(), first);
}

#[tokio::test]
async fn a_client_of_the_callers_own_is_used() {
    let server = Server::start(|_| token_reply("a-token")).await.unwrap();
    let client = Client::builder().base_url(server.url()).user_agent("own/1");
    let tokens = TokenProvider::builder()
        .client(client.build().unwrap())
        .identity_pool_id("pool-abc")
        .subject_token(StaticToken::new(JWT));
    tokens.build().unwrap().token().await.unwrap();
    let sent = server.take_requests();
    assert!(sent[0].header("user-agent").unwrap().starts_with("own/1 "));
}

#[test]
fn what_cannot_work_is_refused_when_it_is_built() {
    let complete = || {
        TokenProvider::builder()
            .base_url("http://127.0.0.1:1")
            .identity_pool_id("pool-abc")
            .subject_token(StaticToken::new(JWT))
    };
    let text = |builder: TokenProviderBuilder| {
        let error: BuildError = builder.build().unwrap_err();
        error.to_string()
    };
    let client = Client::for_base_url("http://127.0.0.1:1").unwrap();
    let (allowed, _) = lifetimes();
    let (least, most) = allowed.into_inner();
    let lifetime = &*format!("the lifetime must be whole seconds from {least} to {most}");
    let beyond = u64::try_from(most).unwrap() + 1;
    for (builder, said) in [
        (
            TokenProvider::builder(),
            "identity_pool_id is missing; set it to the id of an identity pool, such as pool-abc",
        ),
        (
            complete().identity_pool_id(" "),
            "identity_pool_id is missing; set it to the id of an identity pool, such as pool-abc",
        ),
        (
            TokenProvider::builder().identity_pool_id("pool-abc"),
            "subject_token is missing; give the source of the subject tokens",
        ),
        (complete().lifetime(Duration::ZERO), lifetime),
        (complete().lifetime(seconds(beyond)), lifetime),
        (complete().lifetime(Duration::MAX), lifetime),
        (complete().lifetime(Duration::from_millis(1500)), lifetime),
        (
            complete().deadline(Duration::ZERO),
            "the deadline must be longer than zero and at most an hour",
        ),
        (
            complete().max_backoff(Duration::from_millis(999)),
            "max_backoff must be at least 1 s",
        ),
        (
            complete().client(client),
            "the base URL is that of the client that was given; set only one of them",
        ),
    ] {
        assert_eq!(text(builder), said);
    }
    assert!(
        complete()
            .base_url("not a url")
            .build()
            .unwrap_err()
            .is_base_url()
    );
    complete().build().unwrap();
}

#[tokio::test]
async fn names_are_those_of_the_pool_unless_given() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""))
        .await
        .unwrap();
    let tokens = builder(&server).build().unwrap();
    let error = tokens.token().await.unwrap_err().to_string();
    assert!(
        error.starts_with("no access token for identity pool pool-abc: 403 Forbidden"),
        "{error}"
    );
    let tokens = builder(&server).name("billing").build().unwrap();
    let error = tokens.token().await.unwrap_err().to_string();
    assert!(
        error.starts_with("no access token for billing: 403 Forbidden"),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_is_shown_as_one_line_of_at_most_400_characters() {
    let server = Server::start(|_| reply("403 Forbidden", &[], ""));
    let server = server.await.unwrap();
    let name = format!("a\nname{}", "é".repeat(1000));
    let tokens = builder(&server).name(name).build().unwrap();
    let error = tokens.token().await.unwrap_err().to_string();
    let shown = error.strip_prefix("no access token for ").unwrap();
    let (shown, _) = shown.split_once(": 403 Forbidden").unwrap();
    assert!(shown.starts_with("a nameé"), "{shown}");
    assert!(!shown.contains('\n'));
    assert_eq!(shown.chars().count(), 400);
}
