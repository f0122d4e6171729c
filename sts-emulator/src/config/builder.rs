use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::file;
use super::settings::Settings;
use crate::client::Client;
use crate::clock::Clock;
use crate::error::EmulatorError;
use crate::faults::Fault;
use crate::identity::{IdentityPool, IdentityProvider};
use crate::jwt::Algorithm;

/// How an emulator is set up. [`start`](Builder::start) starts it.
///
/// ```
/// # async fn example() -> Result<(), sts_emulator::EmulatorError> {
/// use sts_emulator::{IdentityPool, StsEmulator};
///
/// let emulator = StsEmulator::builder()
///     .identity_pool(IdentityPool::new("pool-abc").filter(r#"claims.sub == "me""#))
///     .rate_limit(5, 60)
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder(pub(crate) Settings);

impl Builder {
    /// What a file of configuration says, in TOML; [the crate's page](crate#configuration) has what it may say. The files
    /// that it names are relative to its folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or says what it may not; the text names the line.
    pub fn from_file(file: impl AsRef<Path>) -> Result<Self, EmulatorError> {
        file::read_file(file.as_ref()).map(Self)
    }

    /// What the text of a file of configuration says. The files that it names are relative to the current folder.
    ///
    /// # Errors
    ///
    /// It says what it may not; the text names the line.
    pub fn from_toml(text: &str) -> Result<Self, EmulatorError> {
        file::read(text, "configuration", Path::new("")).map(Self)
    }

    /// Listens here. Unless told otherwise: a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.0.listen = address;
        self
    }

    /// Allows to listen where other machines get at it. Whoever reaches it can have it issue tokens and fail.
    pub fn allow_remote(mut self) -> Self {
        self.0.allow_remote = true;
        self
    }

    /// Where clients reach the emulator, if it is not where it listens: its issuer, and the beginning of all the URLs
    /// that it gives.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.0.public_url = Some(url.into());
        self
    }

    /// Allows the page, `/control` and `/idp/any-token` under this name as well, such as that of a container. A name of
    /// loopback is always allowed.
    pub fn allowed_host(mut self, host: impl Into<String>) -> Self {
        self.0.allowed_hosts.push(host.into());
        self
    }

    /// Takes every JWT as a subject token, whoever issued and signed it, also one that is not signed or has no `exp`.
    /// Its times and the filters of pools still count.
    pub fn trust_any_jwt(mut self) -> Self {
        self.0.trust_any_jwt = true;
        self
    }

    /// How many seconds the clocks of identity providers may be ahead or behind: none unless told.
    pub fn leeway(mut self, seconds: u32) -> Self {
        self.0.leeway = seconds;
        self
    }

    /// How the emulator signs its tokens: ES256 unless told.
    pub fn signing_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.0.algorithm = algorithm;
        self
    }

    /// Takes only subject tokens of the emulator's own identity provider for this audience, or for another one that is
    /// given in the same way. Without any, all are taken.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.0.audiences.push(audience.into());
        self
    }

    /// Adds an identity provider.
    pub fn identity_provider(mut self, provider: IdentityProvider) -> Self {
        self.0.providers.push(provider);
        self
    }

    /// Adds an identity pool. Without any, there is a pool with every id, which takes all tokens of all identity
    /// providers.
    pub fn identity_pool(mut self, pool: IdentityPool) -> Self {
        self.0.pools.push(pool);
        self
    }

    /// Adds a client of the emulator's own identity provider. Without any, every id with every secret is one.
    pub fn client(mut self, client: Client) -> Self {
        self.0.clients.push(client);
        self
    }

    /// Allows so many exchanges in a window of so many seconds to each client address; none is 1.
    pub fn rate_limit(mut self, requests: u32, window_seconds: u32) -> Self {
        self.0.rate_limit = Some((requests.max(1), window_seconds.max(1)));
        self
    }

    /// Starts with this fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// Takes the time from `clock`. Only waits are not of it: delays and time limits.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.0.clock = Clock::new(clock);
        self
    }

    /// Behaves as another fragment of Confluent's specification says, a document of OpenAPI 3.0 with one operation that
    /// takes a form.
    pub fn specification(mut self, yaml: impl Into<String>) -> Self {
        self.0.specification = yaml.into();
        self
    }

    /// How many requests the log keeps: 1000 unless told.
    pub fn kept_requests(mut self, count: usize) -> Self {
        self.0.kept_requests = count;
        self
    }

    /// The most bytes that the body of a request may have: 65,536 unless told.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.0.body_limit = bytes;
        self
    }

    /// How long a client may take for the head of a request and for its body: 30 s each unless told.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.0.time_limit = time;
        self
    }

    /// How many connections there may be at a time, beyond which others wait: 1024 unless told.
    pub fn connections(mut self, count: usize) -> Self {
        self.0.connections = count.max(1);
        self
    }
}
