//! A token exchange, step by step.
//!
//! Without arguments, against the emulator in this process: an identity provider, an STS, and an API that wants the
//! access token.
//!
//! ```sh
//! cargo run --example exchange
//! ```
//!
//! Against Confluent Cloud, one exchange, with the subject token in a file (or `-` for standard input), so that it
//! does not show in the list of processes:
//!
//! ```sh
//! cargo run --example exchange -- https://api.confluent.cloud pool-abc token.jwt
//! ```

use std::io;
use std::process::ExitCode;

use sts_emulator::{Endpoint, StsEmulator};
use sts_sdk::reqwest::header::AUTHORIZATION;
use sts_sdk::reqwest::{self, StatusCode};
use sts_sdk::subject_token::SubjectTokenError;
use sts_sdk::{Client, Secret, Token, TokenExchangeRequest, TokenProvider};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => against_the_emulator().await,
        [server, pool, file] => against(server, pool, file).await,
        _ => Err("usage: exchange [SERVER IDENTITY_POOL_ID SUBJECT_TOKEN_FILE]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn against(server: &str, pool: &str, file: &str) -> Result<(), Failure> {
    let token = if file == "-" {
        io::read_to_string(io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let token = token.map_err(|error| format!("{file}: cannot be read: {error}"))?;
    let subject_token = Secret::from(token.trim());
    println!("1. sending the subject token, {subject_token:?}, with the identity pool {pool}");
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id(pool).subject_token(subject_token);
    let token = Client::for_base_url(server)?.exchange(request).await?;
    println!(
        "2. a {} of {} characters, {:?}, for {} s",
        token.issued_token_type(),
        token.secret().expose_secret().len(),
        token.secret(),
        token.lifetime().as_secs(),
    );
    Ok(())
}

async fn against_the_emulator() -> Result<(), Failure> {
    let emulator = StsEmulator::start().await?;
    println!("1. an STS listens at {}", emulator.url());
    println!(
        "   an identity provider at {}",
        emulator.identity_provider()
    );

    // The workload asks its identity provider for a subject token, and the provider of the SDK does the rest.
    let client = reqwest::Client::builder().no_proxy().build()?;
    let endpoint = format!("{}/token", emulator.identity_provider());
    let idp = client.clone();
    let tokens = TokenProvider::builder()
        .base_url(emulator.url())
        .identity_pool_id("pool-abc")
        .subject_token(move || subject_token(idp.clone(), endpoint.clone()))
        .build()?;

    let token = tokens.token().await?;
    describe("2. the exchange gave", &token);

    let api = format!("{}/resource/pool-abc", emulator.url());
    let status = call(&client, &api, &token).await?;
    println!("3. the API answered {status}");

    emulator.revoke_tokens();
    let status = call(&client, &api, &token).await?;
    println!("4. the token was revoked: the API answered {status}");

    // A 401 means that the token is of no use any more, even if it has not expired.
    if status == StatusCode::UNAUTHORIZED {
        tokens.invalidate(&token);
    }
    let token = tokens.token().await?;
    describe(
        "5. the token was invalidated, and another exchange gave",
        &token,
    );
    let status = call(&client, &api, &token).await?;
    println!("6. the API answered {status}");

    let token = tokens.refresh().await?;
    describe("7. a refresh gave", &token);

    println!("8. the STS saw these exchanges:");
    for request in emulator.requests() {
        if request.endpoint == Endpoint::Exchange {
            println!("   {}", request.outcome);
            for (name, value) in &request.parameters {
                println!("     {name} = {value}");
            }
        }
    }
    Ok(())
}

/// What an identity provider gives a workload that has a client id and a secret.
async fn subject_token(
    client: reqwest::Client,
    endpoint: String,
) -> Result<String, SubjectTokenError> {
    let form = "grant_type=client_credentials&client_id=my-workload&client_secret=its-secret";
    let request = client.post(endpoint).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = request.send().await?.error_for_status()?.bytes().await?;
    let reply: serde_json::Value = serde_json::from_slice(&body)
        .map_err(|_| SubjectTokenError::permanent("the reply is not JSON"))?;
    let token = reply["access_token"].as_str().map(str::to_owned);
    token.ok_or_else(|| SubjectTokenError::permanent("the reply has no access_token"))
}

async fn call(client: &reqwest::Client, api: &str, token: &Token) -> Result<StatusCode, Failure> {
    let request = client.get(api).header(AUTHORIZATION, token.authorization());
    Ok(request.send().await?.status())
}

/// Tokens are never printed: what is shown is a placeholder.
fn describe(step: &str, token: &Token) {
    let length = token.secret().expose_secret().len();
    println!(
        "{step} a token of {length} characters, {:?}",
        token.secret()
    );
}
