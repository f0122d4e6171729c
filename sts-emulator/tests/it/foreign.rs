//! Programs that are not Rust's. All but curl are installed by `.ci/run foreign`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use sts_emulator::{Fault, StsEmulator};
use tokio::process::Command;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file of this package.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn python(program: &str) -> PathBuf {
    workspace().join("target/tools/python/bin").join(program)
}

/// What a program prints that succeeds.
async fn run(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {printed}{complained}"
    );
    printed
}

/// A program without the proxies of the environment.
fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

#[tokio::test]
#[ignore = "needs curl"]
async fn foreign_curl_makes_two_429_and_counts_three() {
    let emulator = StsEmulator::start().await.unwrap();
    let printed = run(program("sh")
        .arg(file("tests/foreign/curl.sh"))
        .arg(emulator.url()))
    .await;
    assert_eq!(printed, "done\n");
    assert_eq!(emulator.count(), 3);
}

/// What README has for another terminal, word for word.
#[tokio::test]
#[ignore = "needs curl"]
async fn foreign_the_commands_of_readme_show_an_exchange_and_a_429() {
    let emulator = StsEmulator::start().await.unwrap();
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let commands = readme.split_once("```sh\nsts=").unwrap().1;
    let commands = commands.split_once("```").unwrap().0;
    let commands = format!("set -eu\nsts={commands}");
    let commands = commands.replace("http://127.0.0.1:8080", emulator.url());
    let printed = run(program("bash").args(["-c", &commands]).env("NO_PROXY", "*")).await;
    assert!(
        printed.starts_with("HTTP/1.1 200 OK") && printed.contains("access_token"),
        "{printed}"
    );
    assert!(
        printed.contains("HTTP/1.1 429 Too Many Requests") && printed.contains("retry-after: 1"),
        "{printed}"
    );
}

#[tokio::test]
#[ignore = "needs schemathesis (.ci/run foreign)"]
async fn foreign_schemathesis_finds_nothing_that_the_specification_does_not_say() {
    let emulator = StsEmulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let fragment = file("openapi/sts-v1.yaml");
    let printed = run(program(python("schemathesis"))
        .arg("run")
        .arg(&fragment)
        .args([
            "--url",
            emulator.url(),
            "--checks",
            "all",
            "--max-examples",
            "300",
            "--seed",
            "1",
        ])
        .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .env("PYTHONPATH", file("tests/foreign"))
        .env("STS_SPECIFICATION", &fragment)
        .env("STS_URL", emulator.url())
        .current_dir(folder.path()))
    .await;
    assert!(printed.contains("No issues found"), "{printed}");
    let statuses = emulator.counts().exchange_statuses;
    println!("{statuses:?}");
    assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [200, 400]);
    assert!(statuses.values().all(|count| *count > 50), "{statuses:?}");
}

#[tokio::test]
#[ignore = "needs openapi-generator-cli and Java (.ci/run foreign)"]
async fn foreign_the_python_client_of_openapi_generator_works() {
    let emulator = StsEmulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    run(program(python("openapi-generator-cli"))
        .args(["generate", "-g", "python", "-i"])
        .arg(file("openapi/sts-v1.yaml"))
        .arg("-o")
        .arg(folder.path())
        .current_dir(folder.path()))
    .await;
    let printed = run(program(python("python"))
        .arg(file("tests/foreign/python_client.py"))
        .arg(emulator.url())
        .env("PYTHONPATH", folder.path()))
    .await;
    assert_eq!(printed, "done\n");
}

#[tokio::test]
#[ignore = "needs authlib (.ci/run foreign)"]
async fn foreign_authlib_exchanges_and_verifies() {
    let emulator = StsEmulator::start().await.unwrap();
    let script = file("tests/foreign/authlib_client.py");
    let printed = run(program(python("python")).arg(script).arg(emulator.url())).await;
    assert_eq!(printed, "done\n");
}

#[tokio::test]
#[ignore = "needs Node.js and openid-client (.ci/run foreign)"]
async fn foreign_openid_client_exchanges_and_verifies() {
    let emulator = StsEmulator::start().await.unwrap();
    let script = file("tests/foreign/openid_client.mjs");
    let packages = workspace().join("target/tools/npm");
    let printed = run(program("node")
        .arg(script)
        .arg(emulator.url())
        .arg(packages))
    .await;
    assert_eq!(printed, "done\n");
}

/// A person in a browser: makes a subject token, exchanges it, injects a fault, and sees it.
#[tokio::test]
#[ignore = "needs Chromium and its driver: .ci/thorough emulator"]
async fn browser_all_three_forms_of_the_page_work() {
    let emulator = StsEmulator::start().await.unwrap();
    emulator
        .inject(Fault::status(500).matching("identity_pool_id", "pool-other"))
        .unwrap();
    let driver = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let script = file("tests/foreign/browser.py");
    let printed = run(program("python3")
        .arg(script)
        .arg(emulator.url())
        .arg(driver))
    .await;
    assert_eq!(printed, "done\n");
    assert_eq!(emulator.count(), 2);
}
