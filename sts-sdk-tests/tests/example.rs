//! The example works as the README says, even where the environment names proxies.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use sts_sdk_tests::workspace;

#[test]
fn the_example_exchanges_over_loopback_and_not_through_a_proxy() {
    let build = escargot::CargoBuild::new()
        .manifest_path(workspace().join("Cargo.toml"))
        .package("sts-sdk")
        .example("exchange");
    let mut example = build.run().unwrap().command();
    // Nobody listens there.
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        example.env(name, "http://127.0.0.1:1");
    }
    let output = example
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let steps = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for step in [
        "1. a stand-in",
        "2. sending",
        "3. the stand-in received",
        "4. a urn:ietf:params:oauth:token-type:access_token of 24 characters, [redacted], for 900 s",
    ] {
        assert!(steps.contains(step), "{steps}");
    }
    assert!(
        steps.contains("subject_token = [redacted]") && !steps.contains("eyJ"),
        "{steps}"
    );
}
