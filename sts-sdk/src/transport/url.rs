//! The URLs of requests.

use reqwest::Url;

use super::transport::Transport;

impl Transport {
    /// The URL of `path` at `base_url`, if it is the one that was parsed before.
    pub(crate) fn parsed_url(&self, base_url: &str, path: &str) -> Option<Url> {
        let parsed = self.parsed_url.as_ref()?;
        // A transport can be taken over from a client of another base URL.
        let is_same = parsed.as_str().strip_suffix(path) == Some(base_url);
        is_same.then(|| parsed.clone())
    }
}
