//! A Kafka broker that knows how to authenticate, and nothing else.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

// Keys of requests: Kafka's protocol guide, "API keys".
const METADATA: i16 = 3;
const SASL_HANDSHAKE: i16 = 17;
const API_VERSIONS: i16 = 18;
const SASL_AUTHENTICATE: i16 = 36;

/// How much is offered.
const COUNT: u8 = 4;

/// What is offered: the key and its highest version.
const OFFERED: [(i16, i16); COUNT as usize] = [
    (METADATA, 0),
    (SASL_HANDSHAKE, 1),
    (API_VERSIONS, 3),
    (SASL_AUTHENTICATE, 1),
];

/// A running broker; stops when dropped.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    messages: mpsc::UnboundedReceiver<(u64, Vec<u8>)>,
    accepting: JoinHandle<()>,
}

impl Broker {
    /// Accepts every token for a session of so many milliseconds.
    ///
    /// # Errors
    ///
    /// There is no socket for it.
    pub async fn start(session_ms: i64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (sender, messages) = mpsc::unbounded_channel();
        let accepting = tokio::spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                number += 1;
                let connection = Connection {
                    number,
                    stream,
                    address,
                    session_ms,
                    messages: sender.clone(),
                };
                // It ends with an error when the client leaves.
                tokio::spawn(async { connection.serve().await.ok() });
            }
        });
        Ok(Self {
            address,
            messages,
            accepting,
        })
    }

    /// Its host and port.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What the next `SaslAuthenticate` holds, and the number of its connection.
    pub async fn next_message(&mut self) -> Option<(u64, Vec<u8>)> {
        self.messages.recv().await
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Connection {
    number: u64,
    stream: TcpStream,
    address: SocketAddr,
    session_ms: i64,
    messages: mpsc::UnboundedSender<(u64, Vec<u8>)>,
}

impl Connection {
    async fn serve(mut self) -> io::Result<()> {
        loop {
            let length = self.stream.read_i32().await?;
            let mut request = vec![0; usize::try_from(length).map_err(io::Error::other)?];
            self.stream.read_exact(&mut request).await?;
            let mut request = &request[..];
            let (key, version) = (request.read_i16().await?, request.read_i16().await?);
            let mut response = request.read_i32().await?.to_be_bytes().to_vec();
            // The name of the client.
            bytes(&mut request, 2)?;
            match key {
                API_VERSIONS => api_versions(version, &mut response),
                SASL_HANDSHAKE => {
                    response.extend([0; 2]);
                    response.extend(1_i32.to_be_bytes());
                    string("OAUTHBEARER", &mut response);
                }
                SASL_AUTHENTICATE => {
                    let message = bytes(&mut request, 4)?.to_vec();
                    self.messages.send((self.number, message)).ok();
                    // No error, and a message of none.
                    response.extend([0, 0, 0xff, 0xff]);
                    response.extend([0; 4]);
                    if version > 0 {
                        response.extend(self.session_ms.to_be_bytes());
                    }
                }
                METADATA => {
                    response.extend(1_i32.to_be_bytes());
                    response.extend(1_i32.to_be_bytes());
                    string("127.0.0.1", &mut response);
                    response.extend(i32::from(self.address.port()).to_be_bytes());
                    response.extend([0; 4]);
                }
                _ => return Ok(()),
            }
            let length = i32::try_from(response.len()).map_err(io::Error::other)?;
            self.stream.write_all(&length.to_be_bytes()).await?;
            self.stream.write_all(&response).await?;
        }
    }
}

/// Takes bytes that have their length before them, in so many bytes; a negative length is that of none.
fn bytes<'a>(request: &mut &'a [u8], length_of_length: usize) -> io::Result<&'a [u8]> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (length, rest) = request.split_at_checked(length_of_length).ok_or_else(cut)?;
    let is_none = length.first().is_some_and(|byte| byte & 0x80 != 0);
    let length = length
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    let length = if is_none { 0 } else { length };
    let (taken, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
    *request = rest;
    Ok(taken)
}

fn string(text: &str, response: &mut Vec<u8>) {
    // All of them are short.
    response.extend([0, u8::try_from(text.len()).unwrap_or_default()]);
    response.extend(text.as_bytes());
}

fn api_versions(version: i16, response: &mut Vec<u8>) {
    // From version 3 on, lengths are one more in a byte, and structures end with their tagged fields, of which there are
    // none.
    let is_flexible = version >= 3;
    response.extend([0; 2]);
    if is_flexible {
        response.push(COUNT + 1);
    } else {
        response.extend(i32::from(COUNT).to_be_bytes());
    }
    for (key, highest) in OFFERED {
        response.extend(key.to_be_bytes());
        response.extend(0_i16.to_be_bytes());
        response.extend(highest.to_be_bytes());
        if is_flexible {
            response.push(0);
        }
    }
    if version >= 1 {
        response.extend([0; 4]);
    }
    if is_flexible {
        response.push(0);
    }
}
