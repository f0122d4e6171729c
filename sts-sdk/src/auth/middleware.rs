//! The authenticator as a middleware of the crate `reqwest-middleware`.

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};

use super::attempt::Attempt;
use super::authenticator::Authenticator;

/// With the feature `reqwest-middleware`.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use reqwest_middleware::ClientBuilder;
/// use sts_sdk::auth::Authenticator;
/// use sts_sdk::{TokenError, TokenProvider, reqwest};
///
/// let authenticator = Authenticator::new(TokenProvider::from_env()?);
/// let client = ClientBuilder::new(reqwest::Client::new()).with(authenticator).build();
/// match client.get("https://api.confluent.cloud/org/v2/environments").send().await {
///     Ok(response) => println!("{}", response.status()),
///     Err(reqwest_middleware::Error::Middleware(error)) if error.is::<TokenError>() => {
///         println!("nothing was sent: {error}");
///     }
///     Err(error) => println!("no response: {error}"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// Middlewares that are added after it see each repetition and the token; those that are added before it see one
/// request without a token.
///
/// # Errors
///
/// | what happened | what you get |
/// | --- | --- |
/// | a response, whatever its status | the response |
/// | there is no token | `Error::Middleware` with a [`TokenError`](crate::TokenError); nothing was sent |
/// | a 401, and no other token | the 401 |
/// | there is no response | the error of what comes after it, as it is |
#[async_trait]
impl Middleware for Authenticator {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let begun = Attempt::begin(&self.0, &mut request, Request::try_clone).await;
        let mut attempt = begun.map_err(Error::middleware)?;
        loop {
            let response = next.clone().run(request, extensions).await?;
            let verdict = attempt.judge(&response);
            match attempt.again(verdict, Request::try_clone).await {
                Some(again) => request = again,
                None => return Ok(response),
            }
        }
    }
}
