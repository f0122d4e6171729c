//! Where tokens go: the rules of the authenticator, each for all of its faces, over real sockets.

mod faces;
mod generated;
mod hosts;
mod rate_limit;
mod redirects;
mod repetition;
mod requests;
mod tower_hosts;

use std::sync::atomic::{AtomicUsize, Ordering};

use sts_sdk::TokenProvider;
use sts_sdk::auth::Authenticator;
use sts_sdk_tests::{Recorded, Server, reply};

/// Presents the tokens of `tokens` to this machine as well.
fn on_loopback(tokens: &TokenProvider) -> Authenticator {
    let builder = Authenticator::builder(tokens.clone()).host("127.0.0.1");
    builder.build().unwrap()
}

/// A server that answers with each of these in turn, and with the last from then on.
async fn answering(answers: Vec<Vec<u8>>) -> Server {
    let next = AtomicUsize::new(0);
    let answer = move |_: &Recorded| {
        let next = next.fetch_add(1, Ordering::SeqCst);
        answers[next.min(answers.len() - 1)].clone()
    };
    Server::start(answer).await.unwrap()
}

/// A response with `status`, such as `401 Unauthorized`, and a body.
fn status(status: &str) -> Vec<u8> {
    reply(status, &[], "what the API says")
}

/// What was presented with each request.
fn presented(requests: &[Recorded]) -> Vec<Option<&str>> {
    let headers = requests
        .iter()
        .map(|request| request.header("authorization"));
    headers.collect()
}
