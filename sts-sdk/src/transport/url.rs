//! The URLs of requests.

use reqwest::Url;

use super::Transport;

impl Transport {
    /// The URL of `path` at `base_url`, if that is the base URL which this transport was made for. Saves parsing
    /// both for each request.
    pub(crate) fn url(&self, base_url: &str, path: &str) -> Option<Url> {
        let own = self.base_url.as_ref()?;
        // A transport can be taken over from a client of another base URL.
        if own.as_str().trim_end_matches('/') != base_url {
            return None;
        }
        let mut url = own.clone();
        url.set_path(&[own.path().trim_end_matches('/'), path].concat());
        Some(url)
    }
}
