//! What programs without the secret can do to the endpoint of `confluent-sts serve`.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::served::Served;
use crate::world::World;

const FORM: &str = "grant_type=client_credentials";

/// Sooner than connections are closed for being idle.
const SOON: Duration = Duration::from_secs(20);

/// Connections on which nothing is asked.
async fn idle(served: &Served, count: usize) -> Vec<TcpStream> {
    let address = address(served);
    let mut idle = Vec::new();
    for _ in 0..count {
        idle.push(TcpStream::connect(address).await.unwrap());
    }
    idle
}

fn address(served: &Served) -> &str {
    let address = served.url.strip_prefix("http://").unwrap();
    address.strip_suffix("/token").unwrap()
}

/// What is answered to one request, up to the end of the connection.
async fn asked(served: &Served, stream: &mut TcpStream) -> String {
    let address = address(served);
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(SOON, stream.read_to_string(&mut answer)).await;
    read.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer
}

#[tokio::test]
async fn idle_connections_do_not_silence_it() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let _idle = idle(&served, 100).await;
    let answer = timeout(SOON, served.post(FORM)).await;
    assert_eq!(answer.unwrap().0, 200);
    served.end().await;
}

#[tokio::test]
async fn a_connection_takes_one_request() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let mut stream = idle(&served, 1).await.remove(0);
    let answer = asked(&served, &mut stream).await;
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    served.end().await;
}

#[tokio::test]
async fn of_more_than_64_connections_the_oldest_is_closed_and_no_other() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let mut idle = idle(&served, 65).await;
    let end = timeout(SOON, idle[0].read(&mut [0; 1])).await;
    assert!(matches!(end, Ok(Ok(0) | Err(_))), "{end:?}");
    asked(&served, &mut idle[1]).await;
    served.end().await;
}
