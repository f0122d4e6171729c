//! With what requests are sent.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::runtime;

/// How requests are sent and responses received. Part of a [`Client`](crate::Client), made by its constructors.
#[derive(Clone, Debug)]
pub struct Transport {
    /// The URL that most requests are sent to, parsed once for all of them.
    pub(crate) parsed_url: Option<Url>,
    /// The value of the `user-agent` header.
    pub(crate) user_agent: HeaderValue,
    /// Longest wait for a response, all of its body and a repetition included.
    pub(crate) timeout: Duration,
    /// Longest body that is read, in bytes.
    pub(crate) body_limit: usize,
    /// Whether plain http may be sent to any host.
    pub(crate) allow_http: bool,
    /// The runtime that drives the connections which are kept alive.
    pub(crate) runtime: Arc<OnceLock<runtime::Id>>,
    /// Keeps no connections alive: for repetitions, and for requests from other runtimes.
    pub(crate) unpooled: reqwest::Client,
    /// The proxy that requests go through, without credentials, where that is known.
    pub(crate) proxy: Option<Arc<str>>,
}
