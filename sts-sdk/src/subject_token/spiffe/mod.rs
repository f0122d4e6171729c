//! Tokens of the SPIFFE Workload API.

mod errors;
mod workload_api;

use std::borrow::Cow;
use std::time::Duration;

use super::error::SubjectTokenError;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use super::variables;
use crate::clock::BoxFuture;
use workload_api::Agent;

const WHO: &str = "the SPIFFE Workload API";
const SOCKET: &str = "SPIFFE_ENDPOINT_SOCKET";
const TIMEOUT: Duration = Duration::from_secs(10);

/// The JWT-SVID of a workload that SPIRE, or another implementation of SPIFFE, gives an identity to.
///
/// The agent of the machine is asked before each exchange, over a connection of its own. It keeps JWT-SVIDs itself, and
/// tells by the process that asks whose identity is meant: there is no secret to configure.
///
/// # At SPIRE
///
/// A registration entry gives the workload its SPIFFE ID. Its selectors say which processes it is for:
///
/// ```sh
/// spire-server entry create \
///     -parentID spiffe://example.org/spire/agent/k8s_psat/my-cluster/my-node \
///     -spiffeID spiffe://example.org/ns/orders/sa/orders \
///     -selector k8s:ns:orders -selector k8s:sa:orders \
///     -jwtSVIDTTL 300
/// ```
///
/// Confluent fetches the keys over https from SPIRE's OIDC Discovery Provider. It and the server name the same issuer, which
/// becomes the `iss` of JWT-SVIDs. `server.conf` has
///
/// ```hcl
/// server {
///     trust_domain = "example.org"
///     jwt_issuer = "https://oidc.example.org"
/// }
/// ```
///
/// and `oidc-discovery-provider.conf`
///
/// ```hcl
/// domains = ["oidc.example.org"]
/// jwt_issuer = "https://oidc.example.org"
/// set_key_use = true
/// serving_cert_file {
///     cert_file_path = "/etc/oidc/tls.crt"
///     key_file_path = "/etc/oidc/tls.key"
/// }
/// workload_api {
///     socket_path = "/run/spire/sockets/agent.sock"
///     trust_domain = "example.org"
/// }
/// ```
///
/// `spire-agent api fetch jwt -audience confluent -socketPath /run/spire/sockets/agent.sock`, run as the workload, shows what
/// this source gets. A pod of Kubernetes gets the socket by SPIFFE's CSI driver:
///
/// ```yaml
/// spec:
///   serviceAccountName: orders
///   containers:
///     - name: orders
///       env:
///         - name: SPIFFE_ENDPOINT_SOCKET
///           value: unix:///spiffe-workload-api/spire-agent.sock
///       volumeMounts:
///         - name: spiffe-workload-api
///           mountPath: /spiffe-workload-api
///           readOnly: true
///   volumes:
///     - name: spiffe-workload-api
///       csi:
///         driver: csi.spiffe.io
///         readOnly: true
/// ```
///
/// # At Confluent
///
/// An identity provider with the issuer `https://oidc.example.org` and the JWKS URI `https://oidc.example.org/keys`, and an
/// identity pool with a filter on `sub`, which is the SPIFFE ID:
///
/// ```text
/// claims.sub == "spiffe://example.org/ns/orders/sa/orders"
/// ```
///
/// A pool for all workloads of a namespace takes `claims.sub.startsWith("spiffe://example.org/ns/orders/")`. `aud` is no text to
/// compare with: it may be a list, also of one audience (JWT-SVID, section 3.2).
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::Spiffe;
///
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(Spiffe::new("confluent"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// `SPIFFE_ENDPOINT_SOCKET`, where the agent listens: `unix:///run/spire/sockets/agent.sock`, or
/// `tcp://127.0.0.1:8000`. It is read for each token, unless [`endpoint`](Self::endpoint) is given. As
/// [settings](crate::settings), the source `spiffe` takes `CONFLUENT_STS_AUDIENCE` and `CONFLUENT_STS_SPIFFE_ID`.
///
/// # Errors
///
/// Which of them are worth another attempt is SPIFFE's choice (The SPIFFE Workload Endpoint, appendix A).
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | `SPIFFE_ENDPOINT_SOCKET` is not set, or is no endpoint | no | set it, or call [`endpoint`](Self::endpoint) |
/// | there is no such socket, or nobody listens | yes | start the agent; mount the socket into the container |
/// | the socket may not be opened | no | let this user, or the container, open it |
/// | permission denied | yes | create a registration entry whose selectors match this process; agents learn of it seconds later |
/// | unavailable, and whatever else the agent failed at | yes | nothing; it is asked again |
/// | no answer in time | yes | look at the log of the agent |
/// | invalid argument | no | correct the audience, or the SPIFFE ID that is asked for |
/// | unimplemented | no | turn on JWT-SVIDs at the agent |
#[derive(Clone, Debug)]
pub struct Spiffe {
    audiences: Vec<String>,
    id: Option<String>,
    endpoint: Option<String>,
    timeout: Duration,
}

impl Spiffe {
    /// Asks for JWT-SVIDs with `audience` in their `aud`.
    #[must_use]
    pub fn new(audience: impl Into<String>) -> Self {
        Self {
            audiences: vec![audience.into()],
            id: None,
            endpoint: None,
            timeout: TIMEOUT,
        }
    }

    /// Adds an audience. Whoever gets a token of several may present it to the others.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Asks for the identity `id`, such as `spiffe://example.org/ns/orders/sa/orders`, of those that the workload has. By
    /// default the agent gives its first one.
    #[must_use]
    pub fn spiffe_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Asks at `endpoint` instead of what `SPIFFE_ENDPOINT_SOCKET` says: `unix:///` and a path, or `tcp://` with a loopback
    /// address and a port. Since JWT-SVIDs come in clear text, it can be no other host.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Longest time that the agent may take, connecting included. By default 10 s; the provider's deadline may end it
    /// earlier.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let agent = if let Some(endpoint) = &self.endpoint {
            Agent::at(WHO, "its endpoint", endpoint)?
        } else {
            let endpoint = variables::text(SOCKET);
            let endpoint = endpoint.ok_or_else(|| SubjectTokenError::permanent(missing()))?;
            Agent::at(WHO, SOCKET, &endpoint)?
        };
        if self
            .audiences
            .iter()
            .any(|audience| audience.trim().is_empty())
        {
            return Err(SubjectTokenError::permanent(format!(
                "{WHO}: an audience is empty; give the one that the identity pool expects"
            )));
        }
        let asked = agent.jwt_svid(&self.audiences, self.id.as_deref());
        let token = match tokio::time::timeout(self.timeout, asked).await {
            Ok(token) => token?,
            Err(_) => return Err(agent.timed_out(self.timeout)),
        };
        // When it ends stands in its claims, which the provider reads.
        Ok(SubjectToken::from(token))
    }
}

fn missing() -> String {
    format!(
        "{WHO}: the environment variable {SOCKET} is not set; set it to the socket of the agent, such as \
         unix:///run/spire/sockets/agent.sock"
    )
}

/// What is missing, if the environment does not say where the agent is.
pub(super) fn missing_endpoint() -> Option<String> {
    (!variables::is_set(SOCKET)).then(missing)
}

impl SubjectTokenSource for Spiffe {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}
