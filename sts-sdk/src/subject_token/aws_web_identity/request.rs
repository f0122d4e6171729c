//! What AWS STS is sent.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::hash::hex_sha256;
use reqsign_core::{Context, SignRequest};

use super::signing_algorithm::AwsSigningAlgorithm;
use crate::subject_token::error::SubjectTokenError;
use crate::subject_token::http::Endpoint;

const VERSION: &str = "2011-06-15";
/// How many audiences a token may have.
const MOST_AUDIENCES: usize = 10;
const LIFETIMES: std::ops::RangeInclusive<u64> = 60..=3600;

/// The form that asks for a token, if it may be sent.
pub(super) fn form(
    audiences: &[String],
    algorithm: AwsSigningAlgorithm,
    lifetime: Option<Duration>,
) -> Result<String, SubjectTokenError> {
    let refused = |why: String| SubjectTokenError::permanent(format!("AWS STS: {why}"));
    if audiences.len() > MOST_AUDIENCES {
        let count = audiences.len();
        return Err(refused(format!(
            "{count} audiences are more than the {MOST_AUDIENCES} that a token may have"
        )));
    }
    if audiences.iter().any(|audience| audience.trim().is_empty()) {
        return Err(refused(
            "an audience is empty; give the one that the identity pool's filter names".to_owned(),
        ));
    }
    let mut form: Vec<(String, String)> = [
        ("Action", "GetWebIdentityToken"),
        ("Version", VERSION),
        ("SigningAlgorithm", algorithm.name()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (nth, audience) in audiences.iter().enumerate() {
        form.push((format!("Audience.member.{}", nth + 1), audience.clone()));
    }
    if let Some(lifetime) = lifetime {
        let seconds = lifetime.as_secs();
        if !LIFETIMES.contains(&seconds) || lifetime.subsec_nanos() != 0 {
            return Err(refused(format!(
                "a lifetime of {lifetime:?} cannot be asked for; give whole seconds from 60 to 3600"
            )));
        }
        form.push(("DurationSeconds".to_owned(), seconds.to_string()));
    }
    serde_urlencoded::to_string(form)
        .map_err(|_| refused("the request cannot be sent as a form".to_owned()))
}

/// The headers of a request for `form`, signed (AWS Signature Version 4).
pub(super) async fn signed(
    endpoint: &Endpoint,
    form: &str,
    region: &str,
    credential: &Credential,
) -> Result<HeaderMap, SubjectTokenError> {
    let refused = || {
        SubjectTokenError::permanent(format!(
            "{endpoint}: the request cannot be signed; check the AWS credentials for characters that do not belong there"
        ))
    };
    let request = Request::post(endpoint.url().as_str())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        // Without it, the body would not be signed.
        .header("x-amz-content-sha256", hex_sha256(form.as_bytes()))
        .body(())
        .map_err(|_| refused())?;
    let (mut parts, ()) = request.into_parts();
    RequestSigner::new("sts", region)
        .sign_request(&Context::new(), &mut parts, Some(credential), None)
        .await
        .map_err(|_| refused())?;
    Ok(parts.headers)
}
