//! Variables, files and HTTP, as the crate that finds AWS's credentials asks for them.

use std::collections::HashMap;
use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use reqsign_core::{Context, Env, Error, FileRead, HttpSend};
use reqwest::{Client, Url};

use crate::redact::causes;
use crate::secret::Secret;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::file::TokenFile;
use crate::subject_token::http::{Endpoint, Http};
use crate::subject_token::source::SubjectTokenSource;
use crate::subject_token::variables;

/// Headers of requests for credentials that hold one.
const SECRET_HEADERS: [&str; 3] = [
    "authorization",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
];

/// Sends what is asked of one service.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) who: &'static str,
    /// What to do if it refuses.
    pub(super) what_to_do: &'static str,
    pub(super) http: Http,
    /// Where it is, if not where the crate thinks that it is.
    pub(super) instead: Option<Url>,
}

impl Service {
    /// What a provider of credentials may use.
    pub(super) fn context(&self) -> Context {
        Context::new()
            .with_env(Environment)
            .with_file_read(Files)
            .with_http_send(self.clone())
    }
}

impl HttpSend for Service {
    async fn http_send(&self, request: Request<Bytes>) -> reqsign_core::Result<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let url = match &self.instead {
            Some(url) => url.to_string(),
            None => parts.uri.to_string(),
        };
        let endpoint = Endpoint::parse(self.who, "its URL", &url).map_err(foreign)?;
        let secrets = secrets(&parts.headers, &body);
        let secrets: Vec<&Secret> = secrets.iter().collect();
        let request = |client: &Client| {
            let request = client.request(parts.method, endpoint.url().clone());
            request.headers(parts.headers).body(body)
        };
        let answer = self.http.send(&endpoint, request, &secrets).await;
        let mut answer = answer.map_err(foreign)?;
        if !answer.status.is_success() {
            return Err(foreign(answer.refused(self.what_to_do)));
        }
        let mut response = Response::new(Bytes::from(std::mem::take(&mut *answer.body)));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// What a request for credentials holds of them.
fn secrets(headers: &HeaderMap, body: &[u8]) -> Vec<Secret> {
    let values = SECRET_HEADERS.iter().filter_map(|name| headers.get(*name));
    let values = values.filter_map(|value| value.to_str().ok().map(Secret::from));
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let tokens = pairs
        .into_iter()
        .filter(|(name, _)| name == "WebIdentityToken");
    values
        .chain(tokens.map(|(_, token)| Secret::from(token)))
        .collect()
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        let read = TokenFile::of("the file", path).subject_token().await;
        let text = read.map_err(foreign)?;
        Ok(text.secret().expose_secret().as_bytes().to_vec())
    }
}

/// Variables that are empty count as not set.
#[derive(Debug)]
struct Environment;

impl Env for Environment {
    fn var(&self, key: &str) -> Option<String> {
        variables::text(key)
    }

    fn vars(&self) -> HashMap<String, String> {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let names = names.filter(|name| name.starts_with("AWS_"));
        names
            .filter_map(|name| Some((variables::text(&name)?, name)))
            .map(|(value, name)| (name, value))
            .collect()
    }

    fn home_dir(&self) -> Option<PathBuf> {
        std::env::home_dir()
    }
}

/// An error of ours on its way through the crate.
fn foreign(error: SubjectTokenError) -> Error {
    Error::unexpected(error.to_string()).with_source(error)
}

/// Why there are no credentials at `who`: what one of the above said, or the crate itself.
pub(super) fn failed(who: &str, error: &Error) -> SubjectTokenError {
    let ours = causes(error).find_map(|cause| cause.downcast_ref::<SubjectTokenError>());
    if let Some(ours) = ours {
        return ours.clone();
    }
    let said = error.to_string();
    // What follows may quote a file or an answer.
    let said = match said.split_once(": ") {
        Some((what, _)) if what.starts_with("failed to parse") => what,
        _ => &said,
    };
    SubjectTokenError::permanent(format!("{who}: {said}"))
}
