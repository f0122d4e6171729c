use serde_json::Value;
use sts_emulator::StsEmulator;

use crate::requests::Form;

#[tokio::test]
async fn beyond_the_limit_is_429_until_the_window_ends() {
    let emulator = StsEmulator::builder()
        .rate_limit(2, 60)
        .start()
        .await
        .unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    form.exchanged(&emulator).await;
    // What is refused counts as well.
    form.clone()
        .with("expires_in", "0")
        .refused(&emulator)
        .await;
    let response = form.send(&emulator).await;
    assert_eq!(response.status(), 429);
    let header = |name: &str| {
        response.headers()[name]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert_eq!(header("x-ratelimit-limit"), 2);
    assert_eq!(header("x-ratelimit-remaining"), 0);
    assert!((1..=60).contains(&header("retry-after")));
    assert_eq!(header("x-ratelimit-reset"), header("retry-after"));
    assert!(response.headers().contains_key("x-request-id"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["code"], "too_many_requests");
    emulator.advance(60);
    form.exchanged(&emulator).await;
    form.exchanged(&emulator).await;
    assert_eq!(form.send(&emulator).await.status(), 429);
    emulator.reset();
    form.exchanged(&emulator).await;
    assert_eq!(emulator.count(), 1);
}

#[tokio::test]
async fn it_is_off_unless_told() {
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    for _ in 0..50 {
        form.exchanged(&emulator).await;
    }
}
