//! What a source of subject tokens is.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use super::error::SubjectTokenError;
use super::token::SubjectToken;
use crate::clock::BoxFuture;

/// Gives the JWT that the workload's own identity provider issued.
///
/// A provider asks it anew before each exchange, so that it need not cache. One for which issuing a token costs
/// something may keep a token, and drops it when it is [refused](Self::refused).
///
/// A provider waits for the answer before it asks again; several providers that share a source ask at the same time.
/// When its deadline passes, a provider drops the future that it waits for; until then a source that hangs uses up the time
/// for all else. That future is part of a task on the tokio runtime that the provider was called from, which it must not
/// block.
///
/// The token must be one line of visible ASCII characters. White space around it is removed.
///
/// A closure that returns a future is a source as well. Its result may be a [`SubjectToken`], a
/// [`Secret`](crate::Secret) or a text, and `?` works in it on [`std::io::Error`] and [`reqwest::Error`]:
///
/// ```
/// use sts_sdk::subject_token::{SubjectTokenError, SubjectTokenSource};
///
/// fn source() -> impl SubjectTokenSource {
///     || async {
///         let text = std::fs::read_to_string("/var/run/secrets/tokens/confluent")?;
///         Ok::<_, SubjectTokenError>(text)
///     }
/// }
/// # source();
/// ```
///
/// [`subject_token`](crate::subject_token) has examples of a closure and of a type that ask over HTTP.
pub trait SubjectTokenSource: Send + Sync {
    /// Gets a subject token.
    ///
    /// # Errors
    ///
    /// There is none; the error says whether there may be one later.
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>>;

    /// What errors call it, such as `GitHub Actions` or `the file /var/run/token`: one line, without a secret.
    fn describe(&self) -> Cow<'_, str> {
        "the source".into()
    }

    /// `token`, which this source gave, is of no use: STS refused it with 400 or 401, or with another 4xx that trying again
    /// does not help against; it cannot be a subject token, or is at its end; or an API did not take it as an
    /// [external token](crate::ExternalTokenProvider). A source that keeps tokens must not give this one again. It must not
    /// block.
    ///
    /// By default nothing happens.
    fn refused(&self, token: &SubjectToken) {
        _ = token;
    }
}

impl<S: SubjectTokenSource + ?Sized> SubjectTokenSource for Arc<S> {
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        (**self).subject_token()
    }

    fn describe(&self) -> Cow<'_, str> {
        (**self).describe()
    }

    fn refused(&self, token: &SubjectToken) {
        (**self).refused(token);
    }
}

impl<F, R, T, E> SubjectTokenSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<T, E>> + Send,
    T: Into<SubjectToken>,
    E: Into<SubjectTokenError>,
{
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(async move { self().await.map(Into::into).map_err(Into::into) })
    }
}
