//! A stand-in for the Organization API: seven environments, and a token that is taken back after the first page.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ENVIRONMENTS: usize = 7;

/// Starts it; its URL.
pub(crate) async fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let links = url.clone();
    tokio::spawn(async move {
        let mut taken_back = None;
        // One connection at a time is enough for one client.
        while let Ok((stream, _)) = listener.accept().await {
            if let Err(error) = serve(stream, &links, &mut taken_back).await {
                eprintln!("the stand-in lost a connection: {error}");
            }
        }
    });
    Ok(url)
}

/// Answers the requests of one connection.
async fn serve(
    mut stream: TcpStream,
    url: &str,
    taken_back: &mut Option<String>,
) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let head: Vec<u8> = received.drain(..end + 4).collect();
        let (status, body) = answer(&String::from_utf8_lossy(&head), url, taken_back);
        println!("  (the API answers {status})");
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes()).await?;
    }
}

fn answer(head: &str, url: &str, taken_back: &mut Option<String>) -> (&'static str, String) {
    let presented = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    });
    let refused = |detail| {
        let error = format!(r#"{{"errors": [{{"status": "401", "detail": "{detail}"}}]}}"#);
        ("401 Unauthorized", error)
    };
    let Some(presented) = presented.filter(|value| value.starts_with("Bearer ")) else {
        return refused("There is no bearer token.");
    };
    if taken_back.as_deref() == Some(presented) {
        return refused("The token was taken back.");
    }
    let first = number(head, "page_token=").unwrap_or(0);
    let size = number(head, "page_size=").unwrap_or(10);
    if first == 0 {
        *taken_back = Some(presented.to_owned());
    }
    ("200 OK", page(url, first, size))
}

/// The number after `name` in the query of a request.
fn number(head: &str, name: &str) -> Option<usize> {
    let line = head.lines().next()?;
    let (_, rest) = line.split_once(name)?;
    rest.split(['&', ' ']).next()?.parse().ok()
}

fn page(url: &str, first: usize, size: usize) -> String {
    let end = ENVIRONMENTS.min(first + size);
    let environments: Vec<String> = (first..end)
        .map(|number| {
            format!(
                r#"{{"id": "env-{number}", "display_name": "environment {number}",
                    "metadata": {{"self": "{url}/org/v2/environments/env-{number}"}}}}"#
            )
        })
        .collect();
    let next = if end < ENVIRONMENTS {
        format!(r#"{{"next": "{url}/org/v2/environments?page_size={size}&page_token={end}"}}"#)
    } else {
        "{}".to_owned()
    };
    format!(
        r#"{{"api_version": "org/v2", "kind": "EnvironmentList", "metadata": {next}, "data": [{}]}}"#,
        environments.join(", ")
    )
}
