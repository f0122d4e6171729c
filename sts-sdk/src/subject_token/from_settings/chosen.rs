//! A source, and why it is this one.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::clock::BoxFuture;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::token::SubjectToken;

/// The source of subject tokens that settings or the platform have chosen, and why; from
/// [`subject_token::from_settings`](crate::subject_token::from_settings). It is a source itself. Displayed as
/// `github-actions, because GITHUB_ACTIONS is true`.
#[derive(Clone)]
pub struct ChosenSource {
    pub(super) name: &'static str,
    pub(super) reason: Cow<'static, str>,
    pub(super) unused: Vec<&'static str>,
    pub(super) source: Arc<dyn SubjectTokenSource>,
}

impl ChosenSource {
    /// Its name, as `CONFLUENT_STS_SOURCE` has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Why it was chosen, such as `GITHUB_ACTIONS is true`.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The names of settings of other sources that are set and were not read, since this one does not take them.
    #[must_use]
    pub fn unused(&self) -> &[&'static str] {
        &self.unused
    }
}

impl SubjectTokenSource for ChosenSource {
    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        self.source.subject_token()
    }

    fn describe(&self) -> Cow<'_, str> {
        self.source.describe()
    }

    fn refused(&self, token: &SubjectToken) {
        self.source.refused(token);
    }
}

impl fmt::Display for ChosenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, because {}", self.name, self.reason)
    }
}

impl fmt::Debug for ChosenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChosenSource")
            .field("name", &self.name)
            .field("reason", &self.reason)
            .field("unused", &self.unused)
            .finish_non_exhaustive()
    }
}
