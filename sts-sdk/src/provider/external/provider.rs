//! The provider of external tokens, as callers see it.

use std::fmt;

use reqwest::header::HeaderValue;

use super::token::ExternalToken;
use crate::provider::changes::Changes;
use crate::provider::error::TokenError;
use crate::provider::keep_fresh::KeepFresh;
use crate::provider::status::Status;
use crate::provider::tag::Tag;
use crate::provider::token_provider::TokenProvider;

/// Gives a valid *external token* at any moment: the JWT that the workload's own identity provider issued, as it is,
/// without an exchange. Kafka, Kafka REST, Schema Registry, Catalog and Flink take it, with the identity pools beside it;
/// Confluent Cloud's control plane takes what a [`TokenProvider`] exchanges for it.
///
/// Cheap to clone; all clones share one token. Both kinds of provider may share one source.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use sts_sdk::ExternalTokenProvider;
/// use sts_sdk::subject_token::TokenFile;
///
/// let tokens = ExternalTokenProvider::builder()
///     .subject_token(TokenFile::new("/var/run/secrets/tokens/confluent"))
///     .build()?;
///
/// let token = tokens.token().await?;
/// println!("valid until {:?}", token.expires_at());
/// # Ok(())
/// # }
/// ```
///
/// # When a token is refreshed
///
/// As a [`TokenProvider`] does, at the same shares of its lifetime, with one refresh at a time, the same waits after
/// failures and the same logs. The lifetime L is counted from the answer of the source. By the token itself it is
/// exp − max(now, `iat`). Where the source says an end
/// ([`SubjectToken::expires_at`](crate::subject_token::SubjectToken::expires_at)), it is at most end − now, and the token
/// needs no `exp`.
///
/// A source may give a token again that it gave before: a file that has not been rotated yet, an environment variable.
/// That is no new token. It keeps its [`Tag`] and is served to its end. Meanwhile calls cause the source to be asked
/// again, and do not wait for that: after a tenth of the time that is left until L − min(60 s, L/6), or up to half as long
/// again at random, and from 100 s before that moment on every 10 to 15 s.
///
/// # When a token is refused
///
/// [`invalidate`](Self::invalidate) tells the source
/// ([`SubjectTokenSource::refused`](crate::subject_token::SubjectTokenSource::refused)) before it is asked again. If it
/// gives the same token nevertheless, callers get an error that says so, and after a wait that token again: what refused
/// it may have been corrected. The wait is 2 to 4 s after the first token in a row that is invalidated early (within
/// min(60 s, L/6)) or after any that is not, 4 to 8 s after the second and so on, up to 40 to 80 s.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | the source has none | as the source says | what the error of the source says |
/// | what it gives is no JWT, or a JWT without `exp` while the source does not know the end either | no | correct the source |
/// | it has expired more than a minute ago, or is not valid for more than a minute to come | no | check that something renews it, and the clock |
/// | it is at its end, or the same that just ended | yes | nothing if something renews it |
/// | it is the one that was invalidated | no | find out why the API refuses it |
/// | the deadline | yes | look at the source; the error names the step |
#[derive(Clone)]
pub struct ExternalTokenProvider(TokenProvider);

impl ExternalTokenProvider {
    pub(super) fn new(provider: TokenProvider) -> Self {
        Self(provider)
    }

    /// What does the same with access tokens, for what takes either kind.
    pub(crate) fn inner(&self) -> &TokenProvider {
        &self.0
    }

    /// A valid external token: the cached one if it may be served, otherwise what the source gives.
    ///
    /// # Errors
    ///
    /// There is none. A refresh fails at its [deadline](crate::ExternalTokenProviderBuilder::deadline); a caller waits for
    /// at most one second more than that.
    pub async fn token(&self) -> Result<ExternalToken, TokenError> {
        self.0.token().await.map(ExternalToken::new)
    }

    /// The value of an `authorization` header that presents a valid external token (RFC 6750, section 2.1), marked
    /// sensitive.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub async fn authorization(&self) -> Result<HeaderValue, TokenError> {
        self.0.authorization().await
    }

    /// Stops serving `token`, after an API has answered it with 401, and tells its source. As
    /// [`TokenProvider::invalidate`] in all else.
    pub fn invalidate(&self, token: impl AsRef<Tag>) -> bool {
        self.0.invalidate(token)
    }

    /// What the source gives now: by a refresh that is under way, or by one that starts now. It may be the token that is
    /// cached.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token), also where the cached token may still be served.
    pub async fn refresh(&self) -> Result<ExternalToken, TokenError> {
        self.0.refresh().await.map(ExternalToken::new)
    }

    /// Gets a first token, so that later callers need not wait; at the start of a program, say.
    ///
    /// # Errors
    ///
    /// As for [`token`](Self::token).
    pub async fn warm_up(&self) -> Result<(), TokenError> {
        self.0.warm_up().await
    }

    /// Refreshes without being asked, as [`TokenProvider::keep_fresh`] does.
    ///
    /// # Errors
    ///
    /// This is not within a tokio runtime, or within one without timers.
    pub fn keep_fresh(&self) -> Result<KeepFresh, TokenError> {
        self.0.keep_fresh()
    }

    /// Tells of new tokens, as [`TokenProvider::changes`] does. A token that its source gives again is none.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.0.changes()
    }

    /// What the provider is doing. It makes no exchanges: [`Status::exchanges`] stays 0.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.status()
    }
}

/// What [`status`](Self::status) says, without a token.
impl fmt::Debug for ExternalTokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        f.debug_struct("ExternalTokenProvider")
            .field("name", &status.name)
            .field("state", &status.state)
            .finish_non_exhaustive()
    }
}
