//! Successes, and what looks like one.

use super::{Act, ID, JSON, Outcome, ServerBehaviour, behaviour, error, send};
use crate::server::{reply, token_body};

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn behaviours(subject: &str, access: &str) -> Vec<ServerBehaviour> {
    let whole = token_body(access);
    let ok = |headers: &[&str], body: &str| vec![send(reply("200 OK", headers, body))];
    let json = |body: String| ok(&[JSON, ID], &body);
    let longer = whole.len() + 100;
    vec![
        behaviour("a reply", json(whole.clone()), Outcome::Token),
        behaviour(
            "a reply without a content type",
            ok(&[], &whole),
            Outcome::Token,
        ),
        behaviour(
            "a reply with a charset and an unknown property",
            ok(
                &["content-type: Application/JSON; charset=utf-8"],
                &whole.replace("{\"", "{\"scope\":\"a\",\""),
            ),
            Outcome::Token,
        ),
        behaviour(
            "a reply of a type that is JSON by its suffix",
            ok(
                &["content-type: application/vnd.confluent.sts+JSON; v=1"],
                &whole,
            ),
            Outcome::Token,
        ),
        error(
            "a reply of a type that only begins like JSON",
            ok(&["content-type: application/json-seq"], &whole),
            200,
            false,
            "200 OK: expected a token exchange reply as application/json, got application/json-seq",
        ),
        behaviour(
            "a reply of another case",
            json(whole.replace("Bearer", "bEARER")),
            Outcome::Token,
        ),
        behaviour(
            "HTTP/1.0",
            vec![
                send(format!("HTTP/1.0 200 OK\r\n{JSON}\r\n\r\n{whole}")),
                Act::Close,
            ],
            Outcome::Token,
        ),
        behaviour(
            "a reply in chunks",
            vec![send(format!(
                "HTTP/1.1 200 OK\r\n{JSON}\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{{\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                whole.len() - 1,
                &whole[1..]
            ))],
            Outcome::Token,
        ),
        behaviour(
            "a content length that is too small for what follows",
            vec![
                send(reply("200 OK", &[JSON], &whole)),
                send("surplus"),
                Act::Close,
            ],
            Outcome::Token,
        ),
        error(
            "a content length that is too large",
            vec![
                send(format!(
                    "HTTP/1.1 200 OK\r\n{JSON}\r\ncontent-length: {longer}\r\n\r\n{whole}"
                )),
                Act::Close,
            ],
            200,
            true,
            "200 OK: expected a token exchange reply, the connection ended within it",
        ),
        error(
            "a success that is a page",
            ok(
                &["content-type: text/html", ID],
                &format!("<html>{access}</html>"),
            ),
            200,
            false,
            "200 OK: expected a token exchange reply as application/json, got text/html (request id req-1)",
        ),
        error(
            "a reply compressed without being asked to",
            ok(&[JSON, "content-encoding: gzip"], "\u{1f}\u{8b}\u{8}"),
            200,
            false,
            "200 OK: expected a token exchange reply, it is not JSON at line 1 column *",
        ),
        error(
            "a truncated reply",
            json(whole[..whole.len() - 20].to_owned()),
            200,
            true,
            "200 OK: expected a token exchange reply, it ends too early (request id req-1)",
        ),
        error(
            "an empty reply",
            json(String::new()),
            200,
            false,
            "200 OK: expected a token exchange reply, got no body (request id req-1)",
        ),
        error(
            "a reply without a token",
            json(whole.replace("access_token\":", "other\":")),
            200,
            false,
            "200 OK: expected a token exchange reply, missing field `access_token` at line 1 column * (request id req-1)",
        ),
        error(
            "a reply with null for a token",
            json(whole.replace(&format!("\"{access}\""), "null")),
            200,
            false,
            "200 OK: expected a token exchange reply, a property is of another type than the specification's at line 1 column * (request id req-1)",
        ),
        error(
            "a token where a number belongs",
            json(whole.replace("900", &format!("\"{access}\""))),
            200,
            false,
            "200 OK: expected a token exchange reply, a property is of another type than the specification's at line 1 column * (request id req-1)",
        ),
        error(
            "a lifetime beyond 32 bits",
            json(whole.replace("900", "2147483648")),
            200,
            false,
            "200 OK: expected a token exchange reply, a property is of another type than the specification's at line 1 column * (request id req-1)",
        ),
        error(
            "a lifetime of 0",
            json(whole.replace("900", "0")),
            200,
            false,
            "200 OK: expected a token exchange reply, its expires_in is not positive (request id req-1)",
        ),
        error(
            "a negative lifetime",
            json(whole.replace("900", "-1")),
            200,
            false,
            "200 OK: expected a token exchange reply, its expires_in is not positive (request id req-1)",
        ),
        error(
            "an empty token",
            json(whole.replace(access, "")),
            200,
            false,
            "200 OK: expected a token exchange reply, its access_token is empty (request id req-1)",
        ),
        error(
            "a token with a line break",
            json(whole.replace(access, &format!("{access}\\r\\nx-injected: 1"))),
            200,
            false,
            "200 OK: expected a token exchange reply, its access_token has characters that no token has (request id req-1)",
        ),
        error(
            "a token with a control character",
            json(whole.replace(access, &format!("{access}\\u0000"))),
            200,
            false,
            "200 OK: expected a token exchange reply, its access_token has characters that no token has (request id req-1)",
        ),
        error(
            "another token type",
            json(whole.replace("Bearer", "DPoP")),
            200,
            false,
            "200 OK: expected a token exchange reply, its token_type is not Bearer (request id req-1)",
        ),
        error(
            "another issued token type",
            json(whole.replace("token-type:access_token", "token-type:refresh_token")),
            200,
            false,
            "200 OK: expected a token exchange reply, its issued_token_type is not the one requested (request id req-1)",
        ),
        error(
            "no content",
            vec![send(
                "HTTP/1.1 204 No Content\r\nx-request-id: req-1\r\n\r\n",
            )],
            204,
            false,
            "204 No Content: expected 200 with a token exchange reply (request id req-1)",
        ),
        error(
            "another success",
            vec![send(reply("202 Accepted", &[JSON, ID], &whole))],
            202,
            false,
            "202 Accepted: expected 200 with a token exchange reply (request id req-1)",
        ),
        error(
            "a redirect",
            vec![send(reply(
                "307 Temporary Redirect",
                &["location: https://example.com/", ID],
                &whole,
            ))],
            307,
            false,
            "307 Temporary Redirect: redirects are not followed; correct the base URL (request id req-1)",
        ),
        error(
            "a page whose headers send the subject token back",
            vec![send(reply(
                "200 OK",
                &[
                    &format!("content-type: {subject}"),
                    &format!("x-request-id: {subject}"),
                ],
                "page",
            ))],
            200,
            false,
            "200 OK: expected a token exchange reply as application/json, got [redacted]",
        ),
        error(
            "a redirect that sends the subject token back",
            vec![send(reply(
                "302 Found",
                &[
                    &format!("location: /?token={subject}"),
                    &format!("x-request-id: {}", &subject[3..]),
                ],
                "",
            ))],
            302,
            false,
            "302 Found: redirects are not followed; correct the base URL",
        ),
        behaviour(
            "a reply after a byte order mark",
            json(format!("\u{feff}{whole}")),
            Outcome::Token,
        ),
        error(
            "a blank reply",
            json(" \r\n".to_owned()),
            200,
            false,
            "200 OK: expected a token exchange reply, got no body (request id req-1)",
        ),
        error(
            "a list of what a reply holds",
            json(format!(
                r#"["{access}",900,"urn:ietf:params:oauth:token-type:access_token","Bearer"]"#
            )),
            200,
            false,
            "200 OK: expected a token exchange reply, it is a list (request id req-1)",
        ),
        error(
            "a reply with a property twice",
            json(whole.replace("{\"", "{\"token_type\":\"Bearer\",\"")),
            200,
            false,
            "200 OK: expected a token exchange reply, duplicate field `token_type` at line 1 column * (request id req-1)",
        ),
        behaviour(
            "an interim response before the reply",
            vec![
                send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
                send(reply("200 OK", &[JSON], &whole)),
            ],
            Outcome::Token,
        ),
    ]
}
