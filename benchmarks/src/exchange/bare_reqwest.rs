//! `reqwest`, set up as the SDK sets it up.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::redirect;

use super::wire::{PATH, Reply, Request, USER_AGENT};
use super::{Exchange, Failure};

pub(super) struct Client {
    client: reqwest::Client,
    url: String,
}

impl Client {
    pub(super) fn new(address: &str) -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .pool_idle_timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(USER_AGENT)
            .build()?;
        let url = format!("http://{address}{PATH}");
        Ok(Self { client, url })
    }
}

impl Exchange for Client {
    async fn exchange(&mut self, subject_token: &str) -> Result<usize, Failure> {
        let response = self
            .client
            .post(&self.url)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .form(&Request::new(subject_token))
            .send()
            .await?;
        let reply: Reply = response.error_for_status()?.json().await?;
        Ok(reply.access_token.len())
    }
}
