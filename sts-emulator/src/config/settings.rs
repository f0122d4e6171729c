use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::client::Client;
use crate::clock::Clock;
use crate::faults::Fault;
use crate::identity::{IdentityPool, IdentityProvider};
use crate::jwt::Algorithm;
use crate::specification::FRAGMENT;

/// All that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) allow_remote: bool,
    pub(crate) public_url: Option<String>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) trust_any_jwt: bool,
    /// In seconds.
    pub(crate) leeway: u32,
    pub(crate) algorithm: Algorithm,
    /// Of the emulator's own identity provider.
    pub(crate) audiences: Vec<String>,
    pub(crate) providers: Vec<IdentityProvider>,
    pub(crate) pools: Vec<IdentityPool>,
    pub(crate) clients: Vec<Client>,
    /// Requests, and seconds.
    pub(crate) rate_limit: Option<(u32, u32)>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) clock: Clock,
    pub(crate) specification: String,
    pub(crate) kept_requests: usize,
    pub(crate) body_limit: usize,
    pub(crate) time_limit: Duration,
    pub(crate) connections: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_remote: false,
            public_url: None,
            allowed_hosts: Vec::new(),
            trust_any_jwt: false,
            leeway: 0,
            algorithm: Algorithm::default(),
            audiences: Vec::new(),
            providers: Vec::new(),
            pools: Vec::new(),
            clients: Vec::new(),
            rate_limit: None,
            faults: Vec::new(),
            clock: Clock::default(),
            specification: FRAGMENT.to_owned(),
            kept_requests: 1000,
            body_limit: 64 * 1024,
            time_limit: Duration::from_secs(30),
            connections: 1024,
        }
    }
}
