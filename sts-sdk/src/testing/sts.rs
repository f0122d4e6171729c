//! An STS within the process, for tests.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::answer::Answer;
use crate::clock::BoxFuture;
use crate::exchange::{AccessToken, ExchangeError};
use crate::provider::TokenProvider;
use crate::provider::builder::TokenProviderBuilder;
use crate::provider::exchange::Exchange;
use crate::secret::Secret;

pub(super) const NAME: &str = "a test";
pub(super) const SUBJECT_TOKEN: &str = "a-subject-token";

/// An STS within the process that answers each exchange as it is told. Clones share the count of exchanges.
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
        Box::pin(answer.give())
    }
}
