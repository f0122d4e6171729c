//! The options of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;

use super::certificates::{self, Certificates, HAS_TLS, NEEDS_TLS};
use super::http_client;
use crate::base_url;
use crate::build_error::BuildError;
use crate::exchange::operation;
use crate::generated::Client;
use crate::transport::Transport;

const USER_AGENT: &str = concat!("sts-sdk/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are for bursts of exchanges. When the next token is due, minutes later, the server has long
/// closed them.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes a [`Client`]; from [`Client::builder`].
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use std::time::Duration;
///
/// let client = sts_sdk::Client::builder()
///     .timeout(Duration::from_secs(5))
///     .user_agent("my-tool/1.2")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    allow_http: bool,
    user_agent: Option<String>,
    connect_timeout: Option<Duration>,
    timeout: Duration,
    body_limit: usize,
    proxies: Vec<reqwest::Proxy>,
    no_proxy: bool,
    certificates: Certificates,
    http_client: Option<reqwest::Client>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: "https://api.confluent.cloud".to_owned(),
            allow_http: false,
            user_agent: None,
            connect_timeout: None,
            timeout: Duration::from_secs(30),
            body_limit: 1024 * 1024,
            proxies: Vec::new(),
            no_proxy: false,
            certificates: Certificates::default(),
            http_client: None,
        }
    }
}

/// Without the proxies, which `reqwest` prints with their credentials, and without keys.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("allow_http", &self.allow_http)
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .field("proxies", &self.proxies.len())
            .field("no_proxy", &self.no_proxy)
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// The server, as for [`Client::for_base_url`]. By default `https://api.confluent.cloud`.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Accepts a base URL of plain http to any host, not only to loopback hosts. Whoever sees the traffic
    /// then has the tokens.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// The caller's own product token (RFC 9110, section 10.1.5), such as `my-tool/1.2`, which the
    /// `user-agent` header names before this crate's.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Longest wait for a connection, TLS included. By default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Longest wait for a response, from before the connection is made to the end of its body, a
    /// repetition on a fresh connection included. By default 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Longest body that is read, in bytes, compressed or not. By default 1 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends requests through a proxy; the first whose rules match is used. By default the proxies of
    /// the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), unless the server is a
    /// loopback host.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Ignores the proxies of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Trusts further root certificates, beside the platform's: one or more, in PEM.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.add_root(pem.into());
        self
    }

    /// Presents a client certificate: its chain and its private key, in PEM.
    pub fn client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.certificates.set_identity(chain.into(), key.into());
        self
    }

    /// Sends requests with a client of the caller's own, with its connections, proxies, certificates and
    /// decompression. It is then an error to give proxies, certificates or the time-out of connecting to this builder.
    ///
    /// This crate still refuses plain http, keeps to its time-out and its limit of bodies, reads failures, and refuses
    /// a reply to which a redirect led. The following is up to the HTTP client:
    ///
    /// - It should have a time-out of connecting.
    /// - It should have no default headers, which it would send as well.
    /// - It must not follow redirects: whoever a redirect leads to gets the subject token.
    /// - It should reach loopback hosts without a proxy.
    /// - It should keep no idle connections if exchanges are made from several runtimes, since a connection works only
    ///   while the runtime that opened it is driven. A repetition may get an idle connection that is dead as well.
    ///
    /// Start from [`http_client_builder`](Self::http_client_builder), which sets time-out, redirects and proxies like
    /// this.
    pub fn http_client(mut self, http_client: reqwest::Client) -> Self {
        self.http_client = Some(http_client);
        self
    }

    /// The `reqwest` builder with the options that this builder has so far: a start for
    /// [`http_client`](Self::http_client). Set [`base_url`](Self::base_url) first: for a loopback host it ignores the
    /// proxies of the environment.
    ///
    /// # Errors
    ///
    /// A certificate cannot be used.
    pub fn http_client_builder(&self) -> Result<reqwest::ClientBuilder, BuildError> {
        let mut builder = certificates::builder()
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .http1_only()
            .no_brotli()
            .no_deflate()
            .no_gzip()
            .no_zstd();
        // What is meant for this machine must not leave it.
        if self.no_proxy || base_url::is_loopback(&self.base_url) {
            builder = builder.no_proxy();
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.clone());
        }
        self.certificates.apply(builder)
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// The base URL, the product token or a certificate cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = base_url::parse(&self.base_url, self.allow_http)?;
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let (http_client, unpooled) = if let Some(own) = &self.http_client {
            let proxies = self.no_proxy || !self.proxies.is_empty();
            if proxies || self.certificates.are_given() || self.connect_timeout.is_some() {
                return Err(BuildError::option(
                    "proxies, certificates and the time-out of connecting are those of the HTTP client that was given",
                ));
            }
            (own.clone(), None)
        } else {
            if !HAS_TLS && base_url.starts_with("https:") {
                return Err(BuildError::base_url(base_url, NEEDS_TLS));
            }
            let build = |builder| http_client::build(builder, &self.certificates);
            let unpooled = self.http_client_builder()?.pool_max_idle_per_host(0);
            (build(self.http_client_builder()?)?, Some(build(unpooled)?))
        };
        let transport = Transport {
            parsed_url: operation::url(&base_url),
            user_agent,
            timeout: self.timeout,
            body_limit: self.body_limit,
            allow_http: self.allow_http,
            runtime: Arc::default(),
            unpooled,
        };
        Ok(Client::new_with_client(&base_url, http_client, transport))
    }
}

fn user_agent(product: Option<&str>) -> Result<HeaderValue, BuildError> {
    let Some(product) = product else {
        return Ok(HeaderValue::from_static(USER_AGENT));
    };
    let visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    let refused = || BuildError::option("the product token of the user agent is not visible ASCII");
    if product.trim().is_empty() || !product.bytes().all(visible) {
        return Err(refused());
    }
    HeaderValue::try_from(format!("{} {USER_AGENT}", product.trim())).map_err(|_| refused())
}
