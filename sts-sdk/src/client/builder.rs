//! The options of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{redirect, retry};

use super::certificates::{self, Certificates, HAS_TLS, NEEDS_TLS};
use super::client::Client;
use super::http_client;
use super::proxies::proxy_of;
use crate::base_url;
use crate::build_error::BuildError;
use crate::exchange::operation;
use crate::generated;
use crate::transport::Transport;

const USER_AGENT: &str = concat!("sts-sdk/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are for bursts of exchanges. When the next token is due, minutes later, the server has long
/// closed them.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(10);

const ENDS_IN_PATH: &str = "ends in the path of the token exchange, which is appended to it; leave /sts/v1/oauth2/token out";

type Configure = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

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
    connect_timeout: Duration,
    timeout: Duration,
    body_limit: usize,
    proxies: Vec<reqwest::Proxy>,
    no_proxy: bool,
    certificates: Certificates,
    configure: Option<Box<Configure>>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: "https://api.confluent.cloud".to_owned(),
            allow_http: false,
            user_agent: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: Duration::from_secs(30),
            body_limit: 1024 * 1024,
            proxies: Vec::new(),
            no_proxy: false,
            certificates: Certificates::default(),
            configure: None,
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
            .field("http_client", &self.configure.is_some())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A builder of clients: server, time-outs, proxies, certificates.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
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
        self.connect_timeout = timeout;
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
    ///
    /// Not supported, unless the program enables the feature of `reqwest`: a SOCKS proxy, here or in the environment
    /// (`socks`), and the proxies of the system settings of macOS and Windows (`system-proxy`).
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Ignores the proxies of the environment, and those that [`http_client`](Self::http_client) sets.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Trusts further root certificates, beside the platform's: one or more, in PEM.
    ///
    /// Those of the platform are its own on macOS and Windows. Elsewhere they are in files, and the environment variables
    /// `SSL_CERT_FILE` (a file in PEM) and `SSL_CERT_DIR` (folders of them) name others in their place.
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

    /// Sets options of the HTTP client for which this builder has no method: another TLS configuration, a resolver of
    /// names, a default header. `configure` gets `reqwest`'s builder, and may be called more than once.
    ///
    /// ```no_run
    /// # fn build() -> Result<(), sts_sdk::BuildError> {
    /// let client = sts_sdk::Client::builder()
    ///     .http_client(|builder| builder.tcp_nodelay(false))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What this crate sets, it sets afterwards, whatever `configure` did: HTTP/1.1, no redirects, no `referer`, no
    /// decompression, no repetition but its own, no logging of what is sent, a time-out for each request, the time-out
    /// of connecting, the end of idle connections, none of `configure`'s proxies for loopback hosts, and the `user-agent`
    /// header. Proxies and certificates that this builder was given are added to those that `configure` sets.
    ///
    /// If called more than once, the last call counts.
    pub fn http_client<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.configure = Some(Box::new(configure));
        self
    }

    fn http_client_builder(&self) -> Result<reqwest::ClientBuilder, BuildError> {
        let mut builder = certificates::builder();
        if let Some(configure) = &self.configure {
            builder = configure(builder);
        }
        let mut builder = builder
            .connect_timeout(self.connect_timeout)
            .connection_verbose(false)
            .http1_only()
            .no_brotli()
            .no_deflate()
            .no_gzip()
            .no_zstd()
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never());
        if self.ignores_environment() {
            builder = builder.no_proxy();
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.clone());
        }
        self.certificates.apply(builder)
    }

    /// Whether the proxies of the environment are not asked.
    fn ignores_environment(&self) -> bool {
        // What is meant for this machine must not leave it.
        self.no_proxy || base_url::is_loopback(&self.base_url)
    }

    /// The proxy that requests go through, where that can be known.
    fn proxy_of(&self, base_url: &str) -> Option<Arc<str>> {
        let ignores_environment = self.ignores_environment();
        // `configure` may have set others, which nothing tells. They are ignored together with those of the environment.
        if self.configure.is_some() && !ignores_environment {
            return None;
        }
        proxy_of(base_url, &self.proxies, !ignores_environment).map(Arc::from)
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// The base URL is none, or ends in the path of the operation; the product token or a certificate cannot be used; or TLS
    /// cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = base_url::parse(&self.base_url, self.allow_http)?;
        if base_url.ends_with(operation::PATH) {
            return Err(BuildError::base_url(base_url, ENDS_IN_PATH));
        }
        let user_agent = user_agent(self.user_agent.as_deref())?;
        if !HAS_TLS && self.configure.is_none() && base_url.starts_with("https:") {
            return Err(BuildError::base_url(base_url, NEEDS_TLS));
        }
        let build = |builder| http_client::build(builder, &self.certificates);
        let http_client = build(self.http_client_builder()?)?;
        let unpooled = build(self.http_client_builder()?.pool_max_idle_per_host(0))?;
        let transport = Transport {
            parsed_url: operation::url(&base_url),
            user_agent,
            timeout: self.timeout,
            body_limit: self.body_limit,
            allow_http: self.allow_http,
            runtime: Arc::default(),
            unpooled,
            proxy: self.proxy_of(&base_url),
        };
        let generated = generated::Client::new_with_client(&base_url, http_client, transport);
        Ok(Client { generated })
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
