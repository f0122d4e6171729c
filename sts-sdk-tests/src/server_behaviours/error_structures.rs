//! Confluent's structures of errors, the older and that of 2025, and lists of errors that are too long.

use serde_json::{Value, json};

use super::{ID, JSON, ServerBehaviour, error, send};
use crate::server::reply;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn behaviours(subject: &str, access: &str) -> Vec<ServerBehaviour> {
    let with = |status: &str, headers: &[&str], body: &Value| {
        vec![send(reply(status, headers, body.to_string()))]
    };
    let of_2025 = |said: &str| {
        json!({
            "status": 400,
            "error": {
                "code": "INVALID_SCHEMA_FIELD",
                "message": format!("The request is not valid{said}"),
                "details": format!("There is no such pool{said}"),
                "timestamp": "2026-11-23T10:00:00Z",
                "path": "/sts/v1/oauth2/token",
                "suggestion": format!("Ensure that the pool exists{said}"),
                "access_token": access,
            },
            "requestId": "of-the-body-1",
            "doc_url": "https://docs.example.com/errors",
        })
    };
    let mut echo = of_2025(&format!(": {subject}."));
    echo["error"]["code"] = json!(subject);
    echo["requestId"] = json!(subject);
    echo["doc_url"] = json!(format!("https://docs.example.com/?of={subject}"));
    // Close to the limit of bodies.
    let many = |first: String, others: &str, count: usize| {
        let others = vec![others; count].join(",");
        format!("[{first},{others}]")
    };
    let first = json!(subject).to_string();
    vec![
        error(
            "the structure of 2025",
            with("400 Bad Request", &[JSON], &of_2025(".")),
            400,
            false,
            "400 Bad Request: The request is not valid. There is no such pool. Ensure that the pool exists, see https://docs.example.com/errors (code INVALID_SCHEMA_FIELD) (request id of-the-body-1)",
        ),
        error(
            "the structure of 2025 with a request id in a header",
            with("400 Bad Request", &[JSON, ID], &of_2025("")),
            400,
            false,
            "400 Bad Request: The request is not valid: There is no such pool. Ensure that the pool exists, see https://docs.example.com/errors (code INVALID_SCHEMA_FIELD) (request id req-1)",
        ),
        error(
            "the structure of 2025 that sends the subject token back everywhere",
            with("400 Bad Request", &[JSON], &echo),
            400,
            false,
            "400 Bad Request: The request is not valid: [redacted]. There is no such pool: [redacted]. Ensure that the pool exists: [redacted], see https://docs.example.com/?of=[redacted] (code [redacted])",
        ),
        error(
            "the structure of 2025 with no more than it must have",
            with(
                "403 Forbidden",
                &[JSON],
                &json!({"error": {"code": "DENIED", "message": "No role."}, "status": "403"}),
            ),
            403,
            false,
            "403 Forbidden: No role. (code DENIED)",
        ),
        error(
            "the structure of 2025 with long details",
            with(
                "400 Bad Request",
                &[JSON],
                &json!({"error": {
                    "code": "C", "message": "M", "details": "d".repeat(10_000), "suggestion": "Ensure that it is short.",
                }}),
            ),
            400,
            false,
            concat!(
                "400 Bad Request: M: ",
                "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
                "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
                "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
                "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd… ",
                "(code C); Ensure that it is short.",
            ),
        ),
        error(
            "422 with an error for each field",
            with(
                "422 Unprocessable Entity",
                &[JSON],
                &json!({"errors": [
                    {"code": "required", "detail": "It is missing.", "source": {"pointer": "/spec/display_name"}},
                    {"code": "range", "detail": "It is negative.", "source": {"parameter": "expires_in"}},
                ]}),
            ),
            422,
            false,
            "422 Unprocessable Entity: It is missing. (field /spec/display_name, code required); It is negative. (field expires_in, code range)",
        ),
        error(
            "422 in the structure of 2025 with a list of fields",
            with(
                "422 Unprocessable Entity",
                &[JSON],
                &json!({
                    "status": 422,
                    "error": {
                        "code": "VALIDATION",
                        "message": "Two fields are not valid.",
                        "details": [
                            {"field": "identity_pool_id", "message": "It is missing."},
                            {"field": "expires_in", "reason": format!("It is {subject}.")},
                        ],
                        "suggestion": "Ensure that they are set.",
                    },
                }),
            ),
            422,
            false,
            "422 Unprocessable Entity: Two fields are not valid. Ensure that they are set. (code VALIDATION); It is missing. (field identity_pool_id); It is [redacted]. (field expires_in)",
        ),
        error(
            "422 in the structure of 2025 with fields by name",
            with(
                "422 Unprocessable Entity",
                &[JSON],
                &json!({"error": {"code": "VALIDATION", "message": "Look at the fields.", "details": {
                    "/spec/id": "It is missing.",
                    "expires_in": ["It is negative.", "It is no whole number."],
                    subject: "It is no field.",
                }}}),
            ),
            422,
            false,
            "422 Unprocessable Entity: Look at the fields. (code VALIDATION); It is missing. (field /spec/id); It is negative. It is no whole number. (field expires_in); It is no field. (field [redacted])",
        ),
        error(
            "the older structure with a resolution and more about the error",
            with(
                "409 Conflict",
                &[JSON],
                &json!({"errors": [{
                    "id": "e-1", "status": "409", "code": "quota", "title": "Too many", "detail": "There are 5.",
                    "resolution": format!("Delete one of {subject}."),
                    "meta": {"access_token": access, subject: true, "limit": 5, "nested": {"a": access}, "of": subject},
                }]}),
            ),
            409,
            false,
            "409 Conflict: Too many: There are 5. Delete one of [redacted]. (meta access_token=[redacted], [redacted]=true, limit=5, of=[redacted]) (code quota)",
        ),
        error(
            "a list of 300,000 errors",
            vec![send(reply(
                "400 Bad Request",
                &[JSON],
                format!(
                    r#"{{"errors":{},"access_token":"{access}"}}"#,
                    many(format!(r#"{{"code":{first}}}"#), "{}", 300_000)
                ),
            ))],
            400,
            false,
            "400 Bad Request: code [redacted]; 300001 errors in all",
        ),
        error(
            "a list of 500,000 errors of another shape",
            vec![send(reply(
                "400 Bad Request",
                &[JSON],
                format!(r#"{{"errors":{}}}"#, many(first.clone(), "0", 500_000)),
            ))],
            400,
            false,
            "400 Bad Request: [redacted]; 500001 errors in all",
        ),
        error(
            "a list of 500,000 errors that say nothing",
            vec![send(reply(
                "400 Bad Request",
                &[JSON],
                format!(r#"{{"errors":{}}}"#, many("0".to_owned(), "0", 500_000)),
            ))],
            400,
            false,
            "400 Bad Request: 500001 errors in all",
        ),
        error(
            "150,000 fields that failed",
            vec![send(reply(
                "422 Unprocessable Entity",
                &[JSON],
                format!(
                    r#"{{"error":{{"code":"C","message":"M","details":{}}}}}"#,
                    many(first, r#""bad""#, 150_000)
                ),
            ))],
            422,
            false,
            "422 Unprocessable Entity: M (code C); [redacted]; bad; 150001 errors in all",
        ),
        error(
            "407 of a proxy that got plain http",
            with(
                "407 Proxy Authentication Required",
                &["proxy-authenticate: Basic"],
                &json!({"message": "Who are you?"}),
            ),
            407,
            false,
            "407 Proxy Authentication Required: Who are you?",
        ),
    ]
}
