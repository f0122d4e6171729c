//! Why a client or a provider could not be made.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::redact::with_causes;

/// A client or a provider could not be made from what was given. Displayed as one line that says what to do.
///
/// Returned by the constructors of [`Client`](crate::Client), [`ClientBuilder::build`](crate::ClientBuilder::build) and
/// [`TokenProviderBuilder::build`](crate::TokenProviderBuilder::build). Nothing was sent. It is for whoever configures
/// the program: trying again does not help. [`missing_option`](Self::missing_option) and the predicates say what is
/// wrong.
///
/// `Display` says all of it, what caused it included, so that there is no `source()`.
pub struct BuildError {
    kind: Kind,
    /// What caused it, in one line.
    cause: Option<String>,
}

#[derive(Debug)]
enum Kind {
    BaseUrl {
        url: String,
        reason: &'static str,
    },
    Missing {
        option: &'static str,
        todo: &'static str,
    },
    Option(Cow<'static, str>),
    NoSubjectToken(String),
    Certificate(&'static str),
    NoCryptoProvider,
    Tls,
    HttpClient,
    #[cfg(feature = "blocking")]
    Runtime,
}

impl BuildError {
    /// `url` must not hold credentials; it becomes part of the text.
    pub(crate) fn base_url(url: impl Into<String>, reason: &'static str) -> Self {
        Self {
            kind: Kind::BaseUrl {
                url: url.into(),
                reason,
            },
            cause: None,
        }
    }

    /// The `option` of a builder was not given; what to do.
    pub(crate) fn missing(option: &'static str, todo: &'static str) -> Self {
        Self {
            kind: Kind::Missing { option, todo },
            cause: None,
        }
    }

    pub(crate) fn option(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: Kind::Option(why.into()),
            cause: None,
        }
    }

    /// The platform gives this process no subject token.
    pub(crate) fn no_subject_token(why: String) -> Self {
        Self {
            kind: Kind::NoSubjectToken(why),
            cause: None,
        }
    }

    pub(crate) fn certificate(why: &'static str) -> Self {
        Self {
            kind: Kind::Certificate(why),
            cause: None,
        }
    }

    pub(crate) fn no_crypto_provider() -> Self {
        Self {
            kind: Kind::NoCryptoProvider,
            cause: None,
        }
    }

    pub(crate) fn tls(source: impl Error + 'static) -> Self {
        Self {
            kind: Kind::Tls,
            cause: Some(with_causes("", &source)),
        }
    }

    pub(crate) fn http_client(source: impl Error + 'static) -> Self {
        Self {
            kind: Kind::HttpClient,
            cause: Some(with_causes("", &source)),
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn runtime(source: &std::io::Error) -> Self {
        Self {
            kind: Kind::Runtime,
            cause: Some(with_causes("", source)),
        }
    }

    /// The option of the builder that must be given and was not, if that is what is wrong: the name of its method, such
    /// as `identity_pool_id`.
    #[must_use]
    pub fn missing_option(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Missing { option, .. } => Some(option),
            _ => None,
        }
    }

    /// Whether the base URL is at fault.
    #[must_use]
    pub fn is_base_url(&self) -> bool {
        matches!(self.kind, Kind::BaseUrl { .. })
    }

    /// Whether the platform gives this process no subject token, as where a job lacks a permission, and nothing else is
    /// wrong.
    #[must_use]
    pub fn is_no_subject_token(&self) -> bool {
        matches!(self.kind, Kind::NoSubjectToken(_))
    }

    /// Whether a certificate or a private key cannot be used.
    #[must_use]
    pub fn is_certificate(&self) -> bool {
        matches!(self.kind, Kind::Certificate(_))
    }

    /// Whether TLS could not be set up, as where the system has no root certificates or rustls no crypto provider.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        matches!(self.kind, Kind::Tls | Kind::NoCryptoProvider)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::BaseUrl { url, reason } => write!(f, "base URL {url:?}: {reason}"),
            Kind::Missing { option, todo } => write!(f, "{option} is missing; {todo}"),
            Kind::Option(why) => f.write_str(why),
            Kind::NoSubjectToken(why) => f.write_str(why),
            Kind::Certificate(why) => f.write_str(why),
            Kind::NoCryptoProvider => f.write_str(
                "rustls has no crypto provider; before a client is built, call install_default() of one, such as \
                 rustls::crypto::ring::default_provider(), or enable the feature rustls of sts-sdk",
            ),
            Kind::Tls => {
                f.write_str(
                "TLS could not be set up; check that the system has root certificates, and that SSL_CERT_FILE, if it is \
                 set, names a file of them; or give some to root_certificates of the client's builder",
            )
            }
            Kind::HttpClient => f.write_str("the HTTP client could not be set up"),
            #[cfg(feature = "blocking")]
            Kind::Runtime => f.write_str(
                "the runtime of blocking providers could not be started; check the limits of threads and open files",
            ),
        }?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildError({self})")
    }
}

impl Error for BuildError {}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn each_error_answers_what_is_wrong_and_nothing_else() {
        let cause = || io::Error::other("why");
        for (error, answer) in [
            (BuildError::base_url("u", "r"), Some(0)),
            (BuildError::missing("o", "t"), Some(1)),
            (BuildError::no_subject_token("w".to_owned()), Some(2)),
            (BuildError::certificate("w"), Some(3)),
            (BuildError::tls(cause()), Some(4)),
            (BuildError::no_crypto_provider(), Some(4)),
            (BuildError::option("w"), None),
            (BuildError::http_client(cause()), None),
        ] {
            let answers = [
                error.is_base_url(),
                error.missing_option().is_some(),
                error.is_no_subject_token(),
                error.is_certificate(),
                error.is_tls(),
            ];
            let expected: [bool; 5] = std::array::from_fn(|nth| Some(nth) == answer);
            assert_eq!(answers, expected, "{error}");
        }
    }
}
