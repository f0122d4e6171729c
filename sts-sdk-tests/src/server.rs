//! A server on a loopback socket that records requests byte for byte and answers as it is told.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The method, such as `POST`.
    pub method: String,
    /// The request target, such as `/sts/v1/oauth2/token`.
    pub target: String,
    /// Header fields in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
    /// How many requests came before it on the same connection.
    pub earlier: usize,
}

impl Recorded {
    /// The value of the only header field `name`; `None` if there is none or more than one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// What the server does next on a connection.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends bytes for as long as they are taken, at most this many.
    Flood(usize),
    /// Sends bytes one by one, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Waits.
    Pause(Duration),
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
    /// Does nothing, for ever.
    Hang,
}

/// A running server; stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server whose answer to each request is the raw response that `answer` gives. An empty
    /// one closes the connection.
    ///
    /// # Errors
    ///
    /// No loopback port can be listened on.
    pub async fn start<F>(answer: F) -> io::Result<Self>
    where
        F: Fn(&Recorded) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::acting(move |request| match answer(request) {
            response if response.is_empty() => vec![Act::Close],
            response => vec![Act::Send(response)],
        })
        .await
    }

    /// Starts a server that does with each request what `answer` says.
    ///
    /// # Errors
    ///
    /// No loopback port can be listened on.
    pub async fn acting<F>(answer: F) -> io::Result<Self>
    where
        F: Fn(&Recorded) -> Vec<Act> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let task = {
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&requests), Arc::clone(&answer)));
                }
            })
        };
        Ok(Self {
            address,
            requests,
            task,
        })
    }

    /// The base URL of the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes the requests recorded so far.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A raw response with `status` (such as `400 Bad Request`), further header lines and a body.
#[must_use]
pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut response = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for line in headers {
        response.push_str(line);
        response.push_str("\r\n");
    }
    response.push_str("\r\n");
    let mut response = response.into_bytes();
    response.extend_from_slice(body);
    response
}

/// The raw response of a successful exchange for `access_token`.
#[must_use]
pub fn token_reply(access_token: &str) -> Vec<u8> {
    reply(
        "200 OK",
        &["content-type: application/json"],
        token_body(access_token),
    )
}

/// The body of such a response.
pub(crate) fn token_body(access_token: &str) -> String {
    format!(
        r#"{{"access_token":"{access_token}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":900}}"#
    )
}

async fn serve<F>(mut stream: TcpStream, requests: Arc<Mutex<Vec<Recorded>>>, answer: Arc<F>)
where
    F: Fn(&Recorded) -> Vec<Act>,
{
    let mut received = Vec::new();
    let mut earlier = 0;
    while let Some(mut request) = read_request(&mut stream, &mut received).await {
        request.earlier = earlier;
        earlier += 1;
        let acts = answer(&request);
        requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        for act in acts {
            if !matches!(perform(&mut stream, act).await, Ok(true)) {
                return;
            }
        }
    }
}

/// Whether the connection goes on.
async fn perform(stream: &mut TcpStream, act: Act) -> io::Result<bool> {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).await?,
        Act::Flood(length) => {
            let block = vec![b'x'; 64 * 1024];
            for _ in 0..length.div_ceil(block.len()) {
                stream.write_all(&block).await?;
            }
        }
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                tokio::time::sleep(pause).await;
                stream.write_all(&[byte]).await?;
            }
        }
        Act::Pause(pause) => tokio::time::sleep(pause).await,
        Act::Close => {
            stream.shutdown().await?;
            return Ok(false);
        }
        Act::Reset => {
            socket2::SockRef::from(&*stream).set_linger(Some(Duration::ZERO))?;
            return Ok(false);
        }
        Act::Hang => pending::<()>().await,
    }
    Ok(true)
}

/// Reads one request; what came beyond it stays in `received`.
async fn read_request(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<Recorded> {
    loop {
        if let Some((request, length)) = parse(received) {
            received.drain(..length);
            return Some(request);
        }
        if stream.read_buf(received).await.ok()? == 0 {
            return None;
        }
    }
}

/// The request at the beginning of `received` and its length, once it is there as a whole.
fn parse(received: &[u8]) -> Option<(Recorded, usize)> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(start) = head.parse(received).ok()? else {
        return None;
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|field| {
            let value = String::from_utf8_lossy(field.value).into_owned();
            (field.name.to_ascii_lowercase(), value)
        })
        .collect();
    let mut request = Recorded {
        method: head.method?.to_owned(),
        target: head.path?.to_owned(),
        headers,
        ..Recorded::default()
    };
    let length: usize = request
        .header("content-length")
        .unwrap_or("0")
        .parse()
        .ok()?;
    request.body = received.get(start..start + length)?.to_vec();
    Some((request, start + length))
}
