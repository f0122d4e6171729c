//! The options of a provider of external tokens.

use std::time::Duration;

use super::provider::ExternalTokenProvider;
use crate::build_error::BuildError;
use crate::clock::Clock;
use crate::provider::builder::TokenProviderBuilder;
use crate::provider::token_provider::TokenProvider;
use crate::secret::Secret;
use crate::settings;
use crate::subject_token::{self, SubjectTokenSource};

/// Makes an [`ExternalTokenProvider`]; from [`ExternalTokenProvider::builder`]. The source must be given.
#[derive(Debug)]
#[must_use]
pub struct ExternalTokenProviderBuilder(TokenProviderBuilder);

impl ExternalTokenProvider {
    /// A builder of providers of external tokens.
    pub fn builder() -> ExternalTokenProviderBuilder {
        ExternalTokenProviderBuilder(TokenProvider::builder())
    }

    /// A provider whose source environment variables name or, where they name none, the platform determines: the same as
    /// that of [`TokenProvider::from_env`]. What the other [settings] say, such as the identity pool, is not read.
    ///
    /// # Errors
    ///
    /// Something is missing, contradictory or not allowed. The text names all of it.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_settings(settings::environment)
    }

    /// The same with settings from elsewhere, as [`TokenProvider::from_settings`] takes them.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_settings<V: Into<Secret>>(
        look_up: impl Fn(&str) -> Option<V>,
    ) -> Result<Self, BuildError> {
        Self::builder()
            .subject_token(subject_token::from_settings(look_up)?)
            .build()
    }
}

impl ExternalTokenProviderBuilder {
    /// Where the tokens come from: one of [`subject_token`](crate::subject_token), a closure, or a type of the caller's
    /// own.
    pub fn subject_token(self, source: impl SubjectTokenSource + 'static) -> Self {
        Self(self.0.subject_token(source))
    }

    /// Longest time that a refresh may take: the source, retries and all waits between them; at most an hour. By default
    /// 30 s.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self(self.0.deadline(deadline))
    }

    /// Most retries of one refresh after transient failures, as far as the deadline allows. By default 5.
    pub fn max_retries(self, retries: u32) -> Self {
        Self(self.0.max_retries(retries))
    }

    /// Longest random wait after a transient failure, at least 1 s: the waits double up to it. By default 30 s.
    /// While a token is cached, waits may be longer.
    pub fn max_backoff(self, backoff: Duration) -> Self {
        Self(self.0.max_backoff(backoff))
    }

    /// Where to read the time, in place of the [`SystemClock`](crate::SystemClock).
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self(self.0.clock(clock))
    }

    /// What the provider is called in logs and errors, where it is shown as one line of at most 400 characters. By default
    /// what its source is called.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.name(name))
    }

    /// Makes the provider. The source is not asked yet.
    ///
    /// # Errors
    ///
    /// The source is [missing](BuildError::missing_option), or a value is out of range.
    pub fn build(self) -> Result<ExternalTokenProvider, BuildError> {
        self.0.build_external().map(ExternalTokenProvider::new)
    }
}
