use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::Mutex;

use super::provider::Keys;
use crate::jwt::{Algorithm, KeyRing, VerifyingKey};

/// How long an identity provider may take to send its keys.
const TIME: Duration = Duration::from_secs(5);

/// More than the keys of any identity provider.
const BYTES: usize = 1 << 20;

/// In seconds.
const NOT_SOONER: i64 = 10;

/// Where the keys of an identity provider are, and those that were read.
#[derive(Debug)]
pub(crate) struct KeySource {
    place: Place,
    read: Mutex<Read>,
}

#[derive(Debug)]
enum Place {
    Discovery(String),
    Url(String),
    File(PathBuf),
    Fixed,
}

#[derive(Debug, Default)]
struct Read {
    keys: Vec<VerifyingKey>,
    /// In seconds since 1970.
    at: Option<i64>,
    /// Why the last attempt failed.
    failure: Option<String>,
}

impl KeySource {
    pub(crate) fn new(issuer: &str, keys: &Keys) -> Result<Self, String> {
        let mut read = Read::default();
        let place = match keys {
            Keys::Discovery => {
                let issuer = issuer.trim_end_matches('/');
                Place::Discovery(url(&format!("{issuer}/.well-known/openid-configuration"))?)
            }
            Keys::Url(text) => Place::Url(url(text)?),
            Keys::File(file) => {
                read.keys = read_file(file)?;
                Place::File(file.clone())
            }
            Keys::Text(text) => {
                read.keys = VerifyingKey::of_jwks(text.as_bytes())?;
                Place::Fixed
            }
        };
        let read = Mutex::new(read);
        Ok(Self { place, read })
    }

    /// The keys that a token with this `kid` and algorithm may be signed with.
    pub(crate) async fn candidates(
        &self,
        id: Option<&str>,
        algorithm: &str,
        now: i64,
    ) -> Result<Vec<VerifyingKey>, String> {
        // Whoever comes while the keys are read waits for them.
        let mut read = self.read.lock().await;
        let found = fitting(&read.keys, id, algorithm);
        let soon = read
            .at
            .is_some_and(|at| now.abs_diff(at) < NOT_SOONER.unsigned_abs());
        if !found.is_empty() || matches!(self.place, Place::Fixed) || soon {
            return match &read.failure {
                Some(failure) if found.is_empty() => Err(failure.clone()),
                _ => Ok(found),
            };
        }
        read.at = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                read.keys = keys;
                read.failure = None;
                Ok(fitting(&read.keys, id, algorithm))
            }
            Err(failure) => {
                read.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<VerifyingKey>, String> {
        let url = match &self.place {
            Place::Fixed => return Ok(Vec::new()),
            Place::File(file) => return read_file(file),
            Place::Url(url) => url.clone(),
            Place::Discovery(at) => {
                let document: Option<Value> = serde_json::from_slice(&get(at).await?).ok();
                let found = document
                    .as_ref()
                    .and_then(|document| document.get("jwks_uri")?.as_str());
                url(found.ok_or_else(|| format!("{at}: it has no jwks_uri"))?)?
            }
        };
        VerifyingKey::of_jwks(&get(&url).await?).map_err(|why| format!("{url}: {why}"))
    }
}

fn fitting(keys: &[VerifyingKey], id: Option<&str>, algorithm: &str) -> Vec<VerifyingKey> {
    let fits = |key: &&VerifyingKey| key.fits(id, algorithm);
    keys.iter().filter(fits).cloned().collect()
}

/// The keys of the emulator's own identity provider.
pub(crate) fn own(ring: &KeyRing, id: Option<&str>, algorithm: &str) -> Vec<VerifyingKey> {
    let key = Algorithm::of_name(algorithm).and_then(|algorithm| ring.verifying_key(algorithm));
    fitting(key.as_slice(), id, algorithm)
}

fn url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| format!("{text} is no URL: {error}"))?;
    match url.scheme() {
        "http" => Ok(text.to_owned()),
        "https" if cfg!(feature = "rustls") => Ok(text.to_owned()),
        "https" => Err(format!(
            "{text}: https needs the feature rustls of sts-emulator"
        )),
        _ => Err(format!("{text} is neither https nor http")),
    }
}

fn read_file(file: &PathBuf) -> Result<Vec<VerifyingKey>, String> {
    let text = std::fs::read(file);
    let keys = text.map_err(|error| error.to_string());
    let keys = keys.and_then(|text| VerifyingKey::of_jwks(&text));
    keys.map_err(|why| format!("{}: {why}", file.display()))
}

fn is_local(url: &str) -> bool {
    let host = reqwest::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

async fn get(url: &str) -> Result<Vec<u8>, String> {
    let fail = |error: reqwest::Error| {
        let mut text = error.without_url().to_string();
        if text.is_empty() {
            "no connection".clone_into(&mut text);
        }
        format!("{url}: {text}")
    };
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    // A proxy does not get at what is on this machine.
    let client = if is_local(url) {
        client.no_proxy()
    } else {
        client
    };
    let client = client.timeout(TIME).build().map_err(fail)?;
    let response = client.get(url).send().await.map_err(fail)?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("{url}: it answered {status}"));
    }
    let body = http_body_util::Limited::new(reqwest::Body::from(response), BYTES);
    let body = body.collect().await;
    let body = body
        .map_err(|_| format!("{url}: the body cannot be read, or has more than {BYTES} bytes"))?;
    Ok(body.to_bytes().to_vec())
}
