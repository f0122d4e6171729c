//! Authenticated requests of plain `reqwest`.

use reqwest::{Client, Request, RequestBuilder, Response};

use super::attempt::Attempt;
use super::authenticator::Authenticator;
use super::error::AuthError;

impl Authenticator {
    /// Sends what `reqwest` built, with a token where its host may have one.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use sts_sdk::auth::{AuthError, Authenticator};
    /// use sts_sdk::{TokenProvider, reqwest};
    ///
    /// let authenticator = Authenticator::new(TokenProvider::from_env()?);
    /// let client = reqwest::Client::new();
    /// let request = client.get("https://api.confluent.cloud/org/v2/environments");
    /// match authenticator.send(request).await {
    ///     Ok(response) => println!("{}", response.status()),
    ///     Err(AuthError::Token(error)) => println!("nothing was sent: {error}"),
    ///     Err(AuthError::Request(error)) => println!("no response: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// | what happened | what you get |
    /// | --- | --- |
    /// | a response, whatever its status | the response |
    /// | there is no token | [`AuthError::Token`]; nothing was sent |
    /// | a 401, and no other token | the 401 |
    /// | the request cannot be built, or there is no response | [`AuthError::Request`] |
    ///
    /// A time-out of the request is one of each attempt.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, AuthError> {
        let (client, request) = request.build_split();
        self.execute(&client, request?).await
    }

    /// As [`send`](Self::send), for a request that was built before.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub async fn execute(
        &self,
        client: &Client,
        mut request: Request,
    ) -> Result<Response, AuthError> {
        let mut attempt = Attempt::begin(&self.0, &mut request, Request::try_clone).await?;
        loop {
            let response = client.execute(request).await?;
            let next = attempt.judge(&response);
            match attempt.again(next, Request::try_clone).await {
                Some(again) => request = again,
                None => return Ok(response),
            }
        }
    }
}
