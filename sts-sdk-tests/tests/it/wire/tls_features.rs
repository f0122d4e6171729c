//! What each feature of TLS does to a program, and that it is what `reqwest` does with the feature of the same name.

use std::process::Command;

use rcgen::date_time_ymd;
use sts_sdk_tests::{says, workspace};
use tokio::sync::Mutex;

use super::tls::{Authority, serve, todo};

/// A program: features of this crate, and what else is in it, as features of `tls-program` and of its dependencies.
type Program = (&'static [&'static str], &'static [&'static str]);

const WORKS: &str = "works";
const PANICS: &str = "panics";
const ABSENT: &str = "rustls is not in the build";
const NO_PROVIDER: &str = "rustls has no crypto provider; before a client is built, call install_default() of one, such \
                           as rustls::crypto::ring::default_provider(), or enable the feature rustls of sts-sdk";

/// Programs with what they get: which library a plain `reqwest::Client` uses, what comes of a bare
/// `rustls::ClientConfig::builder()`, and of an exchange by TLS.
const PROGRAMS: [(Program, [&str; 3]); 15] = [
    // This crate alone, or beside `reqwest` without features.
    ((&["rustls"], &["rustls"]), ["rustls", WORKS, WORKS]),
    ((&["native-tls"], &[]), ["native-tls", ABSENT, WORKS]),
    (
        (&["rustls-no-provider"], &["rustls"]),
        [PANICS, PANICS, NO_PROVIDER],
    ),
    // With the default of `reqwest` elsewhere.
    (
        (&["rustls"], &["reqwest/default", "rustls"]),
        ["rustls", WORKS, WORKS],
    ),
    (
        (&["native-tls"], &["reqwest/default", "rustls"]),
        ["native-tls", WORKS, WORKS],
    ),
    (
        (&["rustls-no-provider"], &["reqwest/default", "rustls"]),
        ["rustls", WORKS, WORKS],
    ),
    // With `native-tls` elsewhere.
    (
        (&["rustls"], &["reqwest/native-tls", "rustls"]),
        ["native-tls", WORKS, WORKS],
    ),
    (
        (&["rustls-no-provider"], &["reqwest/native-tls", "rustls"]),
        ["native-tls", PANICS, NO_PROVIDER],
    ),
    // With a crate that brings ring. rustls does not choose between ring and aws-lc-rs.
    ((&["rustls"], &["ring"]), ["rustls", PANICS, WORKS]),
    ((&["rustls"], &["install-ring"]), ["rustls", WORKS, WORKS]),
    (
        (&["rustls-no-provider"], &["ring"]),
        [PANICS, WORKS, NO_PROVIDER],
    ),
    (
        (&["rustls-no-provider"], &["install-ring"]),
        ["rustls", WORKS, WORKS],
    ),
    ((&["native-tls"], &["ring"]), ["native-tls", WORKS, WORKS]),
    // Several of ours, as where two crates depend on this one.
    (
        (&["rustls", "native-tls"], &["rustls"]),
        ["native-tls", WORKS, WORKS],
    ),
    (
        (&["rustls", "rustls-no-provider"], &["rustls"]),
        ["rustls", WORKS, WORKS],
    ),
];

/// `tls-program` with `features`.
fn build(features: &[String]) -> Command {
    let manifest = workspace().join("sts-sdk-tests/tls-program/Cargo.toml");
    let build = escargot::CargoBuild::new()
        .manifest_path(manifest)
        .target_dir(workspace().join("target/tls-program"))
        .arg("--locked")
        .features(features.join(" "));
    build.run().unwrap().command()
}

async fn outcome(program: Command, act: &str, server: &str, root: &str) -> String {
    outcome_with(program, act, server, &[("ROOT", root)]).await
}

async fn outcome_with(
    mut program: Command,
    act: &str,
    server: &str,
    variables: &[(&str, &str)],
) -> String {
    program.args([act, server]).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || program.output().unwrap());
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("panicked") && output.status.code() == Some(101) {
        return PANICS.to_owned();
    }
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

/// All programs are built in one folder, where each takes the place of the one before.
static FOLDER: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a program for each combination of features, for minutes"]
async fn features_of_tls_do_what_those_of_reqwest_do() {
    let _turn = FOLDER.lock().await;
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), None).await;
    let server = format!("https://localhost:{}", address.port());
    let root = authority.certificate.pem();
    let mut wrong = Vec::new();
    for ((ours, others), expected) in PROGRAMS {
        let of = |krate: &str| -> Vec<String> {
            let features = ours.iter().map(|feature| format!("{krate}/{feature}"));
            let others = others.iter().copied().map(str::to_owned);
            features.chain(others).collect()
        };
        let acts = ["reqwest", "rustls", "exchange"];
        // `reqwest` first: the features of this crate are off, and its part of the outcomes is the same.
        for (features, acts) in [(of("reqwest"), &acts[..2]), (of("sts-sdk"), &acts[..])] {
            for (act, expected) in acts.iter().zip(expected) {
                let program = build(&features);
                let outcome = outcome(program, act, &server, &root).await;
                if outcome != expected {
                    wrong.push(format!("{features:?}, {act}: {outcome}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles programs, for minutes"]
async fn features_without_tls_leave_it_to_the_program() {
    let _turn = FOLDER.lock().await;
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), None).await;
    let server = format!("https://localhost:{}", address.port());
    let root = authority.certificate.pem();
    let needs_tls = format!(
        "base URL {server:?}: needs TLS; enable the feature rustls, rustls-no-provider or native-tls of sts-sdk"
    );
    let untrusted = ["*", todo()].concat();
    for (features, of_reqwest, configured) in [
        (vec![], "no TLS", "*"),
        (
            vec!["reqwest/default".to_owned()],
            "rustls",
            untrusted.as_str(),
        ),
    ] {
        let run = |act| outcome(build(&features), act, &server, &root);
        assert_eq!(run("reqwest").await, of_reqwest);
        assert_eq!(run("exchange").await, needs_tls);
        let said = run("configured exchange").await;
        let expected = format!(
            "no connection to localhost:{}: {configured}",
            address.port()
        );
        assert!(says(&said, &expected), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a program, for minutes"]
async fn features_of_the_platforms_tls_say_what_to_do_about_a_certificate_as_rustls_does() {
    let _turn = FOLDER.lock().await;
    let authority = Authority::new("ours");
    let address = serve(authority.issue("localhost", |_| ()), None).await;
    let server = format!("https://localhost:{}", address.port());
    let program = build(&["sts-sdk/native-tls".to_owned()]);
    let said = outcome(program, "configured exchange", &server, "").await;
    let expected = format!("no connection to localhost:{}: ", address.port());
    assert!(
        said.starts_with(&expected) && said.ends_with(todo()),
        "{said}"
    );
}

/// What `tls.rs` holds with the default, for each feature of TLS.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a program for each feature of TLS, for minutes"]
async fn features_of_tls_trust_and_distrust_alike() {
    let _turn = FOLDER.lock().await;
    let [ours, other] = ["ours", "other"].map(Authority::new);
    let expired = ours.issue("localhost", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
    });
    let elsewhere = ours.issue("sts.example.com", |_| ());
    // What the server presents, whom it asks for a certificate, and what comes of an exchange: it works, or what is said
    // ends with what to do.
    let no_advice = "";
    let cases = [
        (ours.issue("localhost", |_| ()), false, None),
        (other.issue("localhost", |_| ()), false, Some(todo())),
        (expired, false, Some(no_advice)),
        (elsewhere, false, Some(no_advice)),
        (ours.issue("localhost", |_| ()), true, Some(no_advice)),
    ];
    let mut servers = Vec::new();
    for (certificate, asks, refused) in cases {
        let address = serve(certificate, asks.then_some(&ours)).await;
        servers.push((
            format!("https://localhost:{}", address.port()),
            asks,
            refused,
        ));
    }
    let root = ours.certificate.pem();
    let (certificate, key) = ours.issue("client", |_| ());
    let (chain, key) = (certificate.pem(), key.serialize_pem());
    for features in [
        &["sts-sdk/rustls"][..],
        &["sts-sdk/native-tls"],
        &["sts-sdk/rustls-no-provider", "install-ring"],
    ] {
        let features: Vec<String> = features.iter().copied().map(str::to_owned).collect();
        for (server, asks, refused) in &servers {
            let said = outcome(build(&features), "exchange", server, &root).await;
            let Some(advice) = refused else {
                assert_eq!(said, WORKS, "{features:?}");
                continue;
            };
            // A server that asks for a certificate may refuse only after the handshake.
            assert!(said != WORKS, "{features:?}: {server} is trusted");
            assert_eq!(
                said.ends_with(todo()),
                *advice == todo(),
                "{features:?}: {said}"
            );
            if *asks {
                let variables = [("ROOT", &*root), ("CHAIN", &*chain), ("KEY", &*key)];
                let act = "exchange with a client certificate";
                let said = outcome_with(build(&features), act, server, &variables).await;
                assert_eq!(said, WORKS, "{features:?}");
            }
        }
    }
}
