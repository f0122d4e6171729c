//! What a request holds, and where it comes from.

use std::fmt;
use std::path::PathBuf;

use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::file::TokenFile;
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::variables;

/// A URL, the value of a header or a body of an [`HttpToken`](crate::subject_token::HttpToken): a text, a variable or a
/// file. Never printed.
#[derive(Clone)]
pub struct HttpValue {
    origin: Origin,
    prefix: String,
    suffix: String,
    optional: bool,
}

#[derive(Clone)]
enum Origin {
    Text(Secret),
    Variable(String),
    File(TokenFile),
}

impl HttpValue {
    /// The value of the environment variable `name`.
    #[must_use]
    pub fn variable(name: impl Into<String>) -> Self {
        Self::of(Origin::Variable(name.into()))
    }

    /// What the file at `path` holds, without the white space around it.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::of(Origin::File(TokenFile::of("the file", path)))
    }

    fn of(origin: Origin) -> Self {
        Self {
            origin,
            prefix: String::new(),
            suffix: String::new(),
            optional: false,
        }
    }

    /// The same after `text`, such as `Bearer `.
    #[must_use]
    pub fn prefix(mut self, text: impl Into<String>) -> Self {
        self.prefix = text.into();
        self
    }

    /// The same before `text`, such as a path.
    #[must_use]
    pub fn suffix(mut self, text: impl Into<String>) -> Self {
        self.suffix = text.into();
        self
    }

    /// Leaves out what holds it where the variable is not set.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What it is called in an error.
    pub(super) fn origin(&self) -> &str {
        match &self.origin {
            Origin::Text(_) => "its URL",
            Origin::Variable(name) => name,
            Origin::File(_) => "the file with its URL",
        }
    }

    /// `None` if it is optional and not there.
    pub(super) async fn read(&self, who: &str) -> Result<Option<Secret>, SubjectTokenError> {
        let value = match &self.origin {
            Origin::Text(text) => text.clone(),
            Origin::Variable(name) => match variables::secret(name) {
                Some(value) => value,
                None if self.optional => return Ok(None),
                None => {
                    let why = format!("{who}: the environment variable {name} is not set; set it");
                    return Err(SubjectTokenError::permanent(why));
                }
            },
            Origin::File(file) => file.subject_token().await?.secret().clone(),
        };
        let Self { prefix, suffix, .. } = self;
        let value = value.expose_secret();
        // Of an address, which may end in a slash.
        let value = if suffix.starts_with('/') {
            value.trim_end_matches('/')
        } else {
            value
        };
        Ok(Some(Secret::from(format!("{prefix}{value}{suffix}"))))
    }
}

impl From<&str> for HttpValue {
    fn from(text: &str) -> Self {
        Secret::from(text).into()
    }
}

impl From<String> for HttpValue {
    fn from(text: String) -> Self {
        Secret::from(text).into()
    }
}

impl From<Secret> for HttpValue {
    fn from(text: Secret) -> Self {
        Self::of(Origin::Text(text))
    }
}

impl fmt::Debug for HttpValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Text(_) => f.write_str("HttpValue(text)"),
            Origin::Variable(name) => write!(f, "HttpValue(variable {name:?})"),
            Origin::File(file) => write!(f, "HttpValue({file:?})"),
        }
    }
}
