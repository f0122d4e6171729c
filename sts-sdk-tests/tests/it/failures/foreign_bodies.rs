//! Every shape of an error body becomes a `Failure`, as the table of the documentation says.

use serde_json::{Value, json};
use sts_sdk::Client;
use sts_sdk::Failure;
use sts_sdk::generated::Error;
use sts_sdk_tests::{Server, reply};

/// What the generated operation makes of a 401 with this body.
async fn failure(content_type: &str, body: impl AsRef<[u8]>) -> Failure {
    let line = format!("content-type: {content_type}");
    let response = reply("401 Unauthorized", &[&line], body);
    let server = Server::start(move |_| response.clone()).await.unwrap();
    let client = Client::for_base_url(&server.url()).unwrap();
    let operation = client.generated().exchange_sts_v1_oauth_token();
    let operation = operation.body_map(|body| body.subject_token("t").identity_pool_id("p"));
    match operation.send().await {
        Err(Error::ErrorResponse(value)) => value.into_inner(),
        other => panic!("{other:?}"),
    }
}

async fn json_failure(body: &Value) -> Value {
    let failure = failure("application/json", body.to_string()).await;
    serde_json::to_value(failure).unwrap()
}

/// Fails unless the failure that `body` becomes has the `expected` errors, or the only one.
async fn assert_becomes(body: &Value, expected: Value) {
    let expected = match expected {
        Value::Array(errors) => json!({ "errors": errors }),
        error => json!({ "errors": [error] }),
    };
    assert_eq!(json_failure(body).await, expected, "{body}");
}

#[tokio::test]
async fn a_failure_is_handed_over_unchanged() {
    for body in [
        json!({"errors": [{"id": "i", "detail": "d\n\twith eyJ\u{7}", "error_code": 1, "message": null}]}),
        json!({"errors": []}),
        json!({"errors": [{}, {"source": {"pointer": "/a"}}]}),
    ] {
        let mut expected = body.clone();
        let unset = |error: &mut Value| {
            let object = error.as_object_mut().unwrap();
            object.retain(|_, value| !value.is_null());
        };
        expected["errors"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(unset);
        assert_eq!(json_failure(&body).await, expected);
    }
}

#[tokio::test]
async fn a_failure_that_a_strict_reader_refuses_is_read_all_the_same() {
    let twice = failure(
        "application/json",
        r#"{"errors":[],"errors":[{"code":"c"}]}"#,
    )
    .await;
    assert_eq!(twice.to_string(), "code c");
    // Three bytes of a character of four, as long as what replaces them.
    let cut = b"{\"errors\":[{\"detail\":\"cut \xf0\x9f\xa6\"}]}";
    let cut = failure("application/json", cut).await;
    assert_eq!(cut.to_string(), "cut \u{fffd}");
}

#[tokio::test]
async fn other_json_is_mapped_row_by_row() {
    for (body, expected) in [
        (
            json!({"error": "invalid_grant", "error_description": "expired", "error_uri": "https://e/x"}),
            json!({"status": "401", "code": "invalid_grant", "detail": "expired, see https://e/x"}),
        ),
        (
            json!({"error": "invalid_grant"}),
            json!({"status": "401", "code": "invalid_grant", "title": "Unauthorized"}),
        ),
        (
            json!({"error_code": 40101, "message": "No such pool"}),
            json!({"status": "401", "code": "40101", "error_code": 40101,
                "message": "No such pool", "detail": "No such pool"}),
        ),
        (
            json!({"error_code": 4_010_100_000_000_i64, "message": "big"}),
            json!({"status": "401", "code": "4010100000000", "message": "big", "detail": "big"}),
        ),
        (
            json!({"error": {"code": 401, "message": "Denied", "status": "UNAUTHENTICATED"}}),
            json!({"status": "UNAUTHENTICATED", "code": "401", "message": "Denied", "detail": "Denied"}),
        ),
        (
            json!({"message": "Forbidden by proxy"}),
            json!({"status": "401", "message": "Forbidden by proxy", "detail": "Forbidden by proxy"}),
        ),
        (
            // An error code beyond 32 bits must not lose the rest.
            json!({"errors": [{"status": 401, "code": 7, "title": "T", "source": {"pointer": 1, "parameter": "p"},
                "error_code": 99_999_999_999_i64}, "plain"]}),
            json!([
                {"status": "401", "code": "7", "title": "T", "source": {"parameter": "p"}},
                {"status": "401", "detail": "plain"},
            ]),
        ),
        (
            json!({"errors": [], "message": "why", "error_code": 40101}),
            json!({"status": "401", "code": "40101", "error_code": 40101, "message": "why", "detail": "why"}),
        ),
        (
            json!({"errors": [{"msg": "x"}], "message": "why"}),
            json!({"status": "401", "message": "why", "detail": "why"}),
        ),
        (
            json!({"error": "", "error_description": ""}),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
        (
            // RFC 9457.
            json!({"type": "about:blank", "title": "T", "detail": "D", "status": 422}),
            json!({"status": "422", "title": "T", "detail": "D"}),
        ),
        (
            json!({"unknown": true}),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
        (
            json!({"errors": "none"}),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
        (
            json!([1, 2]),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
        (
            json!(null),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
        (
            json!("text"),
            json!({"status": "401", "title": "Unauthorized"}),
        ),
    ] {
        assert_becomes(&body, expected).await;
    }
}

#[tokio::test]
async fn confluents_structures_are_mapped_row_by_row() {
    for (body, expected) in [
        (
            // Confluent's structure of 2025.
            json!({"status": 400, "error": {"code": "C", "message": "M.", "details": "D.", "suggestion": "Ensure it.",
                "timestamp": "now", "path": "/x"}, "requestId": "r-1", "doc_url": "https://d/x"}),
            json!({"status": "400", "code": "C", "title": "M.", "message": "M.",
                "detail": "D. Ensure it, see https://d/x", "id": "r-1"}),
        ),
        (
            json!({"error": {"code": "C", "message": "M", "suggestion": "Ensure it."}, "status": "422"}),
            json!({"status": "422", "code": "C", "message": "M", "detail": "M. Ensure it."}),
        ),
        (
            json!({"error": {"code": "C", "message": "M", "details": [
                {"field": "a", "message": "no a"}, {"parameter": "b", "reason": "no b"}, {"pointer": "/c"}, "other"]}}),
            json!([
                {"status": "401", "code": "C", "message": "M", "detail": "M"},
                {"status": "401", "message": "no a", "detail": "no a", "source": {"parameter": "a"}},
                {"status": "401", "detail": "no b", "source": {"parameter": "b"}},
                {"status": "401", "detail": "other"},
            ]),
        ),
        (
            json!({"error": {"details": {"/a": ["x", "y"], "b": {"message": "z", "code": 7}, "c": null}}}),
            json!([
                {"status": "401", "detail": "x y", "source": {"pointer": "/a"}},
                {"status": "401", "code": "7", "message": "z", "detail": "z", "source": {"parameter": "b"}},
            ]),
        ),
        (
            // The older structure has more than the specification says.
            json!({"errors": [{"code": "c", "detail": "D", "resolution": "Do it.", "meta": {"limit": 5, "token": "x"}}]}),
            json!({"code": "c", "detail": "D. Do it. (meta limit=5, token=[redacted])"}),
        ),
        (
            json!({"errors": [{"status": 400, "title": "T", "resolution": "Do it."}], "doc_url": "https://d/x"}),
            json!({"status": "400", "title": "T", "detail": "Do it, see https://d/x"}),
        ),
    ] {
        assert_becomes(&body, expected).await;
    }
}

#[tokio::test]
async fn pages_and_texts_are_mapped_row_by_row() {
    let long = "word ".repeat(100);
    for (content_type, body, expected) in [
        ("text/html", "", json!({"title": "Unauthorized"})),
        (
            "text/html",
            "<!DOCTYPE html><html><head><TITLE lang=en>\n Sign  in </TITLE><script>x<y</script></head><body><!-- no > --><p>Please&nbsp;log in.</p>",
            json!({"title": "Sign in", "detail": "Please&nbsp;log in."}),
        ),
        ("text/html", "<p", json!({"title": "Unauthorized"})),
        (
            "text/plain",
            " upstream\r\n\tconnect error\u{0} ",
            json!({"detail": "upstream connect error"}),
        ),
        (
            "text/plain",
            &long,
            json!({"detail": long[..200].to_owned()}),
        ),
        ("text/plain", "é漢🦀", json!({"detail": "é漢🦀"})),
        (
            "application/json",
            "{\"errors\": [{\"det",
            json!({"detail": "the body is not complete JSON"}),
        ),
        (
            "text/plain",
            "{'message': 'x'}",
            json!({"detail": "the body is not valid JSON"}),
        ),
        (
            "application/json",
            "[proxy] no",
            json!({"detail": "the body is not valid JSON"}),
        ),
        (
            "text/plain",
            "[proxy-7] refused",
            json!({"detail": "[proxy-7] refused"}),
        ),
        (
            "text/plain",
            "\"pool\" is not known",
            json!({"detail": "\"pool\" is not known"}),
        ),
        (
            "text/html",
            "<script>a</script >\u{202e}Text",
            json!({"detail": "Text"}),
        ),
        (
            "text/plain",
            "got eyJhbGciOiJub25lIn0.e30.sig!",
            json!({"detail": "got [redacted]!"}),
        ),
    ] {
        let failure = serde_json::to_value(failure(content_type, body).await).unwrap();
        let mut expected = expected;
        expected["status"] = json!("401");
        assert_eq!(failure, json!({ "errors": [expected] }), "{body:.60}");
    }
}

#[tokio::test]
async fn of_a_long_list_the_first_sixteen_are_kept() {
    let numbered = |n: u32| json!({"code": n.to_string()});
    let other = |n: u32| json!({"code": n});
    for entry in [&numbered as &dyn Fn(u32) -> Value, &other] {
        let list: Vec<Value> = (0..20_000).map(entry).collect();
        let kept = json_failure(&json!({ "errors": list })).await;
        let codes: Vec<&str> = kept["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["code"].as_str().unwrap())
            .collect();
        let expected: Vec<String> = (0..16).map(|n: u32| n.to_string()).collect();
        assert_eq!(codes, expected);
    }
}

#[test]
fn failures_are_shown_in_one_line() {
    for (failure, expected) in [
        (json!({"errors": []}), "no details were given"),
        (json!({"errors": [{}]}), "no details were given"),
        (
            json!({"errors": [{"status": "400"}]}),
            "no details were given",
        ),
        (
            json!({"errors": [{"title": "T", "detail": "a\r\nb\u{1b}[31m", "code": "c"}, {"message": "m"}]}),
            "T: a b [31m (code c); m",
        ),
        (
            json!({"errors": [{"code": "c"}, {"error_code": 7}]}),
            "code c; code 7",
        ),
        (
            json!({"errors": [{"title": "T", "source": {"pointer": "/a"}, "code": "c"}, {"title": "T"}, {"title": "T"}]}),
            "T (field /a, code c); T",
        ),
        (
            json!({"errors": [{"title": "same", "detail": "same"}]}),
            "same",
        ),
        (
            json!({"errors": [{"detail": "bad eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln."}]}),
            "bad [redacted]",
        ),
    ] {
        let failure: Failure = serde_json::from_value(failure).unwrap();
        assert_eq!(failure.to_string(), expected);
    }
    let twenty: Vec<Value> = (0..20).map(|n| json!({"detail": format!("{n}").repeat(200), "source": {"pointer": format!("/{n}")}})).collect();
    let text = serde_json::from_value::<Failure>(json!({ "errors": twenty }))
        .unwrap()
        .to_string();
    for n in 0..16 {
        assert!(text.contains(&format!("… (field /{n})")), "{text}");
    }
    assert!(text.ends_with("; 20 errors in all"), "{text}");
    let long = json!({"errors": [{"detail": "é".repeat(10_000)}]});
    let failure: Failure = serde_json::from_value(long).unwrap();
    assert_eq!(failure.to_string().chars().count(), 400);
    let _: &dyn std::error::Error = &failure;
}

#[tokio::test]
async fn of_meta_the_value_of_what_looks_like_a_secret_by_its_name_is_not_shown() {
    for name in [
        "assertion",
        "Authorization",
        "cookie",
        "credential",
        "jwt",
        "apiKey",
        "PASSWORD",
        "secret",
        "session",
        "signature",
        "token",
    ] {
        let body = json!({"errors": [{"detail": "D", "meta": { name: "hunter2", "limit": 5 }}]});
        let text = json_failure(&body).await.to_string();
        let has = |part: &str| text.contains(part);
        assert!(
            has(&format!("{name}=[redacted]")) && has("limit=5"),
            "{text}"
        );
        assert!(!has("hunter2"), "{name}");
    }
}

#[tokio::test]
async fn of_any_json_the_first_4096_values_are_kept() {
    // The body itself is one, and the message another.
    for (others, said) in [(4094, "why"), (4095, "Unauthorized")] {
        let others: Vec<_> = (0..others).map(|n| format!("\"p{n}\":0,")).collect();
        let body = format!("{{{}\"message\":\"why\"}}", others.concat());
        let failure = failure("application/json", body).await;
        assert_eq!(failure.to_string(), said);
    }
}
