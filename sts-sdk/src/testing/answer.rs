//! How an STS that stands in for the real one answers.

use std::future::pending;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use crate::exchange::{AccessToken, ExchangeError};
use crate::generated::types::{self, StsV1TokenExchangeReply};
use crate::generated::{Error, ResponseValue};
use crate::secret::Secret;

/// What an [`Sts`](crate::testing::Sts) does with an exchange.
#[derive(Clone, Debug)]
pub struct Answer(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Token {
        token: Secret,
        lifetime: Duration,
    },
    Status {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    Hang,
}

impl Answer {
    /// Issues `token` for `lifetime`, in whole seconds.
    #[must_use]
    pub fn token(token: impl Into<Secret>, lifetime: Duration) -> Self {
        Self(Kind::Token {
            token: token.into(),
            lifetime,
        })
    }

    /// Fails with an HTTP status. A number that is none counts as 500.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self(Kind::Status {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            retry_after: None,
        })
    }

    /// Adds the time, in whole seconds, after which to try again, to a failure with a status.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        if let Kind::Status { retry_after, .. } = &mut self.0 {
            *retry_after = Some(wait);
        }
        self
    }

    /// Never answers.
    #[must_use]
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// Answers an exchange.
    pub(super) async fn give(self) -> Result<AccessToken, ExchangeError> {
        // The specification requires more than a test can say.
        let malformed =
            |why: types::error::ConversionError| ExchangeError::request(why.to_string());
        match self.0 {
            Kind::Token { token, lifetime } => {
                let issued = "urn:ietf:params:oauth:token-type:access_token";
                let reply = StsV1TokenExchangeReply::builder()
                    .access_token(token)
                    .expires_in(i32::try_from(lifetime.as_secs()).unwrap_or(i32::MAX))
                    .issued_token_type(issued)
                    .token_type("Bearer")
                    .try_into();
                let reply: StsV1TokenExchangeReply = reply.map_err(malformed)?;
                let refused = |why| ExchangeError::reply(StatusCode::OK, HeaderMap::new(), why);
                AccessToken::from_reply(reply, issued).map_err(refused)
            }
            Kind::Status {
                status,
                retry_after,
            } => {
                let mut headers = HeaderMap::new();
                if let Some(wait) = retry_after {
                    headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
                }
                let error = types::Error {
                    detail: Some("a test's STS was told to fail".to_owned()),
                    ..types::Error::default()
                };
                let failure = types::Failure::builder().errors(vec![error]).try_into();
                let failure: types::Failure = failure.map_err(malformed)?;
                let response = ResponseValue::new(failure, status, headers);
                Err(ExchangeError::from(Error::ErrorResponse(response)))
            }
            Kind::Hang => pending().await,
        }
    }
}
