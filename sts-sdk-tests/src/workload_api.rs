//! A stub of the SPIFFE Workload API: an agent that records what it is asked and answers as it is told.
//!
//! gRPC is written out here, over HTTP/2 alone, so that the stub shares no code with the client that it tests.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::{JoinHandle, JoinSet};

const METHOD: &str = "/SpiffeWorkloadAPI/FetchJWTSVID";
/// Codes of gRPC.
const OK: u8 = 0;
const INVALID_ARGUMENT: u8 = 3;
const UNIMPLEMENTED: u8 = 12;

/// A `JWTSVIDRequest`, and the metadata that came with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SvidRequest {
    /// `audience`.
    pub audience: Vec<String>,
    /// `spiffe_id`; empty if it is not given.
    pub spiffe_id: String,
}

/// What the agent does with a request that it understands.
#[derive(Clone, Debug)]
pub enum SvidAnswer {
    /// Gives these JWT-SVIDs.
    Tokens(Vec<String>),
    /// Ends the call with a code of gRPC and a message.
    Status(u8, &'static str),
    /// Resets the call.
    Reset,
    /// Does nothing, for ever.
    Hang,
}

/// A running agent. When it is dropped, its connections and its socket are gone.
#[derive(Debug)]
pub struct WorkloadApi {
    socket: Option<PathBuf>,
    endpoint: String,
    requests: Arc<Mutex<Vec<SvidRequest>>>,
    task: JoinHandle<()>,
}

/// What all connections of an agent share.
struct Shared<F> {
    requests: Arc<Mutex<Vec<SvidRequest>>>,
    count: AtomicUsize,
    answer: F,
}

impl<F: Fn(usize) -> SvidAnswer> Shared<F> {
    /// Records `message`, and decides what to do with it.
    fn take(&self, message: SvidRequest) -> SvidAnswer {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(message);
        (self.answer)(self.count.fetch_add(1, Ordering::Relaxed))
    }
}

impl WorkloadApi {
    /// Starts an agent at the Unix socket `path`, whose answer to the nth request, from 0, is what `answer` says.
    ///
    /// # Errors
    ///
    /// The socket cannot be listened on.
    pub fn at<F>(path: &Path, answer: F) -> io::Result<Self>
    where
        F: Fn(usize) -> SvidAnswer + Send + Sync + 'static,
    {
        let listener = UnixListener::bind(path)?;
        let (shared, requests) = shared(answer);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self {
            socket: Some(path.to_owned()),
            endpoint: format!("unix://{}", path.display()),
            requests,
            task,
        })
    }

    /// The same on a loopback port.
    ///
    /// # Errors
    ///
    /// None can be listened on.
    pub async fn on_loopback<F>(answer: F) -> io::Result<Self>
    where
        F: Fn(usize) -> SvidAnswer + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address: SocketAddr = listener.local_addr()?;
        let (shared, requests) = shared(answer);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self {
            socket: None,
            endpoint: format!("tcp://{address}"),
            requests,
            task,
        })
    }

    /// What `SPIFFE_ENDPOINT_SOCKET` is to be.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Takes the requests recorded so far.
    #[must_use]
    pub fn take_requests(&self) -> Vec<SvidRequest> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for WorkloadApi {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(socket) = &self.socket {
            // A test may have removed it.
            std::fs::remove_file(socket).ok();
        }
    }
}

fn shared<F>(answer: F) -> (Arc<Shared<F>>, Arc<Mutex<Vec<SvidRequest>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let shared = Shared {
        requests: Arc::clone(&requests),
        count: AtomicUsize::new(0),
        answer,
    };
    (Arc::new(shared), requests)
}

async fn serve<S, F>(stream: S, shared: Arc<Shared<F>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(usize) -> SvidAnswer + Send + Sync + 'static,
{
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    let mut calls = JoinSet::new();
    while let Some(Ok((request, respond))) = connection.accept().await {
        calls.spawn(answer(request, respond, Arc::clone(&shared)));
    }
}

/// Answers one call. What it cannot send any more, the client does not wait for.
async fn answer<F>(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    shared: Arc<Shared<F>>,
) where
    F: Fn(usize) -> SvidAnswer,
{
    if request.uri().path() != METHOD {
        return end(respond, UNIMPLEMENTED, "unknown method");
    }
    if request.headers().get("workload.spiffe.io") != Some(&HeaderValue::from_static("true")) {
        return end(
            respond,
            INVALID_ARGUMENT,
            "security header missing from request",
        );
    }
    let Some(message) = read(request.into_body()).await else {
        return end(respond, INVALID_ARGUMENT, "the message cannot be read");
    };
    if message.audience.is_empty() {
        return end(respond, INVALID_ARGUMENT, "audience must be specified");
    }
    match shared.take(message) {
        SvidAnswer::Status(code, said) => end(respond, code, said),
        SvidAnswer::Reset => respond.send_reset(Reason::INTERNAL_ERROR),
        SvidAnswer::Hang => pending().await,
        SvidAnswer::Tokens(tokens) => {
            let Ok(mut body) = respond.send_response(head(), false) else {
                return;
            };
            let svids = tokens.iter().flat_map(|token| {
                let id = field(1, b"spiffe://example.org/workload");
                field(1, &[id, field(2, token.as_bytes())].concat())
            });
            let sent = body.send_data(frame(&svids.collect::<Vec<u8>>()).into(), false);
            if sent.is_ok() {
                body.send_trailers(status(OK, "")).ok();
            }
        }
    }
}

fn head() -> Response<()> {
    let mut head = Response::new(());
    let grpc = HeaderValue::from_static("application/grpc");
    head.headers_mut().insert("content-type", grpc);
    head
}

/// Ends a call without a message.
fn end(mut respond: SendResponse<Bytes>, code: u8, said: &'static str) {
    let mut head = head();
    head.headers_mut().extend(status(code, said));
    respond.send_response(head, true).ok();
}

fn status(code: u8, said: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from(u16::from(code)));
    if !said.is_empty() {
        headers.insert("grpc-message", HeaderValue::from_static(said));
    }
    headers
}

/// A message as gRPC sends it: not compressed, its length, itself.
fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// A field of Protocol Buffers that has a length.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut length = value.len();
    let mut field = vec![number << 3 | 2];
    while length > 0x7f {
        field.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap_or_default());
    field.extend_from_slice(value);
    field
}

async fn read(mut body: RecvStream) -> Option<SvidRequest> {
    let mut received = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.ok()?;
        body.flow_control().release_capacity(data.len()).ok()?;
        received.extend_from_slice(&data);
    }
    let (head, message) = received.split_at_checked(5)?;
    let length = usize::try_from(u32::from_be_bytes(head[1..].try_into().ok()?)).ok()?;
    (head[0] == 0 && message.len() == length).then_some(())?;
    parse(message)
}

fn parse(mut message: &[u8]) -> Option<SvidRequest> {
    let mut request = SvidRequest::default();
    while let Some((tag, rest)) = message.split_first() {
        message = rest;
        let (mut length, mut shift) = (0, 0);
        loop {
            let (byte, rest) = message.split_first()?;
            message = rest;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (value, rest) = message.split_at_checked(length)?;
        message = rest;
        let value = String::from_utf8(value.to_vec()).ok()?;
        match tag {
            0x0a => request.audience.push(value),
            0x12 => request.spiffe_id = value,
            _ => return None,
        }
    }
    Some(request)
}
