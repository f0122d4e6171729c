//! Tokens of any HTTP endpoint.

mod value;

use std::borrow::Cow;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use serde_json::Value;

use super::error::SubjectTokenError;
use super::http::{Answer, Endpoint, Http, Route};
use super::seconds::Seconds;
use super::source::SubjectTokenSource;
use super::token::SubjectToken;
use crate::clock::BoxFuture;
use crate::secret::Secret;

pub use value::HttpValue;

const WHO: &str = "the token's HTTP endpoint";

/// The token that an HTTP endpoint answers with: Vault, OpenBao, or anything else that is asked by one request.
///
/// It is asked before each exchange. What the request holds can come from variables and files, read for each request.
/// None of it is printed, the path and the query of its URL included.
///
/// # At the platform
///
/// An endpoint that answers with a JWT, of which the issuer publishes the keys. For [Vault and OpenBao](Self::vault): a key and
/// a role of the identity secrets engine (`vault write identity/oidc/role/confluent key=my-key client_id=confluent`), and a
/// policy that lets the workload read `identity/oidc/token/confluent`.
///
/// # At Confluent
///
/// An identity provider with the `iss` of the token as its issuer and with its JWKS URI, and an identity pool with a filter on
/// the claims of the token, such as, for Vault, whose `sub` is the id of the entity,
///
/// ```text
/// claims.aud == "confluent" && claims.sub == "<entity id>"
/// ```
///
/// # Example
///
/// ```no_run
/// # fn build() -> Result<(), sts_sdk::BuildError> {
/// use sts_sdk::TokenProvider;
/// use sts_sdk::subject_token::{HttpToken, HttpValue};
///
/// let source = HttpToken::get("https://tokens.example.com/v1/token?aud=confluent")
///     .header("authorization", HttpValue::file("/var/run/secrets/key").prefix("Bearer "))
///     .token_at("/data/token")
///     .lifetime_at("/data/ttl");
/// let tokens = TokenProvider::builder()
///     .identity_pool_id("pool-abc")
///     .subject_token(source)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Variables
///
/// Those that it is told to read, for Vault `VAULT_ADDR`, `VAULT_TOKEN` and `VAULT_NAMESPACE`. As [settings](crate::settings),
/// the source `vault` takes `CONFLUENT_STS_VAULT_ROLE`; `http-token` takes `CONFLUENT_STS_HTTP_URL`, `_METHOD`, `_HEADERS`,
/// `_BODY`, `_BODY_FILE` and `_CONTENT_TYPE` of the same beginning, `CONFLUENT_STS_TOKEN_POINTER` and
/// `CONFLUENT_STS_LIFETIME_POINTER`.
///
/// # Errors
///
/// | error | transient | what to do |
/// | --- | --- | --- |
/// | a variable is not set | no | set it |
/// | a file is not there | yes | mount it |
/// | a header cannot be sent | no | correct its name, or what its value comes from |
/// | clear text to a host that is no loopback host | no | use https |
/// | 4xx, a redirect | no | what the server says, which the error repeats |
/// | the answer has no token where one is looked for | no | correct [`token_at`](Self::token_at) |
/// | 408, 429, 5xx, no response | yes | nothing; it is asked again, after its `Retry-After` if it sends one |
#[derive(Clone, Debug)]
pub struct HttpToken {
    method: Method,
    url: HttpValue,
    headers: Vec<(String, HttpValue)>,
    body: Option<(String, HttpValue)>,
    token: Option<String>,
    lifetime: Option<String>,
    http: Http,
}

impl HttpToken {
    /// Sends `GET` to `url`, an https URL.
    #[must_use]
    pub fn get(url: impl Into<HttpValue>) -> Self {
        Self {
            method: Method::GET,
            url: url.into(),
            headers: Vec::new(),
            body: None,
            token: None,
            lifetime: None,
            http: Http::new(Route::Proxies),
        }
    }

    /// Sends `POST` to `url`, an https URL.
    #[must_use]
    pub fn post(url: impl Into<HttpValue>) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(url)
        }
    }

    /// The identity token that HashiCorp Vault or OpenBao issues for `role`
    /// (`GET /v1/identity/oidc/token/<role>`), with the variables `VAULT_ADDR`, `VAULT_TOKEN` and, if it is set,
    /// `VAULT_NAMESPACE`.
    ///
    /// At Confluent, the identity provider has the issuer that Vault is configured with, `<address>/v1/identity/oidc`
    /// unless set, and its JWKS URI, `<issuer>/.well-known/keys`. The `aud` of the token is the client id of the role.
    #[must_use]
    pub fn vault(role: impl AsRef<str>) -> Self {
        let path = format!("/v1/identity/oidc/token/{}", role.as_ref());
        Self::get(HttpValue::variable("VAULT_ADDR").suffix(path))
            .header("x-vault-token", HttpValue::variable("VAULT_TOKEN"))
            .header(
                "x-vault-namespace",
                HttpValue::variable("VAULT_NAMESPACE").optional(),
            )
            .token_at("/data/token")
            .lifetime_at("/data/ttl")
    }

    /// Sends a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<HttpValue>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends a body of the type `content_type`, such as `application/json`.
    #[must_use]
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<HttpValue>) -> Self {
        self.body = Some((content_type.into(), body.into()));
        self
    }

    /// Where the token is in the JSON of the answer, a JSON Pointer (RFC 6901) such as `/data/token`. By default the whole
    /// body is the token.
    #[must_use]
    pub fn token_at(mut self, pointer: impl Into<String>) -> Self {
        self.token = Some(pointer.into());
        self
    }

    /// Where its lifetime in seconds is, a JSON Pointer.
    #[must_use]
    pub fn lifetime_at(mut self, pointer: impl Into<String>) -> Self {
        self.lifetime = Some(pointer.into());
        self
    }

    /// Sets options of the HTTP client, such as proxies and root certificates.
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) says what is set afterwards.
    #[must_use]
    pub fn http_client<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.http = self.http.configured(configure);
        self
    }

    async fn ask(&self) -> Result<SubjectToken, SubjectTokenError> {
        let missing = || SubjectTokenError::permanent(format!("{WHO}: it has no URL"));
        let url = self.url.read(WHO).await?.ok_or_else(missing)?;
        let endpoint = Endpoint::parse(WHO, self.url.origin(), url.expose_secret())?;
        let mut headers = Vec::new();
        let mut secrets = of_url(endpoint.url());
        for (name, value) in &self.headers {
            let refused = |what: &str| {
                SubjectTokenError::permanent(format!(
                    "{endpoint}: {what} of the header {name:?} cannot be sent"
                ))
            };
            let Some(value) = value.read(WHO).await? else {
                continue;
            };
            let parsed = HeaderName::try_from(name.as_str()).map_err(|_| refused("the name"))?;
            let header = HeaderValue::from_str(value.expose_secret());
            let mut header = header.map_err(|_| refused("the value"))?;
            header.set_sensitive(true);
            headers.push((parsed, header));
            secrets.push(value);
        }
        let mut body = None;
        if let Some((content_type, value)) = &self.body
            && let Some(value) = value.read(WHO).await?
        {
            body = Some((content_type, value.expose_secret().to_owned()));
            secrets.push(value);
        }
        let request = |client: &Client| {
            let mut request = client
                .request(self.method.clone(), endpoint.url().clone())
                .header(ACCEPT, "application/json, text/plain, */*");
            if let Some((content_type, body)) = body {
                request = request.header(CONTENT_TYPE, content_type).body(body);
            } else if self.method == Method::POST {
                // Some servers refuse a POST without it.
                request = request.header(CONTENT_LENGTH, "0");
            }
            let headers = headers.into_iter().collect();
            request.headers(headers)
        };
        let secrets: Vec<&Secret> = secrets.iter().collect();
        let answer = self.http.send(&endpoint, request, &secrets).await?;
        if answer.status.is_success() {
            self.token_of(&answer)
        } else {
            Err(answer.refused(""))
        }
    }

    fn token_of(&self, answer: &Answer) -> Result<SubjectToken, SubjectTokenError> {
        let Some(pointer) = &self.token else {
            return match str::from_utf8(&answer.body).map(str::trim) {
                Ok(token) if !token.is_empty() => Ok(Secret::from(token).into()),
                _ => Err(answer.unusable("its body is no token")),
            };
        };
        let mut json: Value = answer.json()?;
        let lifetime = self
            .lifetime
            .as_ref()
            .and_then(|pointer| json.pointer(pointer).cloned());
        let token = match json.pointer_mut(pointer).map(Value::take) {
            Some(Value::String(token)) if !token.trim().is_empty() => SubjectToken::from(token),
            _ => return Err(answer.unusable(&format!("its JSON has no text at {pointer:?}"))),
        };
        let lifetime =
            lifetime.and_then(|lifetime| serde_json::from_value::<Seconds>(lifetime).ok());
        let end = lifetime.and_then(Seconds::to_duration);
        let end = end.and_then(|lifetime| std::time::SystemTime::now().checked_add(lifetime));
        Ok(match end {
            Some(end) => token.valid_until(end),
            None => token,
        })
    }
}

/// What must not be printed of `url`: its path with the query, and each value of the query, as sent and decoded.
fn of_url(url: &Url) -> Vec<Secret> {
    let query = url.query().unwrap_or_default();
    let whole = format!("{}?{query}", url.path());
    let mut secrets = vec![Secret::from(whole.trim_end_matches('?'))];
    let sent = query.split('&').filter_map(|pair| pair.split_once('='));
    secrets.extend(sent.map(|(_, value)| Secret::from(value)));
    secrets.extend(url.query_pairs().map(|(_, value)| Secret::from(&*value)));
    secrets
}

impl SubjectTokenSource for HttpToken {
    fn describe(&self) -> Cow<'_, str> {
        WHO.into()
    }

    fn subject_token(&self) -> BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
        Box::pin(self.ask())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::redact::Credentials;
    use crate::subject_token::arbitrary_json::json;

    fn token_of(
        body: Vec<u8>,
        token: Option<&str>,
        lifetime: &str,
    ) -> Result<SubjectToken, SubjectTokenError> {
        let none = Credentials::of_texts([]);
        let (status, headers) = (StatusCode::OK, HeaderMap::new());
        let answer = Answer::new("it".to_owned(), status, headers, body, &none);
        let source = HttpToken::get("https://example.com").lifetime_at(lifetime);
        match token {
            Some(token) => source.token_at(token).token_of(&answer),
            None => source.token_of(&answer),
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(
            body in proptest::collection::vec(any::<u8>(), 0..80),
            pointer in proptest::option::of(".{0,8}"), lifetime in ".{0,8}",
        ) {
            let _ = token_of(body, pointer.as_deref(), &lifetime);
        }

        #[test]
        fn a_token_is_the_text_where_it_is_looked_for(
            body in json(&["data", "token", "ttl", "a/b"]),
            pointer in proptest::sample::select(&["/data/token", "/token", "/a~1b", "/0", ""][..]),
            lifetime in proptest::sample::select(&["/data/ttl", "/ttl", "/0", ""][..]),
        ) {
            let there = body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
            let found = token_of(body.to_string().into_bytes(), Some(pointer), lifetime);
            prop_assert_eq!(found.as_ref().ok().map(|found| found.secret().expose_secret()), there);
            if let Err(error) = found {
                let shown = format!("{error} {error:?}");
                prop_assert!(shown.contains("its JSON has no text at"), "{}", shown);
            }
        }
    }
}
