//! Where subject tokens come from.
//!
//! A [`TokenProvider`](crate::TokenProvider) asks its [`SubjectTokenSource`] before each exchange. A source is
//! one of this module's, a closure, or a type of the caller's own; `Arc<dyn SubjectTokenSource>` is one as well.
//!
//! ```
//! use std::sync::Arc;
//! use sts_sdk::subject_token::{
//!     EnvironmentVariable, SubjectTokenError, SubjectTokenSource, TokenFile,
//! };
//!
//! let file = TokenFile::new("/var/run/secrets/tokens/confluent");
//! let variable = EnvironmentVariable::new("CI_JOB_JWT");
//! let closure = || async {
//!     // Ask the identity provider.
//!     Err::<String, _>(SubjectTokenError::transient("the identity provider did not answer"))
//! };
//! let sources: [Arc<dyn SubjectTokenSource>; 3] = [Arc::new(file), Arc::new(variable), Arc::new(closure)];
//! ```

mod environment;
mod error;
mod file;
mod static_token;

use std::future::Future;
use std::sync::Arc;

pub use environment::EnvironmentVariable;
pub use error::SubjectTokenError;
pub use file::TokenFile;
pub use static_token::StaticToken;

use crate::clock::BoxFuture;
use crate::secret::Secret;

/// Gives the JWT that the workload's own identity provider issued.
///
/// It is asked anew before each exchange, and once more when STS answers 400 or 401; again only when it has answered
/// or the provider's deadline has passed. It need not cache. It runs as part of a task of the tokio runtime that
/// the provider was called from, which it must not block, and is dropped when the deadline passes.
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
