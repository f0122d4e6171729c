//! One authenticated request: with the header set by hand, and by the faces of the authenticator.

use std::error::Error;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect;
use reqwest_middleware::ClientWithMiddleware;
use sts_sdk::auth::{Authenticator, AuthenticatorLayer, AuthenticatorService, ByClone};
use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::{Secret, TokenProvider};
use tokio::runtime;
use tower_layer::Layer;
use tower_service::Service;

use crate::token;

type Failure = Box<dyn Error + Send + Sync>;

/// How requests are sent.
enum Sender {
    ByHand(reqwest::Client, HeaderValue),
    Send(reqwest::Client, Authenticator),
    MiddlewareByHand(ClientWithMiddleware, HeaderValue),
    Middleware(ClientWithMiddleware),
    Layer(
        reqwest::Client,
        AuthenticatorService<reqwest::Client, ByClone>,
    ),
}

/// Makes a client of this `kind`, then `first` requests one after the other, then `second` requests between two calls of
/// `probe`. Returns what `probe` said.
///
/// # Errors
///
/// There is no such kind, or a request failed.
pub fn run<P>(
    kind: &str,
    address: &str,
    (first, second): (u32, u32),
    probe: impl Fn() -> P,
) -> Result<(P, P), Failure> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut sender = sender(kind, address).await?;
        let url = format!("http://{address}/org/v2/environments");
        repeat(&mut sender, &url, first).await?;
        let before = probe();
        repeat(&mut sender, &url, second).await?;
        Ok((before, probe()))
    })
}

async fn sender(kind: &str, address: &str) -> Result<Sender, Failure> {
    let client = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .build()?;
    let tokens = TokenProvider::builder()
        .client(sts_sdk::Client::for_base_url(&format!("http://{address}"))?)
        .identity_pool_id("pool-abc")
        .subject_token(|| async { Ok::<_, SubjectTokenError>(Secret::from(token::jwt())) })
        .build()?;
    let header = tokens.authorization().await?;
    let host = address.split(':').next().unwrap_or_default();
    let authenticator = Authenticator::builder(tokens).host(host).build()?;
    let through = || reqwest_middleware::ClientBuilder::new(client.clone());
    Ok(match kind {
        "by-hand" => Sender::ByHand(client, header),
        "send" => Sender::Send(client, authenticator),
        "middleware-by-hand" => Sender::MiddlewareByHand(through().build(), header),
        "middleware" => Sender::Middleware(through().with(authenticator).build()),
        "layer" => {
            let service = AuthenticatorLayer::new(authenticator).layer(client.clone());
            Sender::Layer(client, service)
        }
        _ => return Err(format!("{kind}: not one of those in parts/request.bash").into()),
    })
}

async fn repeat(sender: &mut Sender, url: &str, times: u32) -> Result<(), Failure> {
    for _ in 0..times {
        let response = match sender {
            Sender::ByHand(client, header) => {
                let request = client.get(url).header(AUTHORIZATION, header.clone());
                request.send().await?
            }
            Sender::Send(client, authenticator) => authenticator.send(client.get(url)).await?,
            Sender::MiddlewareByHand(client, header) => {
                let request = client.get(url).header(AUTHORIZATION, header.clone());
                request.send().await?
            }
            Sender::Middleware(client) => client.get(url).send().await?,
            // It is always ready.
            Sender::Layer(client, service) => service.call(client.get(url).build()?).await?,
        };
        if response.bytes().await?.is_empty() {
            return Err("the server did not answer as it does".into());
        }
    }
    Ok(())
}
