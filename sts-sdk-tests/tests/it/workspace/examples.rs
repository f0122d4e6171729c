//! The examples work as they say.

use std::process::Command;

use sts_sdk_tests::workspace;

/// The example `name` of `sts-sdk`.
fn example(name: &str) -> Command {
    // `cargo test --workspace` has built it, with the features of the whole workspace.
    let mut build = escargot::CargoBuild::new()
        .manifest_path(workspace().join("Cargo.toml"))
        .arg("--workspace")
        .example(name);
    // Cargo tells a test which package it is of. Build scripts that ask for it (ring's does) would run again, and
    // all that depends on them would be compiled again, here and once more after the tests.
    for (name, _) in std::env::vars_os() {
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(b"CARGO_PKG_") || bytes.starts_with(b"CARGO_MANIFEST_") {
            build = build.env_remove(name);
        }
    }
    build.run().unwrap().command()
}

#[test]
fn the_fleet_is_spread_and_survives_the_outage() {
    let output = example("fleet").arg("500").output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{report}");
    let numbers = |line: &str| -> Vec<f64> {
        let line = report
            .lines()
            .find(|other| other.starts_with(line))
            .unwrap();
        let digits = |c: char| !c.is_ascii_digit() && c != '.';
        let words = line.rsplit(": ").next().unwrap().split(digits);
        words.filter_map(|word| word.parse().ok()).collect()
    };
    // All 500 at once would be a peak of 500.
    for line in [
        "before the outage",
        "in the outage",
        "in the five minutes after",
    ] {
        assert!(numbers(line)[1] < 100.0, "{report}");
    }
    assert_eq!(numbers("calls that got no token"), [0.0]);
    assert!(
        numbers("most processes without a token")[1] <= 40.0,
        "{report}"
    );
}

#[test]
fn the_example_exchanges_over_loopback_and_not_through_a_proxy() {
    let mut example = example("exchange");
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
        "4. a urn:ietf:params:oauth:token-type:access_token of 24 characters, Secret([redacted]), for 900 s",
    ] {
        assert!(steps.contains(step), "{steps}");
    }
    assert!(
        steps.contains("subject_token = [redacted]") && !steps.contains("eyJ"),
        "{steps}"
    );
}
