//! Which file of profiles is read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use tokio::process::Command;

use crate::world::{BINARY, World, bare, ran};

const FILE: &str = "confluent-sts/config.toml";

fn explaining(world: &World) -> Command {
    let mut command = bare(BINARY, world.folder.path());
    command.args(["token", "--explain"]);
    command
}

/// What `--explain` says of it.
async fn looked_for(command: &mut Command) -> String {
    let printed = ran(command).await.printed();
    let mut lines = printed.lines();
    let line = lines.find_map(|line| line.strip_prefix("file of profiles: "));
    line.unwrap().to_owned()
}

#[tokio::test]
async fn the_file_and_who_named_it_are_explained() {
    let world = World::new().await;
    let folder = world.folder.path().display();
    world.write("a.toml", "");
    world.write("b.toml", "");
    let mut command = explaining(&world);
    command.env("CONFLUENT_STS_CONFIG", "b.toml");
    assert_eq!(
        looked_for(&mut command).await,
        "b.toml (variable CONFLUENT_STS_CONFIG)"
    );
    command.args(["--config", "a.toml"]);
    assert_eq!(looked_for(&mut command).await, "a.toml (flag --config)");

    let mut command = explaining(&world);
    let by_home = format!("{folder}/.config/{FILE} (default, by the variable HOME)");
    assert_eq!(
        looked_for(&mut command).await,
        format!("{by_home}, which is not there")
    );
    world.write(&format!(".config/{FILE}"), "");
    assert_eq!(looked_for(&mut command).await, by_home);
    command.env("XDG_CONFIG_HOME", world.path("xdg"));
    assert_eq!(
        looked_for(&mut command).await,
        format!(
            "{folder}/xdg/{FILE} (default, by the variable XDG_CONFIG_HOME), which is not there"
        )
    );
    command.env("XDG_CONFIG_HOME", "relative");
    assert_eq!(looked_for(&mut command).await, by_home);
    command.env("XDG_CONFIG_HOME", "").env_remove("HOME");
    assert_eq!(
        looked_for(&mut command).await,
        "none, for neither XDG_CONFIG_HOME nor HOME is set"
    );
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let world = World::new().await;
    let name = OsStr::from_bytes(b"f\xff");
    for (variable, below) in [("XDG_CONFIG_HOME", ""), ("HOME", ".config")] {
        let folder = world.folder.path().join(name);
        let file = folder.join(below).join(FILE);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = "profile = 'a'\n[profiles.a]\nscope = 'of-the-file'\n";
        std::fs::write(&file, text).unwrap();
        let mut command = explaining(&world);
        command.env(variable, &folder);
        let printed = ran(&mut command).await.printed();
        assert!(
            printed.contains("\nscope: of-the-file (profile a, "),
            "{printed}"
        );

        // No variable of the SDK could hold it.
        std::fs::write(
            &file,
            "profile = 'a'\n[profiles.a]\n\ntoken_file = 'mine'\n",
        )
        .unwrap();
        let refused = ran(&mut command).await;
        assert_eq!(
            (refused.code, refused.err.lines().count()),
            (Some(2), 1),
            "{}",
            refused.err
        );
        assert!(
            refused.err.ends_with(
                ": line 4: token_file is relative to a folder whose name is not UTF-8; give the absolute path of one \
                 elsewhere\n"
            ),
            "{}",
            refused.err
        );
        std::fs::write(&file, "profile = 'a'\n[profiles.a]\ntoken_file = '/mine'\n").unwrap();
        let printed = ran(&mut command).await.printed();
        assert!(printed.contains("\ntoken_file: /mine (profile a, "));
    }
}

#[tokio::test]
async fn a_default_file_that_may_not_be_read_is_a_warning_and_a_named_one_an_error() {
    let world = World::new().await;
    let file = world.write(&format!(".config/{FILE}"), "not TOML");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o000)).unwrap();
    let (program, first) = if std::fs::read(&file).is_err() {
        (BINARY, None)
    } else {
        // Root may read all, but not from a namespace in which it is nobody.
        ("unshare", Some(["--user", BINARY]))
    };
    let command = |arguments: &[&str]| {
        let mut command = world.program(program);
        command.args(first.iter().flatten()).args(arguments);
        command
    };
    if !ran(&mut command(&["--version"])).await.err.is_empty() {
        println!("not tested: root may read all, and unshare makes no namespace of users");
        return;
    }
    let path = file.display();
    let why = format!("the configuration file {path} cannot be read: Permission denied");
    let warned = ran(&mut command(&["token"])).await;
    assert_eq!(warned.code, Some(0), "{}", warned.err);
    assert!(
        warned.err.starts_with(&format!("warning: {why}"))
            && warned.err.ends_with("; correct HOME\n"),
        "{}",
        warned.err
    );
    let explained = ran(&mut command(&["token", "--explain"])).await;
    let line =
        format!("file of profiles: {path} (default, by the variable HOME), which may not be read");
    assert!(
        explained.out.lines().any(|other| other == line),
        "{}",
        explained.out
    );
    let named = ran(command(&["token", "--config"]).arg(&file)).await;
    assert_eq!(named.code, Some(2));
    assert!(
        named.err.starts_with(&format!("error: {why}"))
            && named.err.ends_with("; correct --config\n"),
        "{}",
        named.err
    );
}
