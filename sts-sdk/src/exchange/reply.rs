//! Reading the reply of an exchange.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::error::Category;

use super::rejected::Rejected;
use crate::generated::types::StsV1TokenExchangeReply;
use crate::redact::line;

/// Reads the reply of the specification from `body`, or says why that is none, without quoting it.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<StsV1TokenExchangeReply, Rejected> {
    let Some(first) = body.iter().find(|byte| !byte.is_ascii_whitespace()) else {
        return Err(Rejected::ContentType(None));
    };
    for kind in headers.get_all(CONTENT_TYPE) {
        let kind = kind.to_str().unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !is_json(essence) {
            return Err(Rejected::ContentType(Some(line(essence))));
        }
    }
    // serde would read a list of the right values as well.
    if *first == b'[' {
        return Err(Rejected::Reply("it is a list".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| why(&error))
}

/// Whether a media type is JSON (RFC 6838, section 4.2.8): `application/json`, or one that ends in `+json`.
fn is_json(essence: &str) -> bool {
    let essence = essence.to_ascii_lowercase();
    essence
        .strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

fn why(error: &serde_json::Error) -> Rejected {
    let at = format!("at line {} column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => Rejected::Truncated,
        Category::Data => {
            // The texts of other errors quote the body.
            let text = error.to_string();
            let said = text.split(" at line ").next().filter(|text| {
                text.starts_with("missing field `") || text.starts_with("duplicate field `")
            });
            let why = said.unwrap_or("a property is of another type than the specification's");
            Rejected::Reply(format!("{why} {at}"))
        }
        Category::Syntax | Category::Io => Rejected::Reply(format!("it is not JSON {at}")),
    }
}
