//! Why a client or a provider could not be made.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A client or a provider could not be made from what was given. Displayed as one line that says what to do.
pub struct BuildError {
    kind: Kind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug)]
enum Kind {
    BaseUrl { url: String, reason: &'static str },
    Option(Cow<'static, str>),
    Certificate(&'static str),
    Tls,
    HttpClient,
}

impl BuildError {
    /// `url` must not hold credentials; it becomes part of the text.
    pub(crate) fn base_url(url: impl Into<String>, reason: &'static str) -> Self {
        Self {
            kind: Kind::BaseUrl {
                url: url.into(),
                reason,
            },
            source: None,
        }
    }

    pub(crate) fn option(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: Kind::Option(why.into()),
            source: None,
        }
    }

    pub(crate) fn certificate(why: &'static str) -> Self {
        Self {
            kind: Kind::Certificate(why),
            source: None,
        }
    }

    #[cfg_attr(not(feature = "_rustls"), allow(dead_code))]
    pub(crate) fn tls(source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            kind: Kind::Tls,
            source: Some(Box::new(source)),
        }
    }

    pub(crate) fn http_client(source: reqwest::Error) -> Self {
        Self {
            kind: Kind::HttpClient,
            source: Some(Box::new(source)),
        }
    }

    /// Whether the base URL is at fault.
    #[must_use]
    pub fn is_base_url(&self) -> bool {
        matches!(self.kind, Kind::BaseUrl { .. })
    }

    /// Whether a certificate or a private key cannot be used.
    #[must_use]
    pub fn is_certificate(&self) -> bool {
        matches!(self.kind, Kind::Certificate(_))
    }

    /// Whether TLS could not be set up, as where the system has no root certificates.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        matches!(self.kind, Kind::Tls)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::BaseUrl { url, reason } => write!(f, "base URL {url:?}: {reason}"),
            Kind::Option(why) => f.write_str(why),
            Kind::Certificate(why) => f.write_str(why),
            Kind::Tls => {
                f.write_str("TLS could not be set up; check that the system has root certificates")
            }
            Kind::HttpClient => f.write_str("the HTTP client could not be set up"),
        }?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildError({self})")
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}
