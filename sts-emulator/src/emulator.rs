use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::access_token::AccessTokens;
use crate::config::{Builder, Settings};
use crate::error::EmulatorError;
use crate::faults::{Fault, Faults};
use crate::identity::{Directory, Refused};
use crate::jwt::KeyRing;
use crate::log::{Counts, Log, Request};
use crate::rate_limit::RateLimit;
use crate::server::{Limits, routes, serve};
use crate::specification::Specification;
use crate::state::State;

/// A running emulator. It stops when it is dropped.
///
/// It runs on the tokio runtime that it was started on.
#[derive(Debug)]
pub struct StsEmulator {
    state: Arc<State>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl StsEmulator {
    /// Starts an emulator on a free port of 127.0.0.1, with its own identity provider and every identity pool.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start() -> Result<Self, EmulatorError> {
        Builder::default().start().await
    }

    /// Sets up an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it is reached: the base URL of the STS, and the `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.state.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether other machines may get at it.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// The issuer of its own identity provider.
    #[must_use]
    pub fn identity_provider(&self) -> String {
        self.state.own_issuer()
    }

    /// A subject token of its own identity provider for `sub`, valid for an hour.
    ///
    /// # Errors
    ///
    /// No key can be made.
    pub fn subject_token(&self, sub: &str) -> Result<String, EmulatorError> {
        self.any_token(&json!({"sub": sub}))
    }

    /// A subject token of its own identity provider with the claims of a JSON object in place of its own, which are `iss`,
    /// `sub`, `aud`, `iat` and `exp`; `null` leaves one out.
    ///
    /// # Errors
    ///
    /// `claims` is no object, or no key can be made.
    pub fn any_token(&self, claims: &Value) -> Result<String, EmulatorError> {
        let claims: &Map<String, Value> = claims
            .as_object()
            .ok_or_else(|| EmulatorError::new("the claims are no JSON object"))?;
        let token = self
            .state
            .subject_token(self.state.tokens.algorithm, claims.clone());
        token.map_err(EmulatorError::new)
    }

    /// Has requests fail, beginning with the next; faults that were injected before come first.
    ///
    /// # Errors
    ///
    /// The fault makes no sense, or there are too many.
    pub fn inject(&self, fault: Fault) -> Result<(), EmulatorError> {
        self.state.faults.add(fault).map_err(EmulatorError::new)
    }

    /// Forgets the faults that wait.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// The last requests, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.log.requests()
    }

    /// How many requests there were.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state.log.counts()
    }

    /// How many token exchanges there were, whatever became of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts().exchange
    }

    /// Sets the emulator's clock forward, or back if `seconds` is negative.
    pub fn advance(&self, seconds: i64) {
        self.state.clock.advance(seconds);
    }

    /// From now on the protected resource answers 401 to all access tokens that were issued so far.
    pub fn revoke_tokens(&self) {
        self.state.tokens.revoke();
    }

    /// As after the start: forgets faults, the log, the counts and used rate limits, and sets the clock right. Tokens
    /// stay valid, and revoked ones revoked.
    pub fn reset(&self) {
        self.state.reset();
    }
}

impl Drop for StsEmulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Builder {
    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// It cannot listen there, may not, or something that it was told makes no sense.
    pub async fn start(self) -> Result<StsEmulator, EmulatorError> {
        let Self(settings) = self;
        let wanted = settings.listen;
        if !wanted.ip().is_loopback() && !settings.allow_remote {
            return Err(EmulatorError::new(format!(
                "other machines would get at {wanted}, where anybody who reaches it can have it issue tokens and fail; \
                 listen on 127.0.0.1, or allow it (allow_remote)"
            )));
        }
        let listener = TcpListener::bind(wanted).await;
        let cannot = |error: io::Error| EmulatorError::cannot_listen(wanted, &error);
        let listener = listener.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let limits = Limits {
            connections: settings.connections,
            time: settings.time_limit,
        };
        let state = Arc::new(state(settings, address)?);
        if !address.ip().is_loopback() {
            tracing::warn!(%address, "other machines can get at this emulator, have it issue tokens, and have it fail");
        }
        let server = tokio::spawn(serve(listener, routes(Arc::clone(&state)), limits));
        Ok(StsEmulator {
            state,
            address,
            server,
        })
    }
}

fn state(settings: Settings, address: SocketAddr) -> Result<State, EmulatorError> {
    let specification = Specification::read(&settings.specification);
    let specification =
        specification.map_err(|why| EmulatorError::new(format!("the specification: {why}")))?;
    let url = match settings.public_url {
        Some(url) => {
            let parsed = reqwest::Url::parse(&url)
                .ok()
                .filter(|url| url.has_host() && url.query().is_none());
            if parsed.is_none() {
                return Err(EmulatorError::new(format!(
                    "the public URL {url} is none, or has a query"
                )));
            }
            url.trim_end_matches('/').to_owned()
        }
        None if address.ip().is_unspecified() => {
            let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
            format!("http://{}", SocketAddr::new(here, address.port()))
        }
        None => format!("http://{address}"),
    };
    let (ring, sts_ring) = (Arc::new(KeyRing::default()), Arc::new(KeyRing::default()));
    let own = format!("{url}/idp");
    let directory = Directory::new(
        &own,
        &settings.audiences,
        &settings.providers,
        &settings.pools,
        Arc::clone(&ring),
    );
    let mut directory = directory.map_err(|refused| match refused {
        Refused::Provider(_, why)
        | Refused::PoolId(_, why)
        | Refused::PoolProvider(_, why)
        | Refused::PoolClaim(_, why)
        | Refused::PoolFilter(_, why) => EmulatorError::new(why),
    })?;
    directory.trust_any_jwt = settings.trust_any_jwt;
    directory.leeway = settings.leeway.into();
    let faults = Faults::default();
    for fault in settings.faults {
        faults.add(fault).map_err(EmulatorError::new)?;
    }
    Ok(State {
        tokens: AccessTokens::new(&url, settings.algorithm, sts_ring),
        url,
        specification,
        clock: settings.clock,
        directory,
        ring,
        clients: settings.clients,
        faults,
        log: Log::new(settings.kept_requests),
        rate_limit: settings
            .rate_limit
            .map(|(requests, window)| RateLimit::new(requests.into(), window.into())),
        allowed_hosts: settings.allowed_hosts,
        body_limit: settings.body_limit,
        time_limit: settings.time_limit,
    })
}
