//! A question to the agent: one connection, one call.

use std::fmt;
use std::time::Duration;

use spiffe::transport::Endpoint;
use spiffe::{SpiffeId, WorkloadApiClient};

use super::errors;
use crate::redact::line_of;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;

/// Longest endpoint and SPIFFE ID that an error repeats, in characters.
const LONGEST: usize = 200;

/// Where the Workload API is asked.
pub(super) struct Agent {
    who: &'static str,
    endpoint: Endpoint,
}

impl Agent {
    /// The agent that listens at `text`, which `origin` gave: a variable, an option.
    pub(super) fn at(
        who: &'static str,
        origin: &str,
        text: &str,
    ) -> Result<Self, SubjectTokenError> {
        let refused = |why: String| {
            SubjectTokenError::permanent(format!(
                "{who}: {origin} {why}; give unix:/// and a path, or tcp:// with a loopback address and a port"
            ))
        };
        let endpoint = Endpoint::parse(text.trim())
            .map_err(|error| refused(format!("is no endpoint ({error})")))?;
        match &endpoint {
            // It is served in clear text (The SPIFFE Workload Endpoint, section 3.1).
            Endpoint::Tcp { host, .. } if !host.is_loopback() => {
                Err(refused("would send tokens in clear text".to_owned()))
            }
            _ => Ok(Self { who, endpoint }),
        }
    }

    /// The JWT-SVID for `audiences` of the identity `id`, or of the one that the agent gives first.
    ///
    /// The connection ends with the call: it would not survive the runtime that it was made on, and minutes pass until the
    /// next.
    pub(super) async fn jwt_svid(
        &self,
        audiences: &[String],
        id: Option<&str>,
    ) -> Result<Secret, SubjectTokenError> {
        let id = id.map(|id| self.spiffe_id(id)).transpose()?;
        let client = WorkloadApiClient::connect(self.endpoint.clone()).await;
        let client = client.map_err(|error| errors::unreachable(self, &error))?;
        // As a text: read as a JWT-SVID, it would have to have a `kid`, which is optional (JWT-SVID, section 2.2).
        let token = client.fetch_jwt_token(audiences, id.as_ref()).await;
        token
            .map(Secret::from)
            .map_err(|error| errors::refused(self, &error))
    }

    fn spiffe_id(&self, text: &str) -> Result<SpiffeId, SubjectTokenError> {
        SpiffeId::new(text.trim()).map_err(|error| {
            let (who, shown) = (self.who, line_of(text, LONGEST));
            SubjectTokenError::permanent(format!(
                "{who}: {shown:?} is no SPIFFE ID ({error}); give one such as spiffe://example.org/workload"
            ))
        })
    }

    pub(super) fn timed_out(&self, timeout: Duration) -> SubjectTokenError {
        SubjectTokenError::transient(format!(
            "{self} did not answer within {timeout:?}; look at the log of the agent"
        ))
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = match &self.endpoint {
            Endpoint::Unix(path) => path.display().to_string(),
            Endpoint::Tcp { host, port } => std::net::SocketAddr::new(*host, *port).to_string(),
            _ => String::new(),
        };
        write!(f, "{} at {}", self.who, line_of(&at, LONGEST))
    }
}
