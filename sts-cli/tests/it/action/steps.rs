//! What the steps of the action leave.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use super::job::{Job, end};
use crate::world::{claims, post, until};

/// What a client gets of the token endpoint.
async fn asked(url: &str, id: &str, secret: &str) -> Value {
    let (status, answer) = post(url, (id, secret), "grant_type=client_credentials").await;
    assert_eq!(status, 200);
    answer
}

#[tokio::test]
async fn the_following_steps_have_a_token_in_a_file_and_an_endpoint() {
    let job = Job::new(true).await;
    let ran = job
        .run(&[
            ("identity-pool-id", "pool-abc"),
            ("audience", "my-audience"),
        ])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.log);
    let file = Path::new(&ran.outputs["token-file"]);
    assert_eq!(
        ran.variables["CONFLUENT_ACCESS_TOKEN_FILE"],
        ran.outputs["token-file"]
    );
    let token = fs::read_to_string(file).unwrap();
    let mode = fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (id, secret) = (&ran.outputs["client-id"], &ran.outputs["client-secret"]);
    for (output, variable) in [
        ("token-url", "CONFLUENT_ENDPOINT_TOKEN_URL"),
        ("access-token-url", "CONFLUENT_ENDPOINT_ACCESS_TOKEN_URL"),
        ("client-id", "CONFLUENT_ENDPOINT_CLIENT_ID"),
        ("client-secret", "CONFLUENT_ENDPOINT_CLIENT_SECRET"),
    ] {
        assert_eq!(ran.outputs[output], ran.variables[variable]);
    }
    // All that is secret is masked, and is nowhere else in the log.
    let (masks, others): (Vec<&str>, Vec<&str>) = ran
        .log
        .lines()
        .partition(|line| line.starts_with("::add-mask::"));
    assert_eq!(masks.len(), 2);
    assert!(
        masks.contains(&format!("::add-mask::{token}").as_str()),
        "the token is masked"
    );
    assert!(
        masks.contains(&format!("::add-mask::{secret}").as_str()),
        "the secret is masked"
    );
    assert!(
        others
            .iter()
            .all(|line| !line.contains(&token) && !line.contains(secret)),
        "no secret is told"
    );

    let access = asked(&ran.outputs["access-token-url"], id, secret).await;
    assert_eq!(access["access_token"], token);
    let external = asked(&ran.outputs["token-url"], id, secret).await;
    assert_ne!(external["access_token"], access["access_token"]);
    assert!(external["expires_in"].is_u64());

    // The end of the job is that of the process, and of the file.
    let [process] = &job.left()[..] else {
        panic!("one process is left");
    };
    end(*process);
    until(|| (!file.exists()).then_some(())).await;
}

#[tokio::test]
async fn the_endpoint_alone_needs_no_pool() {
    let job = Job::new(true).await;
    let ran = job
        .run(&[("mode", "endpoint"), ("audience", "my-audience")])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.log);
    let names: Vec<&str> = ran.outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["client-id", "client-secret", "token-url"]);
    let (id, secret) = (&ran.outputs["client-id"], &ran.outputs["client-secret"]);
    let external = asked(&ran.outputs["token-url"], id, secret).await;
    assert!(external["access_token"].is_string());
    assert!(
        ran.log.contains(&format!("::add-mask::{secret}\n")),
        "the secret is masked"
    );
    assert_eq!(job.emulator.count(), 0);
}

#[tokio::test]
async fn inputs_are_settings_and_one_that_is_empty_leaves_the_variable_of_the_job() {
    let mut job = Job::new(true).await;
    let file = job.folder.path().join("profiles.toml");
    let profiles =
        "[profiles.work]\nidentity_pool_id = 'pool-of-profile'\naudience = 'my-audience'\n";
    fs::write(&file, profiles).unwrap();
    let inputs = [
        ("config", file.to_str().unwrap()),
        ("profile", "work"),
        ("lifetime", "600"),
    ];
    for (variable, pool) in [
        (None, "pool-of-profile"),
        (Some("pool-of-job"), "pool-of-job"),
    ] {
        let variable = variable.map(|pool| ("CONFLUENT_STS_IDENTITY_POOL_ID", String::from(pool)));
        job.variables.extend(variable);
        let ran = job.run(&inputs).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        let token = claims(&fs::read_to_string(&ran.outputs["token-file"]).unwrap());
        assert_eq!(token["identity_pool_id"], pool);
        let lifetime = token["exp"].as_u64().unwrap() - token["iat"].as_u64().unwrap();
        assert_eq!(lifetime, 600);
    }
}

#[tokio::test]
async fn a_job_without_the_permission_is_told() {
    let job = Job::new(false).await;
    let ran = job.run(&[("identity-pool-id", "pool-abc")]).await;
    assert_eq!(ran.code, 3, "{}", ran.log);
    let missing = "the environment variable ACTIONS_ID_TOKEN_REQUEST_URL is not set; give the job the permission \
                   `id-token: write`";
    let line = |begin: &str| {
        ran.log
            .lines()
            .any(|line| line.starts_with(begin) && line.contains(missing))
    };
    assert!(line("::error::") && line("failed   source"), "{}", ran.log);
    assert!(ran.outputs.is_empty() && ran.variables.is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_with_what_doctor_says() {
    let job = Job::new(true).await;
    let ran = job
        .run(&[("identity-pool-id", "pool-abc"), ("audience", "another")])
        .await;
    assert_eq!(ran.code, 4, "{}", ran.log);
    assert!(
        ran.log.contains("::error::error: ") && ran.log.contains("failed   exchange"),
        "{}",
        ran.log
    );
}

#[tokio::test]
async fn it_may_be_used_twice_in_a_job() {
    let job = Job::new(true).await;
    let mut files = Vec::new();
    for pool in ["pool-a", "pool-b"] {
        let ran = job
            .run(&[("identity-pool-id", pool), ("audience", "my-audience")])
            .await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        files.push(ran.outputs["token-file"].clone());
    }
    assert_ne!(files[0], files[1]);
    assert_eq!(job.left().len(), 2);
    assert!(files.iter().all(|file| Path::new(file).exists()));
}

#[tokio::test]
async fn inputs_that_make_no_sense_are_told() {
    let job = Job::new(true).await;
    let ran = job.run(&[("mode", "files")]).await;
    assert_eq!(ran.code, 2);
    assert!(
        ran.log
            .contains("::error::the mode is files; it is file, endpoint or install"),
        "{}",
        ran.log
    );
    let ran = job.run(&[("command", "/nowhere/confluent-sts")]).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.log
            .contains("::error::there is no command /nowhere/confluent-sts"),
        "{}",
        ran.log
    );
    let ran = job.run(&[("mode", "install")]).await;
    assert_eq!(ran.code, 0, "{}", ran.log);
    let path = fs::read_to_string(job.folder.path().join("path")).unwrap();
    let installed = Path::new(path.trim()).join("confluent-sts");
    let version = Command::new(installed)
        .arg("--version")
        .output()
        .await
        .unwrap();
    assert!(version.stdout.starts_with(b"confluent-sts "));
}

#[tokio::test]
async fn the_audience_is_confluent_unless_told() {
    let job = Job::for_audience("confluent").await;
    let ran = job.run(&[("identity-pool-id", "pool-abc")]).await;
    assert_eq!(ran.code, 0, "{}", ran.log);
}
