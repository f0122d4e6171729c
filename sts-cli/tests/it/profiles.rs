//! Which file of profiles is read, and what it may have.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use tokio::process::Command;

use crate::settings::{PROFILES, token};
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
        "none, for neither XDG_CONFIG_HOME nor HOME names a folder"
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

#[tokio::test]
async fn the_file_is_where_xdg_has_it_and_lists_are_lists() {
    let world = World::new().await;
    world.write(".config/confluent-sts/config.toml", PROFILES);
    let other = token(&world, &["--explain", "--profile", "other"], &[])
        .await
        .printed();
    assert!(
        other.contains("\nallow_http: true (profile other, "),
        "{other}"
    );
    assert!(
        other.contains("\ncommand: [\"print-token\",\"a b\"] (profile other, "),
        "{other}"
    );
    assert!(
        other.contains("\nsource of subject tokens: command, because "),
        "{other}"
    );

    world.write(
        "xdg/confluent-sts/config.toml",
        "[profiles.x]\nscope = 'of-xdg'\n",
    );
    let xdg = world.path("xdg").display().to_string();
    let variables = [("XDG_CONFIG_HOME", &*xdg), ("CONFLUENT_STS_PROFILE", "x")];
    let explained = token(&world, &["--explain"], &variables).await.printed();
    assert!(
        explained.contains("\nscope: of-xdg (profile x, "),
        "{explained}"
    );
    let relative = [
        ("XDG_CONFIG_HOME", "xdg"),
        ("CONFLUENT_STS_PROFILE", "other"),
    ];
    assert_eq!(token(&world, &["--explain"], &relative).await.code, Some(0));
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_named_with_its_line() {
    let world = World::new().await;
    let file = world.path("config.toml").display().to_string();
    for (text, line, why) in [
        (
            "[profiles.a]\nidentity_pool = 'x'\n",
            2,
            "the key \"identity_pool\" is unknown; there are identity_pool_id, ",
        ),
        (
            "\nprofiles = 1\n",
            2,
            "profiles must be tables, such as [profiles.production]",
        ),
        ("profile = 1\n", 1, "profile must be the name of a profile"),
        (
            "default = 'a'\n",
            1,
            "the key \"default\" is unknown; there are profile and profiles",
        ),
        (
            "[profiles]\na = 1\n",
            2,
            "the profile \"a\" must be a table",
        ),
        (
            "[profiles.a]\nlifetime = 1.5\n",
            2,
            "lifetime must be a text, a whole number, true or false, or texts",
        ),
        (
            "[profiles.a]\n\ncommand = [1]\n",
            3,
            "command must be a text, a whole number, true or false, or texts",
        ),
        (
            "[profiles.a]\ntoken = 'hunter2'\n",
            2,
            "token may be a secret, which no file of profiles holds; set token_file, or the variable CONFLUENT_STS_TOKEN",
        ),
        (
            "[profiles.a]\nhttp_url = 'hunter2'\n",
            2,
            "http_url may be a secret, which no file of profiles holds; set the variable CONFLUENT_STS_HTTP_URL",
        ),
        ("[profiles.a\n", 1, ""),
        (
            "profile = 'b'\n[profiles.a]\n",
            1,
            "there is no profile \"b\"; it has a",
        ),
    ] {
        world.write("config.toml", text);
        let ran = token(&world, &["--config", "config.toml"], &[]).await;
        assert_eq!(
            (ran.code, &*ran.out, ran.err.lines().count()),
            (Some(2), "", 1),
            "{text}: {}",
            ran.err
        );
        let expected = format!("error: config.toml: line {line}: {why}");
        assert!(ran.err.starts_with(&expected), "{text}: {}", ran.err);
        assert!(!ran.err.contains("hunter2"));
    }
    std::fs::remove_file(&file).unwrap();
    let gone = token(&world, &["--config", &file], &[]).await;
    assert_eq!(gone.code, Some(2));
    assert!(
        gone.err.starts_with(&format!(
            "error: the configuration file {file} cannot be read: "
        )),
        "{}",
        gone.err
    );
    token(&world, &["--profile", "a"], &[]).await.fails(
        2,
        "a profile is named and there is no configuration file; write confluent-sts/config.toml below XDG_CONFIG_HOME or \
         ~/.config, or name it with --config or CONFLUENT_STS_CONFIG",
    );
}

#[tokio::test]
async fn a_default_place_that_cannot_hold_a_file_holds_none() {
    let world = World::new().await;
    let file = world.write("a-file", "").display().to_string();
    for variable in ["HOME", "XDG_CONFIG_HOME"] {
        let ran = ran(world.command(&["token"]).env(variable, &file)).await;
        ran.printed();
    }
    let named = ran(world
        .command(&["token", "--config"])
        .arg(format!("{file}/config.toml")))
    .await;
    assert_eq!(named.code, Some(2));
    assert!(named.err.contains("correct --config"), "{}", named.err);
    // It is there, and it is no file.
    std::fs::create_dir_all(world.path("xdg/confluent-sts/config.toml")).unwrap();
    let xdg = world.path("xdg");
    let folder = ran(world.command(&["token"]).env("XDG_CONFIG_HOME", xdg)).await;
    assert_eq!(folder.code, Some(2));
    assert!(
        folder.err.contains("correct XDG_CONFIG_HOME"),
        "{}",
        folder.err
    );
}

#[tokio::test]
async fn a_file_may_choose_the_profile_of_the_emulator_or_none() {
    let world = World::new().await;
    let file = world.write("c.toml", "profile = 'emulator'\n");
    let config = ["--explain", "--config", file.to_str().unwrap()];
    let explained = token(&world, &config, &[]).await.printed();
    assert!(
        explained.starts_with("profile: emulator, which the command brings\n"),
        "{explained}"
    );
    world.write("c.toml", "profile = ''\n");
    for arguments in [&config[..], &["--explain", "--config", "/dev/null"]] {
        let variables = [("CONFLUENT_STS_PROFILE", " ")];
        let explained = token(&world, arguments, &variables).await.printed();
        assert!(explained.starts_with("profile: none\n"), "{explained}");
    }
}

#[tokio::test]
async fn a_flag_a_variable_and_the_file_name_the_profile_in_this_order() {
    let world = World::new().await;
    let file = "profile = 'a'\n[profiles.a]\n[profiles.b]\n[profiles.c]\n";
    world.write("c.toml", file);
    let variable = [("CONFLUENT_STS_PROFILE", "b")];
    for (more, variables, name) in [
        (&[][..], &[][..], "a"),
        (&[], &variable, "b"),
        (&["--profile", "c"], &variable, "c"),
    ] {
        let arguments = [&["--explain", "--config", "c.toml"][..], more].concat();
        let explained = token(&world, &arguments, variables).await.printed();
        let expected = format!("profile: {name} of c.toml\n");
        assert!(explained.starts_with(&expected), "{explained}");
    }
}

#[tokio::test]
async fn an_empty_key_is_not_given_and_the_profile_of_the_emulator_is_whole() {
    let world = World::new().await;
    world.write("c.toml", "[profiles.a]\naudience = ' '\nscope = ''\n");
    let arguments = ["--explain", "--config", "c.toml", "--profile", "a"];
    let empty = [("CONFLUENT_STS_AUDIENCE", "")];
    let explained = token(&world, &arguments, &empty).await.printed();
    for name in ["\naudience: ", "\nscope: "] {
        assert!(!explained.contains(name), "{explained}");
    }
    let arguments = ["--explain", "--profile", "emulator"];
    let explained = token(&world, &arguments, &[]).await.printed();
    for line in [
        "identity_pool_id: pool-abc (profile emulator)",
        "token_url: http://127.0.0.1:8080/idp/token (profile emulator)",
        "client_id: my-workload (profile emulator)",
        "client_secret: [redacted] (profile emulator)",
    ] {
        let mut lines = explained.lines();
        assert!(lines.any(|other| other == line), "{line} in {explained}");
    }
}
