//! A token exchange, step by step.
//!
//! Without arguments, over loopback against a stand-in server in this process:
//!
//! ```sh
//! cargo run --example exchange
//! ```
//!
//! Against Confluent Cloud, with the subject token in a file (or `-` for standard input), so that it
//! does not show in the list of processes:
//!
//! ```sh
//! cargo run --example exchange -- https://api.confluent.cloud pool-abc token.jwt
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;

use sts_sdk::TokenExchangeRequest;
use sts_sdk::{Client, Secret};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => against_stand_in().await,
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
    exchange(server, pool, Secret::from(token.trim())).await
}

async fn against_stand_in() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = format!("http://{}", listener.local_addr()?);
    println!("1. a stand-in for the STS listens at {server}");
    let stand_in = std::thread::spawn(move || serve_one(&listener));
    exchange(
        &server,
        "pool-abc",
        Secret::from("eyJhbGciOiJub25lIn0.e30."),
    )
    .await?;
    match stand_in.join() {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err("the stand-in failed".into()),
    }
}

async fn exchange(server: &str, pool: &str, subject_token: Secret) -> Result<(), Failure> {
    let client = Client::for_base_url(server)?;
    println!("2. sending the subject token, {subject_token:?}, with the identity pool {pool}");
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id(pool).subject_token(subject_token);
    let token = client.exchange(request).await?;
    println!(
        "4. a {} of {} characters, {:?}, for {} s",
        token.issued_token_type(),
        token.secret().expose_secret().len(),
        token.secret(),
        token.lifetime().as_secs(),
    );
    Ok(())
}

/// Takes one request and answers it as the STS would.
fn serve_one(listener: &TcpListener) -> io::Result<()> {
    let (stream, _) = listener.accept()?;
    let body = read_request(&stream)?;
    println!("3. the stand-in received this form:");
    for field in body.split('&') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let value = if name == "subject_token" {
            "[redacted]"
        } else {
            value
        };
        println!("     {name} = {value}");
    }
    let reply = concat!(
        r#"{"access_token":"eyJhbGciOiJub25lIn0.e30.","token_type":"Bearer","expires_in":900,"#,
        r#""issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}"#
    );
    let length = reply.len();
    write!(
        &stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{reply}"
    )
}

fn read_request(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body)?;
    Ok(body)
}
