//! How an STS that stands in for the real one answers.

use std::future::pending;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use crate::exchange::{AccessToken, ExchangeError};
use crate::failure;
use crate::generated::types::{StsV1TokenExchangeReply, error::ConversionError};
use crate::redact::Credentials;
use crate::secret::Secret;
use crate::transport::FailureBody;

/// What a [`FakeSts`](crate::testing::FakeSts) does with an exchange.
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
        body: String,
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
            body: r#"{"errors":[{"detail":"a test's STS was told to fail"}]}"#.to_owned(),
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

    /// Gives a failure with a status another body: any text, which is read like the body of a real response. The
    /// [specification's](crate::Failure) is JSON such as
    /// `{"errors": [{"code": "pool_not_found", "detail": "There is no such pool."}]}`.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Kind::Status { body, .. } = &mut self.0 {
            *body = text.into();
        }
        self
    }

    /// Never answers.
    #[must_use]
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// Answers an exchange for a token of the type `requested`.
    pub(super) async fn give(self, requested: String) -> Result<AccessToken, ExchangeError> {
        match self.0 {
            Kind::Token { token, lifetime } => {
                let reply = StsV1TokenExchangeReply::builder()
                    .access_token(token)
                    .expires_in(i32::try_from(lifetime.as_secs()).unwrap_or(i32::MAX))
                    .issued_token_type(requested.as_str())
                    .token_type("Bearer")
                    .try_into();
                // The specification may come to require more than a test can say.
                let malformed = |why: ConversionError| ExchangeError::request(why.to_string());
                let reply: StsV1TokenExchangeReply = reply.map_err(malformed)?;
                let refused = |why| ExchangeError::reply(StatusCode::OK, HeaderMap::new(), why);
                AccessToken::from_reply(reply, &requested).map_err(refused)
            }
            Kind::Status {
                status,
                retry_after,
                body,
            } => {
                let mut headers = HeaderMap::new();
                if let Some(wait) = retry_after {
                    headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
                }
                let credentials = Credentials::of_form(b"");
                let FailureBody { json, notes } =
                    failure::normalise(status, &headers, body.into_bytes(), &credentials);
                Err(ExchangeError::failure_of(status, headers, &json, notes))
            }
            Kind::Hang => pending().await,
        }
    }
}
