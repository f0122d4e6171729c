//! The requests of a provider.

use super::identity_pool_id;
use crate::build_error::BuildError;
use crate::generated::types::{StsV1TokenExchangeRequest, builder};
use crate::redact::line;
use crate::secret::Secret;

pub(super) type Customize =
    dyn Fn(builder::StsV1TokenExchangeRequest) -> builder::StsV1TokenExchangeRequest + Send + Sync;

/// Makes the request of each exchange.
pub(crate) struct Requests {
    identity_pool_id: String,
    /// The lifetime to ask for, in seconds; the specification's default unless set.
    lifetime: Option<u64>,
    customize: Option<Box<Customize>>,
}

impl Requests {
    #[cfg(feature = "testing")]
    pub(crate) fn of_pool(identity_pool_id: impl Into<String>) -> Self {
        Self {
            identity_pool_id: identity_pool_id.into(),
            lifetime: None,
            customize: None,
        }
    }

    /// Those that can be sent.
    ///
    /// # Errors
    ///
    /// A request would be refused, whatever the subject token.
    pub(super) fn new(
        identity_pool_id: String,
        lifetime: Option<u64>,
        customize: Option<Box<Customize>>,
    ) -> Result<Self, BuildError> {
        let requests = Self {
            identity_pool_id,
            lifetime,
            customize,
        };
        let request = requests.request(Secret::from("eyJ")).map_err(|why| {
            BuildError::option(match &requests.customize {
                None => "the specification does not allow this identity_pool_id".to_owned(),
                Some(_) => format!("the specification does not allow this request: {why}"),
            })
        })?;
        identity_pool_id::checked(Some(&request.identity_pool_id))?;
        Ok(requests)
    }

    /// The request for `subject_token`.
    ///
    /// # Errors
    ///
    /// The specification does not allow it.
    pub(super) fn request(
        &self,
        subject_token: Secret,
    ) -> Result<StsV1TokenExchangeRequest, String> {
        let request = StsV1TokenExchangeRequest::builder().identity_pool_id(&self.identity_pool_id);
        let request = match self.lifetime {
            Some(lifetime) => request.expires_in(lifetime),
            None => request,
        };
        let request = match &self.customize {
            Some(customize) => customize(request),
            None => request,
        };
        let request = request.subject_token(subject_token).try_into();
        request.map_err(|error: crate::generated::types::error::ConversionError| {
            line(&error.to_string())
        })
    }
}
