//! A provider that settings describe.

use super::builder::TokenProviderBuilder;
use super::token_provider::TokenProvider;
use crate::build_error::BuildError;
use crate::secret::Secret;
use crate::settings::{self, Reader, setting};
use crate::subject_token;

impl TokenProvider {
    /// A provider that environment variables describe, for programs that are configured by them. Where they name no source
    /// of subject tokens, it is the one that fits the platform. [`settings`] has the table of all variables.
    ///
    /// ```no_run
    /// # fn build() -> Result<(), sts_sdk::BuildError> {
    /// let tokens = sts_sdk::TokenProvider::from_env()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Something is missing, contradictory or not allowed. The text names all of it.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_settings(settings::environment)
    }

    /// The same with settings from elsewhere, such as flags or a file of profiles: `look_up` is asked for them by their
    /// [names](settings). What the platform sets, such as `GITHUB_ACTIONS`, still comes from the environment.
    ///
    /// ```no_run
    /// # fn build() -> Result<(), sts_sdk::BuildError> {
    /// use std::collections::HashMap;
    /// use sts_sdk::TokenProvider;
    ///
    /// let profile = HashMap::from([
    ///     ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
    ///     ("CONFLUENT_STS_TOKEN_FILE", "/var/run/secrets/tokens/confluent"),
    /// ]);
    /// let tokens = TokenProvider::from_settings(|name| profile.get(name).copied())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_settings<V: Into<Secret>>(
        look_up: impl Fn(&str) -> Option<V>,
    ) -> Result<Self, BuildError> {
        Self::builder().settings(look_up)?.build()
    }
}

impl TokenProviderBuilder {
    /// Sets what [settings](crate::settings) say of the identity pool, the server, the lifetime and the source of subject
    /// tokens, for programs that set further options. What was given before stays, and its setting is not
    /// read; a client stands for its server.
    ///
    /// ```no_run
    /// # fn build() -> Result<(), sts_sdk::BuildError> {
    /// use std::time::Duration;
    /// use sts_sdk::{TokenProvider, settings};
    ///
    /// let tokens = TokenProvider::builder()
    ///     .settings(settings::environment)?
    ///     .deadline(Duration::from_secs(10))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`TokenProvider::from_env`].
    pub fn settings<V: Into<Secret>>(
        mut self,
        look_up: impl Fn(&str) -> Option<V>,
    ) -> Result<Self, BuildError> {
        let look_up = |name: &str| look_up(name).map(Into::into);
        let mut reader = Reader::new(&look_up);
        if self.identity_pool_id.is_none() {
            let what = "the id of the identity pool";
            self.identity_pool_id = reader.required(&setting::IDENTITY_POOL_ID, what);
        }
        if self.lifetime.is_none()
            && let Some(lifetime) = reader.seconds(&setting::LIFETIME)
        {
            self = self.lifetime(lifetime);
        }
        if self.base_url.is_none()
            && self.client.is_none()
            && let Some(url) = reader.text(&setting::URL)
        {
            self = self.base_url(url);
        }
        self.allow_http = reader.flag(&setting::ALLOW_HTTP);
        if self.source.is_none()
            && let Some(source) = subject_token::choose(&mut reader)
        {
            self = self.subject_token(source);
        }
        if reader.is_all_right() {
            Ok(self)
        } else {
            Err(reader.into_error())
        }
    }
}
