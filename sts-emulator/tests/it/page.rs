use serde_json::json;
use sts_emulator::{IdentityPool, StsEmulator};

use crate::requests::{Form, client};

async fn show(emulator: &StsEmulator) -> String {
    let response = client().get(emulator.url()).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none';") && !policy.contains("script"),
        "{policy}"
    );
    response.text().await.unwrap()
}

async fn submit(emulator: &StsEmulator, form: &str, fields: &[(&str, &str)]) -> String {
    let request = client()
        .post(format!("{}/page/{form}", emulator.url()))
        .form(fields);
    let response = request
        .header("sec-fetch-site", "same-origin")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// What stands between two texts.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    page.split_once(begin).unwrap().1.split_once(end).unwrap().0
}

#[tokio::test]
async fn a_token_is_made_exchanged_and_refused() {
    let emulator = StsEmulator::start().await.unwrap();
    let page = submit(
        &emulator,
        "subject-token",
        &[
            ("sub", "me"),
            ("aud", ""),
            ("expires_in", "60"),
            ("claims", r#"{"a": 1}"#),
        ],
    )
    .await;
    let token = between(&page, "rows=\"4\">", "<").to_owned();
    assert_eq!(crate::requests::claims(&token)["a"], 1);
    let fields = [
        ("subject_token", token.as_str()),
        ("identity_pool_id", "pool-x"),
        ("expires_in", "60"),
    ];
    let page = submit(&emulator, "exchange", &fields).await;
    assert!(page.contains("The subject token was exchanged."));
    assert!(between(&page, "<pre id=\"reply\">", "</pre>").contains("&quot;expires_in&quot;:60"));
    assert!(page.contains("<td>1</td><td>this page</td><td>pool-x</td><td>200</td><td>a token for me in pool-x, 60 s</td>"));
    let page = submit(
        &emulator,
        "fault",
        &[
            ("kind", "429"),
            ("times", "1"),
            ("retry_after", "3"),
            ("delay_ms", ""),
        ],
    )
    .await;
    assert!(
        page.contains("The fault waits for exchanges.")
            && page.contains("&quot;retry-after&quot;:&quot;3&quot;")
    );
    let page = submit(&emulator, "exchange", &fields).await;
    assert!(page.contains("The exchange was refused with 429: 429, as a fault demands."));
    for kind in ["reset", "truncate", "delay", "html", "500"] {
        let page = submit(
            &emulator,
            "fault",
            &[("kind", kind), ("times", ""), ("delay_ms", "1")],
        )
        .await;
        assert!(page.contains("The fault waits"), "{kind}");
        submit(&emulator, "exchange", &fields).await;
    }
    assert_eq!(emulator.count(), 7);
    // What is shown after a form is not shown again.
    assert!(!show(&emulator).await.contains("eyJ"));
    submit(&emulator, "reset", &[]).await;
    assert_eq!(emulator.count(), 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_told() {
    let emulator = StsEmulator::start().await.unwrap();
    for (form, fields, message) in [
        (
            "subject-token",
            vec![("claims", "x")],
            "No subject token was made: claims must be a JSON object.",
        ),
        (
            "fault",
            vec![("kind", "x")],
            "No fault was made: this kind is not known.",
        ),
        (
            "fault",
            vec![("kind", "reset"), ("times", "x")],
            "No fault was made: times is no number.",
        ),
        (
            "fault",
            vec![("kind", "429"), ("retry_after", "\n")],
            "The fault waits for exchanges.",
        ),
        ("else", vec![], "There is no such form."),
        (
            "exchange",
            vec![("subject_token", "x"), ("identity_pool_id", "")],
            "The exchange was refused with 400: identity_pool_id is required and missing.",
        ),
    ] {
        let page = submit(&emulator, form, &fields).await;
        assert!(page.contains(message), "{form}: {page}");
        emulator.reset();
    }
}

#[tokio::test]
async fn markup_is_text_wherever_it_comes_from() {
    let markup = "<script>alert(1)</script>";
    let pool = IdentityPool::new("pool<b>").filter(format!("claims.sub == '{markup}'"));
    let emulator = StsEmulator::builder()
        .identity_pool(pool)
        .start()
        .await
        .unwrap();
    let token = emulator.any_token(&json!({"sub": markup})).unwrap();
    Form::new(&token)
        .with("identity_pool_id", "pool<b>")
        .exchanged(&emulator)
        .await;
    Form::new(&token)
        .with("identity_pool_id", "<b>\"'")
        .refused(&emulator)
        .await;
    let fields = [("subject_token", markup), ("identity_pool_id", "\"><b>")];
    let pages = show(&emulator).await
        + &submit(&emulator, "exchange", &fields).await
        + &submit(&emulator, "subject-token", &[("claims", markup)]).await;
    assert!(pages.contains("&lt;script&gt;"));
    assert!(
        !pages.contains("<script") && !pages.contains("<b>"),
        "{pages}"
    );
    // Nothing is fetched from anywhere.
    assert!(!pages.contains("src=") && !pages.contains("<link"));
}
