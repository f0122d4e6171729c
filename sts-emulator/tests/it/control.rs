use std::sync::LazyLock;

use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use sts_emulator::StsEmulator;

use crate::requests::{Form, Shared, client, lifetimes};

async fn control(emulator: &StsEmulator, method: &str, path: &str, body: &str) -> (u16, Value) {
    let method: Method = method.parse().unwrap();
    let request = client().request(method, format!("{}/control/{path}", emulator.url()));
    let response = request.body(body.to_owned()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn faults_are_made_listed_and_cleared() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let fault = json!({"status": 429, "headers": {"retry-after": "1"}, "times": 2});
    let (status, _) = control(&emulator, "POST", "faults", &fault.to_string()).await;
    assert_eq!(status, 200);
    let (_, list) = control(&emulator, "GET", "faults", "").await;
    assert_eq!(list["faults"][0]["status"], 429);
    for expected in [429, 429, 200] {
        let response = form.send(&emulator).await;
        assert_eq!(response.status(), expected);
        assert_eq!(
            response.headers().contains_key("retry-after"),
            expected == 429
        );
    }
    let (_, counts) = control(&emulator, "GET", "counts", "").await;
    assert_eq!(
        (&counts["exchange"], &counts["exchange_statuses"]["429"]),
        (&json!(3), &json!(2))
    );
    let two = json!([{"delay_ms": 1}, {"reset": true, "always": true}]).to_string();
    assert_eq!(control(&emulator, "POST", "faults", &two).await.0, 200);
    assert_eq!(control(&emulator, "DELETE", "faults", "").await.0, 200);
    let (_, list) = control(&emulator, "GET", "faults", "").await;
    assert_eq!(list, json!({"faults": []}));
}

#[tokio::test]
async fn nonsense_is_told_and_changes_nothing() {
    let emulator = StsEmulator::start().await.unwrap();
    for (method, path, body, status, why) in [
        ("POST", "faults", "", 400, "the body cannot be read: "),
        (
            "POST",
            "faults",
            "{}",
            400,
            "it does nothing: it has none of ",
        ),
        (
            "POST",
            "faults",
            r#"{"code": 429}"#,
            400,
            "the body cannot be read: unknown field `code`, expected one of ",
        ),
        (
            "POST",
            "faults",
            r#"[{"status": 429}, {"status": 1}]"#,
            400,
            "status is from 200 to 599",
        ),
        (
            "POST",
            "faults",
            r#"{"status": -1}"#,
            400,
            "the body cannot be read: ",
        ),
        (
            "PUT",
            "faults",
            "",
            405,
            "the method is PUT, allowed are GET, POST, DELETE",
        ),
        (
            "GET",
            "reset",
            "",
            405,
            "the method is GET, allowed are POST",
        ),
        (
            "POST",
            "counts",
            "",
            405,
            "the method is POST, allowed are GET",
        ),
        ("GET", "else", "", 404, "there are /control/faults, "),
        (
            "POST",
            "clock",
            "{}",
            400,
            "the body cannot be read: missing field `advance_seconds`",
        ),
    ] {
        let body_is_empty = body.is_empty();
        let (got, body) = control(&emulator, method, path, body).await;
        let error = body["error"].as_str().unwrap();
        assert!(got == status && error.starts_with(why), "{got} {error}");
        if body_is_empty && status == 400 {
            assert!(error.contains("; an example: "), "{error}");
        }
    }
    let (_, list) = control(&emulator, "GET", "faults", "").await;
    assert_eq!(list, json!({"faults": []}));
}

#[tokio::test]
async fn the_log_the_clock_and_a_fresh_start() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let reply = form.exchanged(&emulator).await;
    let (lifetime, _) = lifetimes();
    let issued = format!("a token for me in pool-abc, {lifetime} s");
    let (_, log) = control(&emulator, "GET", "requests", "").await;
    let request = &log["requests"][0];
    assert_eq!(request["parameters"]["subject_token"], "[redacted]");
    assert_eq!(request["parameters"]["identity_pool_id"], "pool-abc");
    assert_eq!(
        (&request["status"], &request["outcome"]),
        (&json!(200), &json!(issued))
    );
    let open = async || {
        let request = client().get(format!("{}/resource", emulator.url()));
        let token = reply["access_token"].as_str().unwrap();
        request
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(open().await, 200);
    let to_its_end = json!({"advance_seconds": lifetime}).to_string();
    let (_, clock) = control(&emulator, "POST", "clock", &to_its_end).await;
    assert_eq!(clock["ahead_seconds"], lifetime);
    assert_eq!(open().await, 401);
    assert_eq!(control(&emulator, "POST", "reset", "").await.0, 200);
    let (_, clock) = control(&emulator, "GET", "clock", "").await;
    assert_eq!(clock["ahead_seconds"], 0);
    assert_eq!(open().await, 200);
    assert_eq!(control(&emulator, "POST", "revoke", "").await.0, 200);
    assert_eq!(open().await, 401);
    assert_eq!((emulator.count(), emulator.counts().resource), (0, 2));
}

#[tokio::test]
async fn pages_of_other_sites_are_kept_away() {
    let emulator = StsEmulator::builder()
        .allowed_host("sts.test")
        .start()
        .await
        .unwrap();
    let send = async |method: Method, path: &str, headers: &[(&str, &str)]| {
        let mut request = client().request(method, format!("{}{path}", emulator.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    // A foreign name that leads here.
    for path in ["/", "/control/requests", "/idp/any-token"] {
        assert_eq!(
            send(Method::GET, path, &[("host", "evil.example")]).await,
            403,
            "{path}"
        );
        assert_eq!(
            send(Method::GET, path, &[("host", "sts.test:80")]).await,
            200,
            "{path}"
        );
    }
    // What clients use is reached under any name.
    assert_eq!(
        send(Method::GET, "/healthz", &[("host", "evil.example")]).await,
        200
    );
    // A page of another site.
    let reset = "/control/reset";
    let own = emulator.url().to_owned();
    for (headers, status) in [
        (vec![], 200),
        (vec![("origin", own.as_str())], 200),
        (
            vec![("sec-fetch-site", "same-origin"), ("origin", own.as_str())],
            200,
        ),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://127.0.0.1:1")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (
            vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())],
            403,
        ),
    ] {
        assert_eq!(
            send(Method::POST, reset, &headers).await,
            status,
            "{headers:?}"
        );
        // A form has to come from a browser.
        let form = if headers.is_empty() { 403 } else { status };
        assert_eq!(
            send(Method::POST, "/page/reset", &headers).await,
            form,
            "{headers:?}"
        );
    }
}

static SHARED: LazyLock<Shared> = LazyLock::new(Shared::start);

proptest! {
    /// Whatever is sent is answered, and nothing breaks what comes after it.
    #[test]
    fn any_body_is_answered(
        path in "faults|clock|reset|revoke|requests|counts|[a-z/%.]{0,8}",
        body in prop_oneof![
            "\\PC{0,40}",
            "\\{\"(status|delay_ms|times|truncate|slow_ms|clock_skew)\": ?-?[0-9]{1,20}\\}",
            "\\{\"(match|headers)\": ?\\{\"[a-z\\\\n]{0,3}\": ?\"[a-z\\\\n]{0,3}\"\\}\\}",
        ],
    ) {
        SHARED.run(async {
            let (client, url) = (&SHARED.client, SHARED.emulator.url());
            let status = client.post(format!("{url}/control/{path}")).body(body).send().await.unwrap().status().as_u16();
            assert!([200, 400, 404, 405].contains(&status), "{status}");
            let health = client.get(format!("{url}/healthz")).send().await.unwrap();
            assert_eq!(health.status(), 200);
        });
    }
}
