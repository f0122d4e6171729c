//! `--explain`, for all commands and all settings.

use crate::world::{BINARY, World, bare, ran};

#[tokio::test]
async fn each_command_that_has_settings_explains_them_and_does_nothing() {
    let world = World::new().await;
    for arguments in [
        &["token", "--write", "written"][..],
        &["exec", "--file", "written", "--", "touch", "written"],
        &["serve", "--write", "written"],
        &["header", "--for", "flink"],
        &["kafka-config", "--write", "written"],
        &["doctor"],
    ] {
        let mut command = world.command(&arguments[..1]);
        command.arg("--explain").args(&arguments[1..]);
        let printed = ran(&mut command).await.printed();
        for line in [
            "profile: none",
            "identity_pool_id: pool-abc (variable CONFLUENT_STS_IDENTITY_POOL_ID)",
            "source of subject tokens: http-token, because CONFLUENT_STS_HTTP_URL is set",
        ] {
            assert!(
                printed.lines().any(|other| other == line),
                "{arguments:?}: {printed}"
            );
        }
    }
    assert!(!world.path("written").exists());
    let counts = world.emulator.counts();
    assert_eq!((counts.exchange, counts.identity_provider), (0, 0));
}

/// A flag, a variable and a key of a profile each; the secret ones have a variable alone.
#[tokio::test]
async fn each_setting_can_be_given_in_three_ways() {
    let world = World::new().await;
    for setting in sts_sdk::settings::ALL {
        let name = setting.name();
        let key = name.trim_start_matches("CONFLUENT_STS_").to_lowercase();
        let explained = async |arguments: &[&str], variable: Option<&str>| {
            let mut command = bare(BINARY, world.folder.path());
            command.args(["token", "--explain"]).args(arguments);
            ran(command.envs(variable.map(|value| (name, value)))).await
        };
        let has = |printed: &str, origin: &str| {
            let (shown, value) = (format!("{key}: "), format!(" ({origin}"));
            let found = printed.lines().find(|line| line.starts_with(&shown));
            assert!(
                found.is_some_and(|line| line.contains(&value)),
                "{key}, {origin}: {printed}"
            );
            assert!(!setting.is_secret() || !printed.contains("/value"));
        };
        let printed = explained(&[], Some("/value")).await.printed();
        has(&printed, &format!("variable {name}"));

        world.write("c.toml", &format!("[profiles.a]\n{key} = '/value'\n"));
        let arguments = ["--config", "c.toml", "--profile", "a"];
        let in_profile = explained(&arguments, None).await;
        let flag = format!("--{}", key.replace('_', "-"));
        if setting.is_secret() {
            let start = format!("error: c.toml: line 2: {key} may be a secret, ");
            assert!(in_profile.err.starts_with(&start), "{}", in_profile.err);
            let by_flag = explained(&[&flag, "/value"], None).await;
            assert_eq!(by_flag.code, Some(2), "{flag}");
        } else {
            has(&in_profile.printed(), "profile a, c.toml line 2");
            let printed = explained(&[&flag, "/value"], None).await.printed();
            has(&printed, &format!("flag {flag}"));
        }
    }
}
