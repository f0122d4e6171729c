//! What tests of the data plane share.

use std::time::{Duration, SystemTime};

use serde_json::json;
use sts_sdk::auth::Pools;
use sts_sdk::subject_token::StaticToken;
use sts_sdk::{ExternalTokenProvider, subject_token::SubjectTokenSource};

use crate::jwt;

/// An external token that lives for an hour from now, whose principal is `subject`.
#[must_use]
pub fn external_token(subject: &str) -> String {
    let end = SystemTime::now() + Duration::from_secs(3600);
    let end = end.duration_since(SystemTime::UNIX_EPOCH);
    jwt(&json!({"sub": subject, "exp": end.unwrap_or_default().as_secs()}))
}

/// A provider of external tokens by the system's clock.
///
/// # Panics
///
/// It cannot be built.
#[must_use]
#[expect(clippy::expect_used, reason = "all that is needed is given")]
pub fn external_provider(source: impl SubjectTokenSource + 'static) -> ExternalTokenProvider {
    let builder = ExternalTokenProvider::builder().subject_token(source);
    builder.build().expect("the provider is complete")
}

/// A provider whose tokens are all `token`.
#[must_use]
pub fn always(token: &str) -> ExternalTokenProvider {
    external_provider(StaticToken::new(token))
}

/// The three forms of identity pools, with how Confluent's clients take them.
///
/// # Panics
///
/// One of them is refused.
#[must_use]
#[expect(clippy::expect_used, reason = "all of them are pools")]
pub fn forms_of_pools() -> [(Pools, Vec<&'static str>); 3] {
    [vec![], vec!["pool-1"], vec!["pool-1", "pool-2"]].map(|ids| {
        let pools = match &*ids {
            [] => Pools::automatic(),
            ids => Pools::union(ids).expect("they are pools"),
        };
        (pools, ids)
    })
}
