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
//! let variable = EnvironmentVariable::new("CONFLUENT_ID_TOKEN");
//! let closure = || async {
//!     // Ask the identity provider.
//!     Err::<String, _>(SubjectTokenError::transient("the identity provider did not answer"))
//! };
//! let sources: [Arc<dyn SubjectTokenSource>; 3] = [Arc::new(file), Arc::new(variable), Arc::new(closure)];
//! ```

mod environment;
mod error;
mod file;
mod source;
mod static_token;

pub use environment::EnvironmentVariable;
pub use error::SubjectTokenError;
pub use file::TokenFile;
pub use source::SubjectTokenSource;
pub use static_token::StaticToken;
