//! Getting keys over HTTP.

use std::net::IpAddr;
use std::time::Duration;

use sts_sdk::reqwest::{Client, Response, Url, redirect};

use crate::causes::root;
use crate::failure::{Failure, Kind};
use crate::shown::shown;

const TIME: Duration = Duration::from_secs(10);
/// More than the keys of any identity provider.
const BYTES: usize = 1 << 20;

/// The body at `url`: https, or http from this machine. Redirects are not followed.
pub(super) async fn get(url: &str) -> Result<Vec<u8>, Failure> {
    let place = shown(url);
    let usage = |why: &str| Failure::usage(format!("{place} {why}"));
    let url =
        Url::parse(url).map_err(|_| usage("is no URL; write it like https://idp.example/keys"))?;
    let is_local = is_loopback(&url);
    if url.scheme() != "https" && !is_local {
        return Err(usage(
            "is no https URL, and who is in between could give other keys; use https",
        ));
    }
    let builder = Client::builder()
        .timeout(TIME)
        .redirect(redirect::Policy::none());
    // A proxy does not get at what is on this machine.
    let builder = if is_local {
        builder.no_proxy()
    } else {
        builder
    };
    let unreachable = |why: String| {
        let why =
            format!("no keys from {place}: {why}; check the URL, the network and HTTPS_PROXY");
        Failure::new(Kind::Unreachable, why)
    };
    let failed = |error: sts_sdk::reqwest::Error| {
        if error.is_timeout() {
            unreachable(format!("no answer within {} s", TIME.as_secs()))
        } else {
            unreachable(root(&error))
        }
    };
    let client = builder.build().map_err(failed)?;
    let mut response = client.get(url).send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        let why = format!(
            "no keys from {place}: it answered {status}; give the jwks_uri of the identity provider"
        );
        return Err(Failure::new(Kind::Refused, why));
    }
    match body(&mut response).await {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err(Failure::new(
            Kind::Refused,
            format!(
                "no keys from {place}: the answer has more than {BYTES} bytes; give the jwks_uri of the identity \
                 provider"
            ),
        )),
        Err(error) => Err(failed(error)),
    }
}

/// The body, unless it is too long.
async fn body(response: &mut Response) -> Result<Option<Vec<u8>>, sts_sdk::reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    url.scheme() == "http"
        && (host == "localhost"
            || address.is_ok_and(|address| address.to_canonical().is_loopback()))
}
