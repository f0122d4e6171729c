//! Runtimes on which nothing can be exchanged.

use std::process::Command;

use sts_sdk::subject_token::StaticToken;
use sts_sdk::{TokenError, TokenProvider};
use sts_sdk_tests::{JWT, Server, provider, seconds, text, token, token_reply};
use tokio::runtime::{Builder, Runtime};

/// Tells this test binary that it is run by one of its own tests.
const CHILD: &str = "STS_SDK_TESTS_CHILD";

fn builder() -> Builder {
    Builder::new_current_thread()
}

fn tokens(url: &str) -> TokenProvider {
    let builder = TokenProvider::builder()
        .base_url(url)
        .identity_pool_id("pool-abc")
        .subject_token(StaticToken::new(JWT));
    builder.build().unwrap()
}

fn asked(runtime: &Runtime, tokens: &TokenProvider) -> TokenError {
    let error = runtime.block_on(tokens.token()).unwrap_err();
    assert!(!error.is_transient(), "{error}");
    error
}

/// Runs `work` in a process of its own; how many panics that process reports.
fn panics(test: &str, work: impl FnOnce()) -> usize {
    if std::env::var_os(CHILD).is_some() {
        work();
        println!("the work is done");
        return 0;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    let child = child.args(["--exact", test, "--nocapture"]).env(CHILD, "");
    let output = child.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let reported = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}{reported}");
    assert!(said.contains("the work is done"), "{said}");
    reported.matches(" panicked at ").count()
}

#[test]
fn one_without_timers_gives_one_error_and_is_no_failure() {
    let expected = "no access token for identity pool pool-abc: this tokio runtime has no timers; build it with enable_all()";
    let work = || {
        let good = builder().enable_all().build().unwrap();
        let server = good.block_on(Server::start(|_| token_reply("a-token")));
        let server = server.unwrap();
        let tokens = tokens(&server.url());
        let bare = builder().enable_io().build().unwrap();
        for _ in 0..3 {
            assert_eq!(asked(&bare, &tokens).to_string(), expected);
        }
        let error = bare.block_on(tokens.refresh()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        let error = bare.block_on(async { tokens.keep_fresh().unwrap_err() });
        assert_eq!(error.to_string(), expected);
        let status = tokens.status();
        assert!(status.failures == 0 && status.last_error.is_none());
        // Another runtime need not wait.
        good.block_on(tokens.token()).unwrap();
    };
    let test = "provider::runtimes::one_without_timers_gives_one_error_and_is_no_failure";
    // Tokio's own, which nobody can keep it from.
    assert!(panics(test, work) <= 1);
}

#[test]
fn one_without_io_gives_one_error() {
    let work = || {
        let bare = builder().enable_time().build().unwrap();
        let tokens = tokens("http://127.0.0.1:1");
        for _ in 0..3 {
            assert_eq!(
                asked(&bare, &tokens).to_string(),
                "no access token for identity pool pool-abc: this tokio runtime has no I/O; build it with enable_all()"
            );
        }
    };
    let test = "provider::runtimes::one_without_io_gives_one_error";
    assert!(panics(test, work) <= 1);
}

#[test]
fn one_that_is_driven_by_calls_alone_always_has_a_token() {
    let (clock, sts, tokens) = provider(token);
    let runtime = builder().enable_all().build().unwrap();
    let mut served = Vec::new();
    for _ in 0..200 {
        served.push(runtime.block_on(text(&tokens)));
        clock.advance(seconds(10));
    }
    served.dedup();
    assert_eq!(served, ["token-0", "token-1", "token-2"]);
    assert_eq!(sts.exchanges(), 3);
}
