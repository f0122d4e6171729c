//! Lists the environments of an organization, page by page.
//!
//! Without arguments, against a stand-in for the API in this process, which takes back the first token after the first page:
//! it answers 401 once, and the client goes on with another token.
//!
//! ```sh
//! cargo run -p sts-sdk-org --example environments
//! ```
//!
//! Against a server on this machine, such as a mock server, with a token of the emulator:
//!
//! ```sh
//! cargo run -p sts-sdk-org --example environments -- http://127.0.0.1:4010
//! ```
//!
//! Against Confluent Cloud, with the token that `TokenProvider::from_env` finds:
//!
//! ```sh
//! cargo run -p sts-sdk-org --example environments -- https://api.confluent.cloud
//! ```

mod stand_in;

use std::error::Error;
use std::process::ExitCode;

use reqwest::Url;
use sts_emulator::StsEmulator;
use sts_sdk::auth::Authenticator;
use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::{Secret, TokenProvider};
use sts_sdk_org::Client;

type Failure = Box<dyn Error>;

/// Most environments of a page.
const PAGE: u64 = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let url = std::env::args().nth(1);
    let outcome = match url {
        None => against_the_stand_in().await,
        Some(url) if url.starts_with("https:") => against_confluent_cloud(&url).await,
        Some(url) => against(&url).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn against_confluent_cloud(url: &str) -> Result<(), Failure> {
    list(&Client::new(url, TokenProvider::from_env()?.into())).await
}

async fn against_the_stand_in() -> Result<(), Failure> {
    let emulator = StsEmulator::start().await?;
    let url = stand_in::start().await?;
    list(&Client::new(&url, authenticator(&emulator, &url)?)).await?;
    println!("{} exchanges", emulator.count());
    Ok(())
}

async fn against(url: &str) -> Result<(), Failure> {
    let emulator = StsEmulator::start().await?;
    list(&Client::new(url, authenticator(&emulator, url)?)).await
}

/// Presents tokens of the emulator to the server at `url`, which is on this machine.
fn authenticator(emulator: &StsEmulator, url: &str) -> Result<Authenticator, Failure> {
    let subject_token = emulator.subject_token("my-workload")?;
    let tokens = TokenProvider::builder()
        .base_url(emulator.url())
        .identity_pool_id("pool-abc")
        .subject_token(move || {
            let subject_token = Secret::from(subject_token.clone());
            async { Ok::<_, SubjectTokenError>(subject_token) }
        })
        .build()?;
    let url = Url::parse(url)?;
    let host = url.host_str().unwrap_or_default();
    Ok(Authenticator::builder(tokens).host(host).build()?)
}

/// Prints all environments, page by page.
async fn list(client: &Client) -> Result<(), Failure> {
    let mut page_token: Option<String> = None;
    for number in 1.. {
        let mut request = client.list_org_v2_environments().page_size(PAGE);
        if let Some(token) = page_token {
            request = request.page_token(token);
        }
        let page = request.send().await?.into_inner();
        println!("page {number}");
        for environment in &page.data {
            println!("  {} {}", environment.id, environment.display_name);
        }
        page_token = page.metadata.next.as_deref().and_then(next_page);
        if page_token.is_none() {
            break;
        }
    }
    Ok(())
}

/// The token of the page that `link` leads to.
fn next_page(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let mut query = url.query_pairs();
    let (_, token) = query.find(|(name, _)| name == "page_token")?;
    Some(token.into_owned())
}
