//! What programs without the secret can do to the endpoint of `confluent-sts serve`.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::served::Served;
use crate::world::World;

const FORM: &str = "grant_type=client_credentials";

#[tokio::test]
async fn idle_connections_do_not_silence_it() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let address = served.url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/token").unwrap();
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(TcpStream::connect(address).await.unwrap());
    }
    // Sooner than they would be closed for being idle.
    let answer = timeout(Duration::from_secs(20), served.post(FORM)).await;
    assert_eq!(answer.unwrap().0, 200);
    served.end().await;
}

#[tokio::test]
async fn a_connection_takes_one_request() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let address = served.url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/token").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await;
    read.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    served.end().await;
}

#[tokio::test]
async fn of_more_than_64_connections_the_oldest_is_closed_and_no_other() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let address = served.url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/token").unwrap();
    let mut idle = Vec::new();
    for _ in 0..65 {
        idle.push(TcpStream::connect(address).await.unwrap());
    }
    // Sooner than it would be closed for being idle.
    let soon = Duration::from_secs(20);
    let end = timeout(soon, idle[0].read(&mut [0; 1])).await;
    assert!(matches!(end, Ok(Ok(0) | Err(_))), "{end:?}");
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    idle[1].write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(soon, idle[1].read_to_string(&mut answer)).await;
    read.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    served.end().await;
}
