//! What the code that `cargo xtask codegen --inner-type sts_sdk::auth::Authenticator` generates calls, so that its
//! operations authenticate themselves.
//!
//! A generated client carries an [`Authenticator`]. The generated hooks say of each operation which token it
//! [takes](Takes), and send it by [`exec`]; what was not sent, [`not_sent`] tells.
//!
//! ```
//! use sts_sdk::auth::Authenticator;
//! use sts_sdk::auth::hooks::{self, Takes};
//! use sts_sdk::reqwest::{Client, Request, Result};
//!
//! /// Sends a request of an operation of the control plane, if there is a token; otherwise says why not.
//! async fn send(tokens: &Authenticator, client: &Client, request: Request) -> std::result::Result<u16, String> {
//!     let sent = hooks::exec(tokens, client, request, "list_environments", Takes::AccessToken).await;
//!     if let Some(why) = hooks::not_sent(&sent) {
//!         return Err(why.to_string());
//!     }
//!     sent.map(|response| response.status().as_u16()).map_err(|error| error.to_string())
//! }
//! ```
//!
//! # Errors
//!
//! | what happened | what the generated operation returns |
//! | --- | --- |
//! | there is no token | `Error::Custom` with the text of the [`TokenError`]; [`Status::last_error`] has it with its parts |
//! | the operation takes another token than the authenticator has | `Error::InvalidRequest`, which says so |
//! | the generated code does not know the operation | `Error::InvalidRequest`, which says so |
//! | the base URL may not get a token: not https, not on the list of hosts | `Error::InvalidRequest`, which says so |
//! | a 401, and no other token | `Error::ErrorResponse`, or what the generator makes of a 401 |
//! | no response | `Error::CommunicationError` |
//!
//! In the first four cases nothing was sent. A client that follows redirects does so below the hooks, as for
//! [`send`](Authenticator::send).
//!
//! [`Status::last_error`]: crate::Status::last_error

use std::error::Error;
use std::fmt;

use reqwest::{Client, Request, Response, StatusCode};

use super::authenticator::Authenticator;
use super::error::AuthError;
use crate::base_url::shown;
use crate::provider::error::TokenError;

pub use super::takes::Takes;

/// The status of what stands for a response: none of IANA's registry, and a server error to whoever reads it.
const NOT_SENT: u16 = 599;

/// Why an operation was not sent. Displayed as one line that says what to do.
#[derive(Clone, Debug)]
pub struct NotSent(Why);

#[derive(Clone, Debug)]
enum Why {
    Token(TokenError),
    Refused(String),
}

impl NotSent {
    /// The provider's error, if there is no token. Otherwise the operation, as the client is set up, cannot be sent.
    #[must_use]
    pub fn token(&self) -> Option<&TokenError> {
        match &self.0 {
            Why::Token(error) => Some(error),
            Why::Refused(_) => None,
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Token(error) => write!(f, "{error}"),
            Why::Refused(why) => f.write_str(why),
        }
    }
}

impl Error for NotSent {}

/// Sends the request of `operation`, which takes the token `takes`, with `client`.
///
/// An operation that was not sent has a response as well, since the generated code knows no other error here than that
/// of `reqwest`: what [`not_sent`] tells apart. Its status is 599, to which no standard gives a meaning.
///
/// # Errors
///
/// There is no response.
pub async fn exec(
    authenticator: &Authenticator,
    client: &Client,
    request: Request,
    operation: &str,
    takes: Takes,
) -> reqwest::Result<Response> {
    if takes == Takes::Neither {
        return client.execute(request).await;
    }
    if let Some(why) = refused(authenticator, &request, operation, takes) {
        return Ok(response(NotSent(Why::Refused(why))));
    }
    match authenticator.execute(client, request).await {
        Ok(response) => Ok(response),
        Err(AuthError::Request(error)) => Err(error),
        Err(AuthError::Token(error)) => Ok(response(NotSent(Why::Token(error)))),
    }
}

/// Why nothing was sent, if that is what became of an operation.
#[must_use]
pub fn not_sent(sent: &reqwest::Result<Response>) -> Option<&NotSent> {
    sent.as_ref().ok()?.extensions().get()
}

fn refused(
    authenticator: &Authenticator,
    request: &Request,
    operation: &str,
    takes: Takes,
) -> Option<String> {
    let wanted = match takes {
        Takes::AccessToken => "an access token of STS",
        Takes::ExternalToken => "an external token",
        Takes::Either | Takes::Neither => "an access token of STS or an external token",
        Takes::Unknown => {
            return Some(format!(
                "{operation} is not among the operations whose token the generated code knows; generate the client anew"
            ));
        }
    };
    let credentials = &authenticator.0.credentials;
    if !credentials.suit(takes) {
        let given = credentials.described();
        return Some(format!(
            "{operation} takes {wanted}, and this client has {given}; make a client with the other"
        ));
    }
    if request
        .headers()
        .contains_key(reqwest::header::AUTHORIZATION)
        || authenticator.allows(request.url())
    {
        return None;
    }
    let mut url = request.url().clone();
    url.set_path("");
    Some(format!(
        "{operation} would be sent to {}, which may not get a token; use an https URL of Confluent Cloud, or name its \
         host to the builder of the authenticator",
        shown(url.as_str()).trim_end_matches('/')
    ))
}

/// Stands for a response, in whose place nothing was sent.
fn response(why: NotSent) -> Response {
    let mut response = http::Response::new(Vec::new());
    // Whoever does not ask `not_sent` must not take it for a success.
    *response.status_mut() = StatusCode::from_u16(NOT_SENT).unwrap_or(StatusCode::BAD_GATEWAY);
    response.extensions_mut().insert(why);
    response.into()
}
