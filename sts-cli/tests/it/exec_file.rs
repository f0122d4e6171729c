//! `confluent-sts exec --file` and `--write`: no file is lost that is not the command's.

use crate::world::{World, ran, until};

#[tokio::test]
async fn a_file_that_was_not_written_stays() {
    let world = World::new().await;
    world.write("important", "mine");
    let mut command = world.command(&["exec", "--deadline", "1", "--file", "important"]);
    // Nothing listens there.
    command.env("CONFLUENT_STS_URL", "http://127.0.0.1:1");
    let ran = ran(command.args(["--", "true"])).await;
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert_eq!(world.read("important"), "mine");
}

#[tokio::test]
async fn the_file_of_a_setting_is_refused() {
    let world = World::new().await;
    let path = world.write("subject", "mine").display().to_string();
    for (file, variable) in [
        ("subject", "CONFLUENT_STS_TOKEN_FILE"),
        (&*path, "CONFLUENT_STS_TOKEN_FILE"),
        ("./subject", "CONFLUENT_STS_CLIENT_SECRET_FILE"),
    ] {
        let mut command = world.command(&["exec", "--file", file, "--", "true"]);
        command.env(variable, "subject");
        if variable == "CONFLUENT_STS_TOKEN_FILE" {
            // Another source.
            command.env_remove("CONFLUENT_STS_HTTP_URL");
        }
        let ran = ran(&mut command).await;
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        let start = format!("error: --file {file} is the file of {variable}, ");
        assert!(ran.err.starts_with(&start), "{}", ran.err);
        assert_eq!(world.read("subject"), "mine");
    }
}

#[tokio::test]
async fn the_file_of_profiles_is_refused_where_it_is_named_and_where_it_may_be() {
    let world = World::new().await;
    let default = world.write(".config/confluent-sts/config.toml", "");
    let folder = default.parent().unwrap().to_owned();
    world.write("named.toml", "");
    for arguments in [
        &[
            "exec",
            "--file",
            "named.toml",
            "--config",
            "named.toml",
            "--",
            "true",
        ][..],
        &["token", "--write", "./named.toml", "--config", "named.toml"],
        &["serve", "--write", "named.toml", "--config", "named.toml"],
        &[
            "kafka-config",
            "--write",
            "named.toml",
            "--config",
            "named.toml",
        ],
        &["token", "--write", ".config/confluent-sts/config.toml"],
        &["exec", "--file", "link/config.toml", "--", "true"],
    ] {
        if arguments.contains(&"link/config.toml") {
            // It is not there yet, and would be read from then on.
            std::fs::remove_file(&default).unwrap();
            std::os::unix::fs::symlink(&folder, world.path("link")).unwrap();
        }
        world.run(arguments).await.fails(
            2,
            &format!(
                "{} {} is the file of profiles, which is read from there; choose another",
                arguments[1], arguments[2]
            ),
        );
    }
    assert_eq!(world.read("named.toml"), "");
    assert!(!default.exists());
}

#[tokio::test]
async fn what_a_command_reads_is_not_what_it_writes() {
    let world = World::new().await;
    world.write("secret", "0123456789abcdef");
    for (command, flag, owner) in [
        (
            "token",
            "--client-secret-file",
            "CONFLUENT_STS_CLIENT_SECRET_FILE",
        ),
        (
            "serve",
            "--client-secret-file",
            "CONFLUENT_STS_CLIENT_SECRET_FILE",
        ),
        (
            "kafka-config",
            "--client-secret-file",
            "CONFLUENT_STS_CLIENT_SECRET_FILE",
        ),
        (
            "serve",
            "--endpoint-client-secret-file",
            "--endpoint-client-secret-file",
        ),
    ] {
        world
            .run(&[command, flag, "secret", "--write", "secret"])
            .await
            .fails(
                2,
                &format!(
                    "--write secret is the file of {owner}, which is read from there; choose another"
                ),
            );
        assert_eq!(world.read("secret"), "0123456789abcdef");
    }
}

#[tokio::test]
async fn neither_is_what_a_source_reads_by_another_name() {
    let world = World::new().await;
    world.write("secret", "0123456789abcdef");
    let path = world.path("secret").display().to_string();
    let headers = format!(r#"{{"X-Key": {{"file": "{path}"}}}}"#);
    for (variable, value) in [
        ("CONFLUENT_STS_HTTP_HEADERS", &headers),
        ("AZURE_FEDERATED_TOKEN_FILE", &path),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", &path),
    ] {
        let mut command = world.command(&["token", "--write", "secret"]);
        ran(command.env(variable, value)).await.fails(
            2,
            &format!(
                "--write secret is the file of {variable}, which is read from there; choose another"
            ),
        );
        assert_eq!(world.read("secret"), "0123456789abcdef");
    }
}

#[tokio::test]
async fn the_file_of_another_exec_stays() {
    let world = World::new().await;
    let arguments = ["exec", "--file", "shared", "--", "sh", "-c"];
    let script = "touch first; until [ -e done ]; do sleep 0.01; done";
    let mut command = world.command(&arguments);
    let first = command.arg(script).process_group(0).spawn().unwrap();
    until(|| world.path("first").exists().then_some(())).await;

    let script = "touch second; until [ -e over ]; do sleep 0.01; done";
    let mut command = world.command(&arguments);
    let second = command.arg(script).process_group(0).spawn().unwrap();
    until(|| world.path("second").exists().then_some(())).await;

    world.write("done", "");
    assert!(first.wait_with_output().await.unwrap().status.success());
    assert!(world.path("shared").exists());
    world.write("over", "");
    assert!(second.wait_with_output().await.unwrap().status.success());
    assert!(!world.path("shared").exists());
}

#[tokio::test]
async fn what_any_platform_or_a_hidden_setting_names_is_refused() {
    let world = World::new().await;
    let path = world.write("secret", "mine").display().to_string();
    for variable in [
        "AWS_CONFIG_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "CONFLUENT_STS_TOKEN_FILE",
    ] {
        // The flag hides the last.
        let arguments = "token --token-url https://idp.example --write secret";
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut command = world.command(&arguments);
        ran(command.env(variable, &path)).await.fails(
            2,
            &format!(
                "--write secret is the file of {variable}, which is read from there; choose another"
            ),
        );
        assert_eq!(world.read("secret"), "mine");
    }
}
