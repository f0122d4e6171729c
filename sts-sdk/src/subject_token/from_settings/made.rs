//! What becomes of settings.

use std::sync::Arc;

use crate::subject_token::source::SubjectTokenSource;

/// A source; `None` only if the reader of the settings has noted why there is none.
pub(super) type Made = Option<Arc<dyn SubjectTokenSource>>;
