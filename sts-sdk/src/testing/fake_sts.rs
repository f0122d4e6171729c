//! An STS within the process, for tests.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Answer;
use crate::clock::BoxFuture;
use crate::exchange::{AccessToken, ExchangeError};
use crate::generated::types::StsV1TokenExchangeRequest;
use crate::provider::TokenProvider;
use crate::provider::builder::TokenProviderBuilder;
use crate::provider::exchange::Exchange;

pub(super) const NAME: &str = "a test";
pub(super) const SUBJECT_TOKEN: &str = "a-subject-token";
pub(super) const IDENTITY_POOL: &str = "pool-test";

/// An STS within the process that answers each exchange as it is told. Clones share what it was asked.
#[derive(Clone)]
pub struct FakeSts(Arc<Inner>);

struct Inner {
    answer: Box<dyn Fn(u64) -> Answer + Send + Sync>,
    exchanges: AtomicU64,
    /// Only one is kept: a test may run for millions of exchanges.
    last_request: Mutex<Option<StsV1TokenExchangeRequest>>,
}

impl FakeSts {
    /// Answers each exchange with what `answer` gives for its number, the first being 0.
    pub fn new(answer: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            answer: Box::new(answer),
            exchanges: AtomicU64::new(0),
            last_request: Mutex::default(),
        }))
    }

    /// A builder of providers that exchange with it. The identity pool, `pool-test`, and the source of subject tokens,
    /// which always gives `a-subject-token`, can be replaced.
    pub fn provider(&self) -> TokenProviderBuilder {
        TokenProvider::builder()
            .name(NAME)
            .identity_pool_id(IDENTITY_POOL)
            .subject_token(crate::subject_token::StaticToken::new(SUBJECT_TOKEN))
            .exchange_with(self.clone())
    }

    /// How many exchanges were begun.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.0.exchanges.load(Ordering::SeqCst)
    }

    /// The request of the exchange that was begun last: identity pool, subject token and all else that would be sent.
    /// `None` before the first.
    #[must_use]
    pub fn last_request(&self) -> Option<StsV1TokenExchangeRequest> {
        let last = self.0.last_request.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for FakeSts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeSts")
            .field("exchanges", &self.exchanges())
            .finish_non_exhaustive()
    }
}

impl Exchange for FakeSts {
    fn takes_any_text(&self) -> bool {
        true
    }

    fn exchange(
        &self,
        request: StsV1TokenExchangeRequest,
    ) -> BoxFuture<'_, Result<AccessToken, ExchangeError>> {
        let requested = request.requested_token_type.clone();
        let last = self.0.last_request.lock();
        *last.unwrap_or_else(PoisonError::into_inner) = Some(request);
        let nth = self.0.exchanges.fetch_add(1, Ordering::SeqCst);
        let answer = (self.0.answer)(nth);
        Box::pin(answer.give(requested))
    }
}
