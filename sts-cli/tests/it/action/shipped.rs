//! The command as it is installed. `.ci/run ship` builds what these tests need.

use std::fs;
use std::path::{Path, PathBuf};

use sts_emulator::StsEmulator;
use tokio::process::Command;

use super::job::Job;
use super::workspace;

/// A job with what Rust needs of the environment.
async fn with_rust() -> Job {
    let mut job = Job::new(true).await;
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR"] {
        job.variables
            .extend(std::env::var(name).ok().map(|value| (name, value)));
    }
    job
}

fn wheel() -> PathBuf {
    let mut wheels = fs::read_dir(workspace().join("target/ship/wheels")).unwrap();
    wheels.next().unwrap().unwrap().path()
}

#[tokio::test]
#[ignore = "needs a wheel and a release build (.ci/run ship)"]
async fn ship_the_action_installs_by_cargo_and_from_a_wheel() {
    let wheel = wheel();
    for (wheel, program) in [
        ("", "confluent-sts/bin/confluent-sts"),
        (
            wheel.to_str().unwrap(),
            "confluent-sts/python/bin/confluent-sts",
        ),
    ] {
        let job = with_rust().await;
        let inputs = [
            ("command", ""),
            ("wheel", wheel),
            ("identity-pool-id", "pool-abc"),
            ("audience", "my-audience"),
        ];
        let ran = job.run(&inputs).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        assert!(Path::new(&ran.outputs["token-file"]).exists());
        assert!(
            fs::symlink_metadata(job.folder.path().join(program))
                .unwrap()
                .is_file(),
            "{program}"
        );
    }
}

#[tokio::test]
#[ignore = "needs a wheel and a release build (.ci/run ship)"]
async fn ship_what_cargo_and_pip_have_installed_gets_a_token() {
    let emulator = StsEmulator::start().await.unwrap();
    for program in [
        "target/ship/bin/confluent-sts",
        "target/ship/python/bin/confluent-sts",
    ] {
        let mut command = Command::new(workspace().join(program));
        command.env_clear().args([
            "token",
            "--identity-pool-id=pool-abc",
            "--client-id=me",
            "--url",
            emulator.url(),
        ]);
        command.args(["--token-url", &format!("{}/idp/token", emulator.url())]);
        let output = command
            .env("CONFLUENT_STS_CLIENT_SECRET", "any")
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let token = String::from_utf8(output.stdout).unwrap();
        assert_eq!(token.split('.').count(), 3, "{program} prints a token");
        for source in ["aws-web-identity", "spiffe"] {
            let mut command = Command::new(workspace().join(program));
            command
                .env_clear()
                .args(["token", "--explain", "--source", source]);
            let output = command.output().await.unwrap();
            let explained = String::from_utf8_lossy(&output.stdout);
            assert!(explained.contains(source), "{explained}");
            assert!(!explained.contains("built without"), "{explained}");
        }
    }
}
