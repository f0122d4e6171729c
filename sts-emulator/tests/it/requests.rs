//! What the tests send.

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use sts_emulator::StsEmulator;

pub(crate) const PATH: &str = "/sts/v1/oauth2/token";

/// The fragment of the specification.
pub(crate) const FRAGMENT: &str = include_str!("../../openapi/sts-v1.yaml");

/// The lifetime that the fragment has as the default, and the greatest, in seconds.
pub(crate) fn lifetimes() -> (u64, u64) {
    let fragment: Value = serde_saphyr::from_str(FRAGMENT).unwrap();
    let request = &fragment["components"]["schemas"]["sts.v1.TokenExchangeRequest"];
    let lifetime = &request["properties"]["expires_in"];
    let number = |keyword: &str| lifetime[keyword].as_u64().unwrap();
    (number("default"), number("maximum"))
}

/// A client that goes through no proxy.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// The form of an exchange, whose parameters can be changed.
#[derive(Clone)]
pub(crate) struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    pub(crate) fn new(subject_token: &str) -> Self {
        let form = [
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
            ("subject_token", subject_token),
            ("identity_pool_id", "pool-abc"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            (
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
            ),
        ];
        Self(
            form.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }

    /// With this value, or without the parameter if it is none.
    pub(crate) fn with<'a>(mut self, name: &str, value: impl Into<Option<&'a str>>) -> Self {
        self.0.retain(|(other, _)| other != name);
        if let Some(value) = value.into() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) async fn send(&self, emulator: &StsEmulator) -> Response {
        let request = client().post(format!("{}{PATH}", emulator.url()));
        request.form(&self.0).send().await.unwrap()
    }

    /// The body of a 200.
    pub(crate) async fn exchanged(&self, emulator: &StsEmulator) -> Value {
        let response = self.send(emulator).await;
        let status = response.status();
        let body = response.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// The first error of a 400: the parameter, and what is wrong.
    pub(crate) async fn refused(&self, emulator: &StsEmulator) -> (String, String) {
        refusal(self.send(emulator).await).await
    }
}

/// The first error of a 400: the parameter, and what is wrong.
pub(crate) async fn refusal(response: Response) -> (String, String) {
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.headers().contains_key("x-request-id"));
    let body: Value = response.json().await.unwrap();
    let error = &body["errors"][0];
    assert_eq!(error["status"], "400");
    for name in ["id", "code", "title", "detail"] {
        assert!(
            error[name].as_str().is_some_and(|text| !text.is_empty()),
            "{name}: {error}"
        );
    }
    let parameter = error["source"]["parameter"].as_str().unwrap_or_default();
    (
        parameter.to_owned(),
        error["detail"].as_str().unwrap().to_owned(),
    )
}

pub(crate) async fn get(url: String) -> Value {
    client()
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

/// The claims of a JWT.
pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A runtime and an emulator for tests with many random inputs.
pub(crate) struct Shared {
    runtime: tokio::runtime::Runtime,
    pub(crate) emulator: StsEmulator,
    pub(crate) client: Client,
}

impl Shared {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let emulator = runtime.block_on(StsEmulator::start()).unwrap();
        let client = client();
        Self {
            runtime,
            emulator,
            client,
        }
    }

    pub(crate) fn run<T>(&self, test: impl Future<Output = T>) -> T {
        self.runtime.block_on(test)
    }
}
