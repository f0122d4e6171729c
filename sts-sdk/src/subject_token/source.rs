//! What a source of subject tokens is.

use std::future::Future;
use std::sync::Arc;

use super::error::SubjectTokenError;
use crate::clock::BoxFuture;
use crate::secret::Secret;

/// Gives the JWT that the workload's own identity provider issued.
///
/// A provider asks it anew before each exchange, and once more after STS has answered 400 or 401, so that it need not
/// cache. The provider waits for the answer before it asks again. When its deadline passes, it drops the future that
/// it waits for. That future is part of a task on the tokio runtime that the provider was called from, which it must
/// not block.
///
/// The token must be one line of visible ASCII characters. White space around it is removed.
pub trait SubjectTokenSource: Send + Sync {
    /// Gets a subject token.
    ///
    /// # Errors
    ///
    /// There is none; the error says whether there may be one later.
    fn subject_token(&self) -> BoxFuture<'_, Result<Secret, SubjectTokenError>>;
}

impl<S: SubjectTokenSource + ?Sized> SubjectTokenSource for Arc<S> {
    fn subject_token(&self) -> BoxFuture<'_, Result<Secret, SubjectTokenError>> {
        (**self).subject_token()
    }
}

impl<F, R, T, E> SubjectTokenSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<T, E>> + Send,
    T: Into<Secret>,
    E: Into<SubjectTokenError>,
{
    fn subject_token(&self) -> BoxFuture<'_, Result<Secret, SubjectTokenError>> {
        Box::pin(async move { self().await.map(Into::into).map_err(Into::into) })
    }
}
