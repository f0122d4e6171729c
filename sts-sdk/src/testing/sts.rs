//! What stands in for the STS in tests.

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use crate::clock::BoxFuture;
use crate::exchange::{AccessToken, ExchangeError};
use crate::generated::types::{self, StsV1TokenExchangeReply};
use crate::generated::{Error, ResponseValue};
use crate::provider::TokenProvider;
use crate::provider::builder::TokenProviderBuilder;
use crate::provider::exchange::Exchange;
use crate::secret::Secret;

pub(super) const NAME: &str = "a test";
pub(super) const SUBJECT_TOKEN: &str = "a-subject-token";

/// An STS within the process that answers each exchange as it is told. Clones share what they have counted.
#[derive(Clone)]
pub struct Sts(Arc<Inner>);

struct Inner {
    answer: Box<dyn Fn(u64) -> Answer + Send + Sync>,
    exchanges: AtomicU64,
}

impl Sts {
    /// Answers each exchange with what `answer` gives for its number, the first being 0.
    pub fn new(answer: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            answer: Box::new(answer),
            exchanges: AtomicU64::new(0),
        }))
    }

    /// A builder of providers that exchange with it, with a subject token and an identity pool filled in.
    pub fn provider(&self) -> TokenProviderBuilder {
        TokenProvider::builder()
            .name(NAME)
            .identity_pool_id("pool-test")
            .subject_token(crate::subject_token::StaticToken::new(SUBJECT_TOKEN))
            .stand_in(self.clone())
    }

    /// How many exchanges were begun.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.0.exchanges.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Sts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sts")
            .field("exchanges", &self.exchanges())
            .finish_non_exhaustive()
    }
}

impl Exchange for Sts {
    fn exchange(&self, _: Secret) -> BoxFuture<'_, Result<AccessToken, ExchangeError>> {
        let nth = self.0.exchanges.fetch_add(1, Ordering::SeqCst);
        let answer = (self.0.answer)(nth);
        Box::pin(answer.arrive())
    }
}

/// What an [`Sts`] does with an exchange.
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

    async fn arrive(self) -> Result<AccessToken, ExchangeError> {
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
