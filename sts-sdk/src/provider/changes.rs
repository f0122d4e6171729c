//! Telling of new tokens.

use tokio::sync::watch;

use super::tag::Tag;
use super::token_provider::TokenProvider;

/// The tags of the tokens that a [`TokenProvider`] obtains; from [`TokenProvider::changes`].
#[derive(Clone, Debug)]
pub struct Changes {
    tags: watch::Receiver<Tag>,
    last: Tag,
}

impl TokenProvider {
    /// Tells of new tokens, for what is derived from them: a file, the callback of a Kafka client.
    ///
    /// It does not make a provider refresh; [`keep_fresh`](Self::keep_fresh) does.
    ///
    /// ```no_run
    /// # fn publish(_: &sts_sdk::Secret) {}
    /// # async fn example(tokens: sts_sdk::TokenProvider) -> Result<(), Box<dyn std::error::Error>> {
    /// let _keep_fresh = tokens.keep_fresh()?;
    /// let mut changes = tokens.changes();
    /// while changes.next().await.is_some() {
    ///     publish(tokens.token().await?.secret());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes {
            tags: self.0.tags.subscribe(),
            last: Tag::NONE,
        }
    }
}

impl Changes {
    /// The tag of the cached token, once it is another one than the one returned last: at once at the first call, if
    /// there is one. Tokens that were replaced in between are left out.
    ///
    /// `None` when the provider and all of its clones are gone. May be cancelled without missing a token.
    pub async fn next(&mut self) -> Option<Tag> {
        loop {
            let tag = *self.tags.borrow_and_update();
            if tag != Tag::NONE && tag != self.last {
                self.last = tag;
                return Some(tag);
            }
            self.tags.changed().await.ok()?;
        }
    }
}
