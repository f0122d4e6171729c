use sts_emulator::StsEmulator;

use crate::requests::{FRAGMENT, Form, client, lifetimes};

/// The fragment with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> String {
    assert!(FRAGMENT.contains(from), "{from}");
    FRAGMENT.replacen(from, to, 1)
}

#[tokio::test]
async fn a_new_parameter_and_another_maximum_are_followed() {
    let fragment = changed(
        "        expires_in:\n          description: Lifetime asked for",
        "        region:\n          type: string\n          enum: [eu, us]\n        expires_in:\n          description: Lifetime asked for",
    );
    let (default, most) = lifetimes();
    let (other, beyond) = (most + 100, most + 200);
    let fragment = fragment
        .replace(
            &format!("maximum: {most}\n"),
            &format!("maximum: {beyond}\n"),
        )
        .replace(
            &format!("default: {default}\n"),
            &format!("default: {other}\n"),
        );
    let emulator = StsEmulator::builder()
        .specification(fragment)
        .start()
        .await
        .unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    assert_eq!(form.exchanged(&emulator).await["expires_in"], other);
    let form = form
        .with("region", "eu")
        .with("expires_in", &*beyond.to_string());
    assert_eq!(form.exchanged(&emulator).await["expires_in"], beyond);
    let refused = form.clone().with("region", "asia").refused(&emulator).await;
    assert_eq!(
        refused,
        (
            "region".to_owned(),
            "region must be one of eu, us".to_owned()
        )
    );
    let further = (beyond + 1).to_string();
    let refused = form.with("expires_in", &*further).refused(&emulator).await;
    assert_eq!(
        refused.1,
        format!("expires_in is {further}, the maximum is {beyond}")
    );
    // And without the change.
    let emulator = StsEmulator::start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap()).with("region", "eu");
    assert_eq!(form.refused(&emulator).await.0, "region");
}

#[tokio::test]
async fn a_new_property_of_the_reply_and_another_path_are_followed() {
    let fragment = changed(
        "        - token_type\n      properties:\n",
        "        - token_type\n        - region\n      properties:\n        region:\n          type: string\n          example: eu\n",
    );
    let emulator = StsEmulator::builder()
        .specification(fragment)
        .start()
        .await
        .unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    assert_eq!(form.exchanged(&emulator).await["region"], "eu");
    let fragment = changed("/sts/v1/oauth2/token:", "/sts/v2/{x}/*y:");
    let emulator = StsEmulator::builder()
        .specification(fragment)
        .start()
        .await
        .unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let url = format!("{}/sts/v2/{{x}}/*y", emulator.url());
    let response = client().post(url).form(&form.0).send().await.unwrap();
    // A URL encodes the braces, so that nobody gets there.
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn a_header_that_is_gone_is_not_sent() {
    let fragment = changed("            Retry-After:", "            X-Other:");
    let builder = StsEmulator::builder()
        .specification(fragment)
        .rate_limit(1, 60);
    let emulator = builder.start().await.unwrap();
    let form = Form::new(&emulator.subject_token("me").unwrap());
    form.exchanged(&emulator).await;
    let response = form.send(&emulator).await;
    assert_eq!(response.status(), 429);
    assert!(!response.headers().contains_key("retry-after"));
    assert!(response.headers().contains_key("x-ratelimit-reset"));
}

#[tokio::test]
async fn what_is_no_fragment_is_refused() {
    let error = StsEmulator::builder()
        .specification("a: b")
        .start()
        .await
        .unwrap_err();
    let expected =
        "the specification: no operation takes a form (application/x-www-form-urlencoded)";
    assert_eq!(error.to_string(), expected);
}
