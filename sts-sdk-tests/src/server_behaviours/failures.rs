//! Errors of the server, and of what stands before it.

use super::{ID, JSON, ServerBehaviour, error, send};
use crate::server::reply;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn behaviours(subject: &str, access: &str) -> Vec<ServerBehaviour> {
    let failure = |code: &str| {
        format!(
            r#"{{"errors":[{{"status":"{code}","code":"some_code","title":"A title","detail":"A detail."}}]}}"#
        )
    };
    let with =
        |status: &str, headers: &[&str], body: &str| vec![send(reply(status, headers, body))];
    let echo = format!(
        r#"{{"errors":[{{"title":"Bad token","detail":"The token {subject} is not valid."}}]}}"#
    );
    // Printed without them, the token would be whole again.
    let invisible = ["\u{200b}", "\u{feff}", "\u{ad}", "\u{2060}", "\u{fe0f}"];
    let chars: Vec<char> = subject.chars().collect();
    let chunks = chars.chunks(5).zip(invisible.iter().cycle());
    let split: String = chunks
        .map(|(chunk, invisible)| chunk.iter().collect::<String>() + invisible)
        .collect();
    let split_echo = format!(
        r#"{{"errors":[{{"title":"Bad token","detail":"The token {split} is not valid.","resolution":"See {split}."}}]}}"#
    );
    let page_echo = format!("Rejected: subject_token={subject}&more");
    let header_echo = format!("x-request-id: {subject}");
    vec![
        error(
            "400 with a failure",
            with("400 Bad Request", &[JSON, ID], &failure("400")),
            400,
            false,
            "400 Bad Request: A title: A detail. (code some_code) (request id req-1)",
        ),
        error(
            "401 with a failure",
            with("401 Unauthorized", &[JSON, ID], &failure("401")),
            401,
            false,
            "401 Unauthorized: A title: A detail. (code some_code) (request id req-1)",
        ),
        error(
            "403 with a failure",
            with("403 Forbidden", &[JSON], &failure("403")),
            403,
            false,
            "403 Forbidden: A title: A detail. (code some_code)",
        ),
        error(
            "404 with a failure",
            with("404 Not Found", &[JSON], &failure("404")),
            404,
            false,
            "404 Not Found: A title: A detail. (code some_code)",
        ),
        error(
            "408 without a body",
            with("408 Request Timeout", &[], ""),
            408,
            true,
            "408 Request Timeout",
        ),
        error(
            "429 without a body but with every header",
            with(
                "429 Too Many Requests",
                &[
                    ID,
                    "x-ratelimit-limit: 100",
                    "x-ratelimit-remaining: 0",
                    "x-ratelimit-reset: 30",
                    "retry-after: 12",
                ],
                "",
            ),
            429,
            true,
            "429 Too Many Requests (request id req-1, retry after 12 s)",
        ),
        error(
            "429 with a reset only",
            with("429 Too Many Requests", &["x-ratelimit-reset: 30"], ""),
            429,
            true,
            "429 Too Many Requests (retry after 30 s)",
        ),
        error(
            "500 with a failure",
            with("500 Internal Server Error", &[JSON], &failure("500")),
            500,
            true,
            "500 Internal Server Error: A title: A detail. (code some_code)",
        ),
        error(
            "501",
            with("501 Not Implemented", &[], ""),
            501,
            false,
            "501 Not Implemented",
        ),
        error(
            "502 with a page",
            with(
                "502 Bad Gateway",
                &["content-type: text/html"],
                "<html><head><title>502 Bad Gateway</title><style>b{}</style></head><body><h1>No upstream</h1>\n<p>nginx</p></body></html>",
            ),
            502,
            true,
            "502 Bad Gateway: No upstream nginx",
        ),
        error(
            "502 with the page of nginx",
            with(
                "502 Bad Gateway",
                &["content-type: text/html"],
                "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
            ),
            502,
            true,
            "502 Bad Gateway: nginx",
        ),
        error(
            "502 as the status, the title and the text",
            with(
                "502 Bad Gateway",
                &["content-type: text/html"],
                "<title>502 Bad Gateway</title><h1>Bad Gateway</h1>",
            ),
            502,
            true,
            "502 Bad Gateway",
        ),
        error(
            "403 without a reason",
            with("403 Forbidden", &[ID], ""),
            403,
            false,
            "403 Forbidden, without a reason; check the filter of the identity pool and its role bindings (request id req-1)",
        ),
        error(
            "503 with a failure and a date to wait for",
            with(
                "503 Service Unavailable",
                &[
                    JSON,
                    "date: Mon, 23 Nov 2026 10:00:00 GMT",
                    "retry-after: Mon, 23 Nov 2026 10:00:07 GMT",
                ],
                &failure("503"),
            ),
            503,
            true,
            "503 Service Unavailable: A title: A detail. (code some_code) (retry after 7 s)",
        ),
        error(
            "a failure that sends the subject token back",
            with("400 Bad Request", &[JSON], &echo),
            400,
            false,
            "400 Bad Request: Bad token: The token [redacted] is not valid.",
        ),
        error(
            "a failure that sends the subject token back with invisible characters within",
            with("400 Bad Request", &[JSON], &split_echo),
            400,
            false,
            "400 Bad Request: Bad token: The token [redacted] is not valid. See [redacted].",
        ),
        error(
            "a text that sends the subject token back with invisible characters within",
            with(
                "400 Bad Request",
                &["content-type: text/plain; charset=utf-8"],
                &format!("Rejected: {split}"),
            ),
            400,
            false,
            "400 Bad Request: Rejected: [redacted]",
        ),
        error(
            "a text that sends the subject token back",
            with("400 Bad Request", &["content-type: text/plain"], &page_echo),
            400,
            false,
            "400 Bad Request: Rejected: subject_token=[redacted]&more",
        ),
        error(
            "headers that send the subject token back",
            with(
                "400 Bad Request",
                &[&header_echo, &format!("x-debug: {subject}")],
                "",
            ),
            400,
            false,
            "400 Bad Request",
        ),
        error(
            "a failure that sends the beginning of the subject token back, escaped",
            with(
                "400 Bad Request",
                &[JSON],
                &format!(
                    r#"{{"errors":[{{"detail":"not {}… valid"}}]}}"#,
                    escaped(&subject[..subject.len() - 5])
                ),
            ),
            400,
            false,
            "400 Bad Request: not [redacted]… valid",
        ),
        error(
            "a failure of another shape that sends the subject token back",
            with(
                "401 Unauthorized",
                &[JSON],
                &format!(r#"{{"message":"bad {subject}!"}}"#),
            ),
            401,
            false,
            "401 Unauthorized: bad [redacted]!",
        ),
        error(
            "an error with an access token",
            with(
                "400 Bad Request",
                &[JSON],
                &format!(r#"{{"access_token":"{access}","error":"none"}}"#),
            ),
            400,
            false,
            "400 Bad Request: code none",
        ),
        error(
            "an error with an access token, cut short",
            with(
                "400 Bad Request",
                &[],
                &format!(r#"{{"access_token":"{access}"#),
            ),
            400,
            false,
            "400 Bad Request: the body is not complete JSON",
        ),
    ]
}

/// Every character as JSON may escape it.
fn escaped(text: &str) -> String {
    let escapes = text.chars().map(|c| format!("\\u{:04x}", u32::from(c)));
    escapes.collect::<Vec<_>>().concat()
}
