//! What `--write` and `exec --file` write, and what they leave alone.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::Stdio;

use tokio::process::Child;

use crate::world::{Ran, World, claims, ran, until};

#[tokio::test]
async fn pipes_and_devices_are_not_replaced_nor_are_links_to_them() {
    let world = World::new().await;
    assert!(ran(world.program("mkfifo").arg("pipe")).await.code == Some(0));
    fs::create_dir(world.path("folder")).unwrap();
    for (link, target) in [
        ("to-pipe", "pipe"),
        ("to-null", "/dev/null"),
        ("to-folder", "folder"),
        ("to-link", "to-null"),
        // A pipe, as the tests have it.
        ("to-output", "/dev/stdout"),
    ] {
        symlink(target, world.path(link)).unwrap();
    }
    for name in [
        "pipe",
        "folder",
        "to-pipe",
        "to-null",
        "to-folder",
        "to-link",
        "to-output",
    ] {
        let is = |name: &str| {
            let kind = world.path(name).symlink_metadata().unwrap().file_type();
            (kind.is_fifo(), kind.is_dir(), kind.is_symlink())
        };
        let before = is(name);
        world.run(&["token", "--write", name]).await.fails(
            1,
            &format!(
                "{name} cannot be written: it is there and no regular file; choose another place for --write, or leave it \
                 out for standard output"
            ),
        );
        assert_eq!(is(name), before, "{name}");
        let ran = world.run(&["exec", "--file", name, "--", "true"]).await;
        let end = format!("{name} cannot be written: it is there and no regular file\n");
        assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 1), "{name}");
        assert!(ran.err.ends_with(&end), "{}", ran.err);
        assert_eq!(is(name), before, "{name}");
    }
}

/// As `/dev/stdout` is one for all processes, which would be replaced if this is root.
#[tokio::test]
async fn a_link_to_standard_output_stays_where_that_is_a_file() {
    let world = World::new().await;
    symlink("/dev/stdout", world.path("link")).unwrap();
    symlink("/dev/fd/1", world.path("number")).unwrap();
    let root = "../".repeat(20);
    symlink(format!("{root}proc/self/fd/1"), world.path("relative")).unwrap();
    for name in ["link", "number", "relative", "/dev/fd/1"] {
        let mut command = world.command(&["token", "--write", name]);
        let output = File::create(world.path("output")).unwrap();
        let child = command.stdout(Stdio::from(output)).spawn().unwrap();
        Ran::from(child.wait_with_output().await.unwrap()).fails(
            1,
            &format!(
                "{name} cannot be written: it is an open file of a process and not a place; choose another place for --write, \
                 or leave it out for standard output"
            ),
        );
        assert!(world.path(name).is_symlink());
        assert_eq!(world.read("output"), "");
    }
}

#[tokio::test]
async fn a_link_to_a_file_is_replaced_and_the_file_stays() {
    let world = World::new().await;
    world.write("target", "mine");
    symlink("target", world.path("link")).unwrap();
    symlink("missing", world.path("dangling")).unwrap();
    for name in ["link", "dangling"] {
        let printed = world.run(&["token", "--write", name]).await.printed();
        assert_eq!(printed, "");
        let there = world.path(name).symlink_metadata().unwrap();
        assert_eq!(
            (there.is_file(), there.permissions().mode() & 0o777),
            (true, 0o600)
        );
        assert_eq!(claims(world.read(name).trim_end())["sub"], "me");
    }
    assert_eq!(world.read("target"), "mine");
    assert!(!world.path("missing").exists());
    // A circle leads nowhere.
    symlink("circle", world.path("circle")).unwrap();
    let circle = world.run(&["token", "--write", "circle"]).await;
    assert_eq!((circle.code, circle.err.lines().count()), (Some(1), 1));
    assert!(world.path("circle").is_symlink());
}

/// Who has the file before open reads it to its end, whatever is written meanwhile.
#[tokio::test]
async fn all_that_is_written_is_for_the_user_alone_and_replaces_a_file_at_once() {
    let world = World::new().await;
    for arguments in [
        &["token", "--write", "file"][..],
        &[
            "kafka-config",
            "--write",
            "file",
            "--token-url=https://idp.example",
            "--client-id=me",
        ],
        &["serve", "--write", "file"],
        &[
            "exec",
            "--file",
            "file",
            "--",
            "sh",
            "-c",
            "until [ -e done ]; do sleep 0.01; done",
        ],
    ] {
        let path = world.write("file", "before");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let mut before = File::open(&path).unwrap();
        let mut command = world.command(arguments);
        command
            .env("CONFLUENT_STS_CLIENT_SECRET", "a secret")
            .process_group(0);
        let child: Child = command.spawn().unwrap();
        let there = until(|| {
            let there = path.metadata().ok()?;
            (there.len() != 6).then_some(there)
        })
        .await;
        assert_eq!(there.permissions().mode() & 0o777, 0o600, "{arguments:?}");
        let mut text = String::new();
        before.read_to_string(&mut text).unwrap();
        assert_eq!(text, "before", "{arguments:?}");
        // No other file is left beside it.
        world.write("done", "");
        if arguments.contains(&"serve") {
            crate::world::kill(rustix::process::Signal::TERM, &child);
        }
        let output = child.wait_with_output().await.unwrap();
        assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
        fs::remove_file(world.path("done")).unwrap();
        let left = fs::read_dir(world.folder.path()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "file"), "{left:?}");
    }
}
