//! One exchange, by the SDK and by what it could be written with instead.

mod bare_hyper;
mod bare_reqwest;
mod ours;
mod wire;

use std::error::Error;

use tokio::runtime;

use crate::token;

pub type Failure = Box<dyn Error + Send + Sync>;

/// What is measured: how exchanges are made.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Ours,
    Reqwest,
    Hyper,
}

impl Kind {
    /// # Errors
    ///
    /// There is no such kind.
    pub fn parse(name: &str) -> Result<Self, Failure> {
        match name {
            "sts-sdk" => Ok(Self::Ours),
            "reqwest" => Ok(Self::Reqwest),
            "hyper" => Ok(Self::Hyper),
            _ => Err(format!("{name}: not one of sts-sdk, reqwest, hyper").into()),
        }
    }
}

/// A client that keeps its connection from one exchange to the next.
trait Exchange {
    /// The length of the access token, which proves that the reply was read.
    async fn exchange(&mut self, subject_token: &str) -> Result<usize, Failure>;
}

/// Makes a client, then `first` exchanges one after the other, then `second` exchanges between two calls
/// of `probe`. Returns what `probe` said.
///
/// # Errors
///
/// An exchange failed.
pub fn run<P>(
    kind: Kind,
    address: &str,
    (first, second): (u32, u32),
    probe: impl Fn() -> P,
) -> Result<(P, P), Failure> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match kind {
            Kind::Ours => between(ours::Client::new(address)?, first, second, probe).await,
            Kind::Reqwest => {
                between(bare_reqwest::Client::new(address)?, first, second, probe).await
            }
            Kind::Hyper => {
                let client = bare_hyper::Client::connect(address).await?;
                between(client, first, second, probe).await
            }
        }
    })
}

async fn between<P>(
    mut client: impl Exchange,
    first: u32,
    second: u32,
    probe: impl Fn() -> P,
) -> Result<(P, P), Failure> {
    let subject_token = token::jwt();
    repeat(&mut client, &subject_token, first).await?;
    let before = probe();
    repeat(&mut client, &subject_token, second).await?;
    Ok((before, probe()))
}

async fn repeat(
    client: &mut impl Exchange,
    subject_token: &str,
    times: u32,
) -> Result<(), Failure> {
    for _ in 0..times {
        let length = client.exchange(subject_token).await?;
        if length != subject_token.len() {
            return Err("the access token is not the one that the server sends".into());
        }
    }
    Ok(())
}
