//! Another SDK: what it needs by hand, and the page that says how one is made.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sts_emulator::StsEmulator;
use sts_sdk_tests::{Server, reply, workspace};

const PAGE: &str = include_str!("../../../../docs/another-sdk.md");

fn read(file: &str) -> String {
    fs::read_to_string(workspace().join(file)).unwrap()
}

/// The lines that are neither blank nor comments.
fn lines(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    let written =
        |line: &&str| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//");
    // An attribute of Rust is no comment of TOML.
    let attribute = |line: &&str| line.starts_with("#[");
    lines
        .filter(|line| written(line) || attribute(line))
        .count()
}

#[test]
fn what_another_sdk_needs_by_hand_is_counted() {
    let files = fs::read_dir(workspace().join("sts-sdk-org/src")).unwrap();
    let mut files: Vec<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["generated.rs", "lib.rs"]);
    let count = lines(&read("sts-sdk-org/Cargo.toml")) + lines(&read("sts-sdk-org/src/lib.rs"));
    assert!(count < 30, "{count}");
    let said = format!("{count} lines by hand");
    assert!(read("README.md").contains(&said), "{said}");
}

/// The blocks of the page in `language`, as they stand.
fn blocks(language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    let blocks = PAGE.split(start.as_str()).skip(1);
    blocks
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect()
}

/// Runs a block of commands in the checkout, with `beside` in place of the folder beside it.
fn run(commands: &str, beside: &Path, variables: &[(&str, &str)]) -> Output {
    let commands = commands.replace("../environments", beside.to_str().unwrap());
    Command::new("sh")
        .args(["-euc", &commands])
        .current_dir(workspace())
        .env("CARGO_TARGET_DIR", workspace().join("target/changes"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_NET_OFFLINE", "true")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn succeeded(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "compiles another crate, which takes half a minute: .ci/run features"]
async fn features_the_page_about_another_sdk_does_what_it_says() {
    let [manifest] = blocks("toml")[..] else {
        panic!("one manifest");
    };
    let [program] = blocks("rust,ignore")[..] else {
        panic!("one program");
    };
    let [generate, execute] = blocks("sh")[..] else {
        panic!("two blocks of commands");
    };
    let api = Server::start(|request| match request.header("authorization") {
        Some(header) if header.starts_with("Bearer ") => reply(
            "200 OK",
            &["content-type: application/json"],
            r#"{"api_version": "org/v2", "kind": "EnvironmentList", "metadata": {},
                "data": [{"id": "env-1", "display_name": "first", "metadata": {"self": "https://a"}}]}"#,
        ),
        _ => reply("401 Unauthorized", &[], ""),
    });
    let api = api.await.unwrap();
    let emulator = StsEmulator::start().await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("environments");
    let said = succeeded(run(generate, &beside, &[]));
    assert!(
        said.contains("adaptation authentication: 5 places"),
        "{said}"
    );
    let sdk = workspace().join("sts-sdk");
    let manifest = manifest.replace("../sts-sdk/sts-sdk", sdk.to_str().unwrap());
    fs::write(beside.join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace().join("Cargo.lock"), beside.join("Cargo.lock")).unwrap();
    let main = beside.join("src/main.rs");
    fs::write(&main, program).unwrap();
    let subject_token = emulator.subject_token("me").unwrap();
    let variables = [
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
        ("CONFLUENT_STS_URL", emulator.url()),
        ("CONFLUENT_STS_SOURCE", "token"),
        ("CONFLUENT_STS_TOKEN", &subject_token),
    ];

    // As it stands, with an API that is not there: the token is obtained, and a connection tried.
    let there = ("HTTPS_PROXY", "http://127.0.0.1:1");
    let output = run(execute, &beside, &[&variables[..], &[there]].concat());
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("https://api.confluent.cloud/org/v2/environments"),
        "{said}"
    );
    assert_eq!(emulator.count(), 1, "{said}");

    // With the stand-in, which is on this machine.
    let local = "sts_sdk::auth::Authenticator::builder(TokenProvider::from_env()?).host(\"127.0.0.1\").build()?";
    let changed = program
        .replace("https://api.confluent.cloud", &api.url())
        .replace("TokenProvider::from_env()?.into()", local);
    fs::write(&main, changed).unwrap();
    let said = succeeded(run(execute, &beside, &variables));
    assert_eq!(said, "env-1 first\n");
    assert_eq!(api.take_requests().len(), 1);
}
