//! For the tests of crates that use this one: providers that need no STS, an STS that answers as told, and a
//! clock that is set by hand. With the feature `testing`.
//!
//! ```
//! use std::time::Duration;
//! use sts_sdk::testing::{self, Answer, ManualClock, Sts};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! // Code that only needs a token.
//! let tokens = testing::fixed("a-token");
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "a-token");
//!
//! // Code that must cope with there being none.
//! let tokens = testing::failing(Answer::status(403));
//! let error = tokens.token().await.unwrap_err();
//! assert_eq!(error.exchange().unwrap().status().unwrap(), 403);
//!
//! // Time passes when told.
//! let clock = ManualClock::default();
//! let sts = Sts::new(|nth| Answer::token(format!("token-{nth}"), Duration::from_secs(900)));
//! let tokens = sts.provider().clock(clock.clone()).build().unwrap();
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "token-0");
//! clock.advance(Duration::from_secs(895));
//! assert_eq!(tokens.token().await.unwrap().secret().expose_secret(), "token-1");
//! assert_eq!(sts.exchanges(), 2);
//! # });
//! ```

mod answer;
mod clock;
mod sts;

use std::sync::Arc;
use std::time::Duration;

pub use answer::Answer;
pub use clock::ManualClock;
pub use sts::Sts;

use crate::provider::TokenProvider;
use crate::secret::Secret;
use crate::subject_token::StaticToken;

/// A provider whose tokens are all `token`: visible ASCII characters, at least one. With anything else it fails
/// as with an STS that sends such a token.
#[must_use]
pub fn fixed(token: impl Into<Secret>) -> TokenProvider {
    let token = token.into();
    always(Answer::token(token, Duration::from_secs(900)))
}

/// A provider for which every exchange ends with `answer`. A refresh does not retry, but callers that come after a
/// transient failure wait as they do with any provider.
#[must_use]
pub fn failing(answer: Answer) -> TokenProvider {
    always(answer)
}

fn always(answer: Answer) -> TokenProvider {
    let sts = Sts::new(move |_| answer.clone());
    let source = Arc::new(StaticToken::new(sts::SUBJECT_TOKEN));
    let builder = TokenProvider::builder().max_retries(0);
    builder.assemble(sts::NAME.to_owned(), source, Box::new(sts))
}
