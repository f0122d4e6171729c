//! `confluent-sts exec --file`: no file is lost that is not the command's.

use std::os::unix::fs::FileTypeExt;

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
async fn pipes_are_not_replaced() {
    let world = World::new().await;
    assert!(ran(world.program("mkfifo").arg("pipe")).await.code == Some(0));
    let is_pipe = || world.path("pipe").metadata().unwrap().file_type().is_fifo();
    world.run(&["token", "--write", "pipe"]).await.fails(
        1,
        "pipe cannot be written: it is there and no regular file; choose another place for --write",
    );
    assert!(is_pipe());
    let ran = world.run(&["exec", "--file", "pipe", "--", "true"]).await;
    assert_eq!(ran.code, Some(1));
    let end = "pipe cannot be written: it is there and no regular file\n";
    assert!(
        ran.err.ends_with(end) && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
    assert!(is_pipe());
}
