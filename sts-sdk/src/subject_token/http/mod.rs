//! Requests of sources to identity providers and platforms, by the rules of the wire that hold for exchanges.

mod answer;
mod endpoint;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, RequestBuilder, redirect, retry};

use super::error::SubjectTokenError;
use crate::client::plain_client;
use crate::redact::Credentials;
use crate::secret::Secret;
use crate::transport::{self, needs_correction, read_body};

pub(super) use answer::Answer;
pub(super) use endpoint::Endpoint;

const USER_AGENT: &str = concat!("sts-sdk/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for a response, all of its body included. A provider's deadline may end it earlier.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest body that is read, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// Where root certificates are added.
const TRUSTING: &str = "http_client of the source";

type Configure = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

/// Whether requests may go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Through the proxies of the environment, unless the server is a loopback host or is asked in clear text.
    Proxies,
    /// Never: the server answers this machine only.
    Direct,
}

/// The HTTP client of a source. Clones share it.
#[derive(Clone)]
pub(super) struct Http(Arc<Inner>);

struct Inner {
    route: Route,
    configure: Option<Box<Configure>>,
    /// Each made when it is first needed: constructors of sources cannot fail.
    proxied: OnceLock<Client>,
    direct: OnceLock<Client>,
}

impl Http {
    pub(super) fn new(route: Route) -> Self {
        Self(Arc::new(Inner {
            route,
            configure: None,
            proxied: OnceLock::new(),
            direct: OnceLock::new(),
        }))
    }

    /// The same with options of `reqwest`'s builder, applied before what this crate sets.
    pub(super) fn configured<F>(&self, configure: F) -> Self
    where
        F: Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    {
        Self(Arc::new(Inner {
            route: self.0.route,
            configure: Some(Box::new(configure)),
            proxied: OnceLock::new(),
            direct: OnceLock::new(),
        }))
    }

    /// Sends what `request` makes for `endpoint`, and receives the answer. `secrets` are what the request holds: they
    /// are taken out of what is printed of the answer.
    pub(super) async fn send(
        &self,
        endpoint: &Endpoint,
        request: impl FnOnce(&Client) -> RequestBuilder + Send,
        secrets: &[&Secret],
    ) -> Result<Answer, SubjectTokenError> {
        let client = self.client(endpoint)?;
        let sent = request(client).timeout(TIMEOUT).send().await;
        let mut response = sent.map_err(|error| failed(endpoint, &error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, stopped) = read_body(&mut response, BODY_LIMIT).await;
        let credentials =
            Credentials::of_texts(secrets.iter().map(|secret| secret.expose_secret()));
        let answer = Answer::new(endpoint.to_string(), status, headers, body, &credentials);
        match stopped {
            Some(stopped) if status.is_success() => Err(answer.cut(stopped)),
            _ => Ok(answer),
        }
    }

    /// The client for `endpoint`, which may be another one each time.
    fn client(&self, endpoint: &Endpoint) -> Result<&Client, SubjectTokenError> {
        let Inner {
            route,
            configure,
            proxied,
            direct,
        } = &*self.0;
        // A proxy would read what is sent in clear text.
        let is_direct =
            *route == Route::Direct || endpoint.is_loopback() || endpoint.url().scheme() == "http";
        let client = if is_direct { direct } else { proxied };
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let built = plain_client(|builder| {
            let builder = match configure {
                Some(configure) => configure(builder),
                None => builder,
            };
            let builder = builder
                .connect_timeout(CONNECT_TIMEOUT)
                .connection_verbose(false)
                .http1_only()
                .no_brotli()
                .no_deflate()
                .no_gzip()
                .no_zstd()
                // Minutes pass between two requests, which may come from other runtimes.
                .pool_max_idle_per_host(0)
                .redirect(redirect::Policy::none())
                .referer(false)
                .retry(retry::never())
                .user_agent(USER_AGENT);
            if is_direct {
                builder.no_proxy()
            } else {
                builder
            }
        });
        let built = built.map_err(|error| {
            SubjectTokenError::permanent(format!("{endpoint} cannot be asked")).caused_by(error)
        })?;
        Ok(client.get_or_init(|| built))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("route", &self.0.route)
            .field("http_client", &self.0.configure.is_some())
            .finish_non_exhaustive()
    }
}

/// No response, or no head of one.
fn failed(endpoint: &Endpoint, error: &reqwest::Error) -> SubjectTokenError {
    let why = format!(
        "{}: {}",
        endpoint.who(),
        transport::error_text(error, None, TRUSTING)
    );
    if error.is_builder() || needs_correction(error) {
        SubjectTokenError::permanent(why)
    } else {
        SubjectTokenError::transient(why)
    }
}
