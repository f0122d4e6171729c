//! What AWS STS answers, which is XML.

use std::time::SystemTime;

use quick_xml::de::from_str;
use reqsign_core::time::Timestamp;
use serde::Deserialize;

use crate::secret::Secret;
use crate::subject_token::token::SubjectToken;

#[derive(Deserialize)]
struct Response {
    #[serde(rename = "GetWebIdentityTokenResult")]
    result: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    web_identity_token: Secret,
    expiration: Option<String>,
}

#[derive(Deserialize)]
struct ErrorResponse {
    #[serde(rename = "Error")]
    error: Refusal,
}

/// Why there is no token.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Refusal {
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

fn text(body: &[u8]) -> Option<&str> {
    let text = str::from_utf8(body).ok()?;
    Some(text.trim_start_matches('\u{feff}').trim())
}

/// The token in `body`, if there is one.
pub(super) fn token(body: &[u8]) -> Option<SubjectToken> {
    let Response { result } = from_str(text(body)?).ok()?;
    let token = result.web_identity_token.expose_secret().trim();
    if token.is_empty() {
        return None;
    }
    let token = SubjectToken::from(token);
    let end = result.expiration.as_deref().and_then(time);
    Some(match end {
        Some(end) => token.valid_until(end),
        None => token,
    })
}

/// What `body` says of why there is none, if it is of the form of AWS.
pub(super) fn refusal(body: &[u8]) -> Option<Refusal> {
    let ErrorResponse { error } = from_str(text(body)?).ok()?;
    (!error.code.is_empty()).then_some(error)
}

/// `text`, a time as RFC 3339 has it.
fn time(text: &str) -> Option<SystemTime> {
    let time: Timestamp = text.trim().parse().ok()?;
    // Its conversion takes any time.
    (time.as_second() >= 0).then(|| time.as_system_time())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn read(body: &str) -> Option<(String, Option<SystemTime>)> {
        let token = token(body.as_bytes())?;
        Some((
            token.secret().expose_secret().to_owned(),
            token.expires_at(),
        ))
    }

    #[test]
    fn a_token_and_its_end_are_read() {
        let whole = "\u{feff}<?xml version=\"1.0\"?>\n<!-- a comment -->\n\
            <GetWebIdentityTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
            <GetWebIdentityTokenResult><Later>new</Later>\
            <Expiration>2026-11-28T12:00:00Z</Expiration>\
            <WebIdentityToken> eyJ.a&#46;b </WebIdentityToken></GetWebIdentityTokenResult>\
            </GetWebIdentityTokenResponse>";
        let end = Some(at(1_795_867_200));
        assert_eq!(read(whole), Some(("eyJ.a.b".to_owned(), end)));
        let in_cdata = whole.replace(" eyJ.a&#46;b ", "<![CDATA[eyJ.a.b]]>");
        assert_eq!(read(&in_cdata), Some(("eyJ.a.b".to_owned(), end)));
        let with_prefix = whole.replace("Z</Exp", ".5Z</Exp");
        assert_eq!(
            read(&with_prefix).unwrap().1.unwrap(),
            at(1_795_867_200) + Duration::from_millis(500)
        );
        for no_time in [
            "",
            "soon",
            "-000001-01-01T00:00:00Z",
            "1960-01-01T00:00:00Z",
        ] {
            let body = whole.replace("2026-11-28T12:00:00Z", no_time);
            assert_eq!(read(&body), Some(("eyJ.a.b".to_owned(), None)), "{no_time}");
        }
    }

    #[test]
    fn what_has_no_token_is_no_answer() {
        for body in [
            "",
            "<html>",
            "{}",
            "<a/>",
            "<GetWebIdentityTokenResponse><GetWebIdentityTokenResult/></GetWebIdentityTokenResponse>",
            "<R><GetWebIdentityTokenResult><WebIdentityToken> </WebIdentityToken></GetWebIdentityTokenResult></R>",
            // No entity is looked up.
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><R><GetWebIdentityTokenResult>\
             <WebIdentityToken>&b;</WebIdentityToken></GetWebIdentityTokenResult></R>",
        ] {
            assert_eq!(read(body), None, "{body}");
            assert!(refusal(body.as_bytes()).is_none(), "{body}");
        }
        let deep = "<a>".repeat(80_000);
        assert_eq!(read(&deep), None);
        assert_eq!(read(&format!("<R>{deep}")), None);
        let closed = format!("<R>{deep}{}</R>", "</a>".repeat(80_000));
        assert_eq!(read(&closed), None);
    }

    #[test]
    fn code_and_message_are_read() {
        let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
            <Code>AccessDenied</Code><Message>not &lt;allowed&gt;</Message></Error><RequestId>r</RequestId></ErrorResponse>";
        let Refusal { code, message } = refusal(body.as_bytes()).unwrap();
        assert_eq!((&*code, &*message), ("AccessDenied", "not <allowed>"));
        let body = "<ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>";
        assert_eq!(refusal(body.as_bytes()).unwrap().message, "");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(token(&body).is_none());
            let _ = refusal(&body);
        }

        #[test]
        fn no_xml_panics(
            parts in proptest::collection::vec(
                prop::sample::select(vec![
                    "<GetWebIdentityTokenResponse>", "</GetWebIdentityTokenResponse>", "<GetWebIdentityTokenResult>",
                    "</GetWebIdentityTokenResult>", "<WebIdentityToken>", "</WebIdentityToken>", "<Expiration>",
                    "</Expiration>", "<ErrorResponse>", "<Error>", "<Code>", "</Code>", "<a/>", "&amp;", "&#0;", "&b;",
                    "<![CDATA[", "]]>", "<?xml ?>", "<!DOCTYPE a>", "<!--", "-->", "eyJ", " ", "\u{0}", "a=\"b\"", "9",
                    "2026-11-28T12:00:00Z",
                ]),
                0..40,
            ),
        ) {
            let body = parts.concat();
            let _ = token(body.as_bytes());
            let _ = refusal(body.as_bytes());
        }

        #[test]
        fn a_token_is_the_text_in_its_place(
            text in "[ -~]{0,40}", end in "[ -~]{0,30}", further in "(<a>[a-z&]{0,3}(</a>)?)?",
            is_in_cdata in any::<bool>(),
        ) {
            let inner = if is_in_cdata && !text.contains("]]>") {
                format!("<![CDATA[{text}]]>")
            } else {
                text.replace('&', "&amp;").replace('<', "&lt;")
            };
            let end = end.replace('&', "&amp;").replace('<', "&lt;");
            let is_whole = !further.contains('&') && (further.is_empty() || further.ends_with("</a>"));
            let body = format!(
                "<R><GetWebIdentityTokenResult>{further}<WebIdentityToken>{inner}</WebIdentityToken>\
                 <Expiration>{end}</Expiration></GetWebIdentityTokenResult></R>"
            );
            let found = read(&body).map(|(token, _)| token);
            if is_whole {
                prop_assert_eq!(found.unwrap_or_default(), text.trim());
            }
            let body = format!("<R><Error><Code>{inner}</Code><Message>{end}</Message>{further}</Error></R>");
            let code = refusal(body.as_bytes()).map(|refusal| refusal.code);
            let code = code.unwrap_or_default();
            if is_whole {
                prop_assert_eq!(code.trim(), text.trim());
            }
        }

        #[test]
        fn no_time_panics(text in ".*") {
            let _ = time(&text);
        }
    }
}
