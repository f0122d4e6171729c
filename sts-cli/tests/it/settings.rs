//! Where values come from, and which counts.

use crate::world::{BINARY, Ran, World, bare, ran};

/// `confluent-sts token` with these arguments and variables alone, in a folder.
pub(crate) async fn token(world: &World, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = bare(BINARY, world.folder.path());
    ran(command
        .arg("token")
        .args(arguments)
        .envs(variables.iter().copied()))
    .await
}

pub(crate) const PROFILES: &str = r#"
profile = "production"

[profiles.production]
identity_pool_id = "pool-of-profile"
url = "https://of-profile.example"
lifetime = 600
token_file = "tokens/mine"

[profiles.other]
command = ["print-token", "a b"]
allow_http = true
"#;

#[tokio::test]
async fn a_flag_counts_more_than_a_variable_and_that_more_than_the_profile() {
    let world = World::new().await;
    let file = world.write("config.toml", PROFILES).display().to_string();
    let variables = [
        ("CONFLUENT_STS_CONFIG", &*file),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-of-variable"),
        ("CONFLUENT_STS_URL", "https://of-variable.example"),
        ("CONFLUENT_STS_AUDIENCE", " "),
    ];
    let explained = token(
        &world,
        &["--explain", "--url", "https://me:hunter2@of-flag.example"],
        &variables,
    )
    .await;
    let folder = world.folder.path().display();
    let expected = format!(
        "profile: production of {file}\n\
         file of profiles: {file} (variable CONFLUENT_STS_CONFIG)\n\
         identity_pool_id: pool-of-variable (variable CONFLUENT_STS_IDENTITY_POOL_ID)\n\
         url: https://[redacted]@of-flag.example (flag --url)\n\
         lifetime: 600 (profile production, {file} line 7)\n\
         token_file: {folder}/tokens/mine (profile production, {file} line 8)\n\
         source of subject tokens: file, because CONFLUENT_STS_TOKEN_FILE is set\n"
    );
    assert_eq!(explained.printed(), expected);
}

#[tokio::test]
async fn a_setting_that_names_a_source_hides_those_that_count_less() {
    let world = World::new().await;
    let file = world.write("config.toml", PROFILES).display().to_string();
    let variables = [
        ("CONFLUENT_STS_TOKEN", "hunter2"),
        ("CONFLUENT_STS_CLIENT_SECRET", "hunter3"),
    ];
    let arguments = [
        "--explain",
        "--config",
        &file,
        "--token-url",
        "https://idp.example",
        "--client-secret-file",
        "f",
    ];
    let explained = token(&world, &arguments, &variables).await.printed();
    for line in [
        "token_url: https://idp.example (flag --token-url)",
        "token: does not count (variable CONFLUENT_STS_TOKEN), for another stands for it that counts more",
        "client_secret: does not count (variable CONFLUENT_STS_CLIENT_SECRET), for another stands for it that counts more",
        "source of subject tokens: none: CONFLUENT_STS_CLIENT_ID is not set; set it to the id of the client",
    ] {
        assert!(explained.lines().any(|other| other == line), "{explained}");
    }
    assert!(!explained.contains("hunter"));
}

#[tokio::test]
async fn nothing_given_is_what_the_platform_provides() {
    let world = World::new().await;
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
    ];
    let ran = token(&world, &[], &variables).await;
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("id-token: write"), "{}", ran.err);
    let gitlab = token(&world, &[], &[("GITLAB_CI", "true"), variables[1]]).await;
    assert_eq!(gitlab.code, Some(3), "{}", gitlab.err);
    assert!(gitlab.err.contains("id_tokens"), "{}", gitlab.err);
    let none = token(&world, &[], &variables[1..]).await;
    assert_eq!(none.code, Some(2));
    assert!(
        none.err.contains("no source of subject tokens"),
        "{}",
        none.err
    );
}

/// What README has for another terminal.
#[tokio::test]
async fn the_profile_of_an_emulator_needs_no_file() {
    let world = World::new().await;
    let explained = token(&world, &["--profile", "emulator", "--explain"], &[])
        .await
        .printed();
    assert!(
        explained.contains("\nurl: http://127.0.0.1:8080 (profile emulator)\n"),
        "{explained}"
    );
    let url = world.emulator.url();
    let idp = format!("{url}/idp/token");
    let printed = token(
        &world,
        &["--profile", "emulator", "--url", url, "--token-url", &idp],
        &[],
    )
    .await
    .printed();
    assert_eq!(
        crate::world::claims(printed.trim_end())["sub"],
        "my-workload"
    );
}

/// All of the SDK's, and none that would put a secret among the arguments.
#[tokio::test]
async fn every_setting_has_a_flag_but_the_secret_ones() {
    let world = World::new().await;
    let help = world.run(&["token", "--help"]).await.printed();
    for setting in sts_sdk::settings::ALL {
        let flag = setting
            .name()
            .trim_start_matches("CONFLUENT_STS_")
            .replace('_', "-")
            .to_lowercase();
        let has_flag = help
            .lines()
            .any(|line| line.trim_start().starts_with(&format!("--{flag} <")));
        assert_eq!(has_flag, !setting.is_secret(), "{flag}");
    }
    let ran = world.run(&["token", "--client-secret", "hunter2"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[tokio::test]
async fn every_source_of_the_sdk_is_built_in() {
    let world = World::new().await;
    let named = |name: &str| {
        let mut command = bare(BINARY, world.folder.path());
        command.args(["token", "--explain", "--source", name]);
        command
    };
    let unknown = ran(&mut named("none-such")).await.printed();
    let all = unknown.split_once("it is one of ").unwrap().1.trim_end();
    let all: Vec<&str> = all.split(", ").collect();
    assert!(all.contains(&"spiffe") && all.contains(&"aws-web-identity"));
    let left_out = |name: &str| match name {
        "aws-web-identity" => !cfg!(feature = "aws"),
        "spiffe" => !cfg!(feature = "spiffe"),
        _ => false,
    };
    for name in all.into_iter().filter(|name| !left_out(name)) {
        let explained = ran(&mut named(name)).await.printed();
        assert!(!explained.contains("built without"), "{explained}");
    }
    let key = [
        ("CONFLUENT_STS_CLIENT_KEY_FILE", "no-key"),
        ("CONFLUENT_STS_CLIENT_ID", "me"),
    ];
    let arguments = ["--explain", "--token-url", "https://idp.example"];
    let explained = token(&world, &arguments, &key).await.printed();
    assert!(!explained.contains("built without"), "{explained}");
    let help = world.run(&["token", "--help"]).await.printed();
    assert!(!help.contains("needs the feature"), "{help}");
}

/// As `--profile "$PROFILE"` is where the shell has no such variable.
#[tokio::test]
async fn a_flag_that_is_empty_is_an_error_and_not_one_that_is_not_given() {
    let world = World::new().await;
    for (arguments, flag) in [
        (&["token", "--profile="][..], "--profile <NAME>"),
        (&["token", "--profile", " "], "--profile <NAME>"),
        (&["token", "--url", ""], "--url <URL>"),
        (&["token", "--lifetime", "\t"], "--lifetime <SECONDS>"),
        (&["token", "--config="], "--config <FILE>"),
        (&["token", "--write", ""], "--write <FILE>"),
        (&["exec", "--file=", "--", "true"], "--file <FILE>"),
        (&["exec", "--env=", "--", "true"], "--env <NAME>"),
        (
            &["serve", "--endpoint-client-secret-file="],
            "--endpoint-client-secret-file <FILE>",
        ),
        (&["inspect", "--jwks="], "--jwks <FILE|URL>"),
    ] {
        world.run(arguments).await.fails(
            2,
            &format!(
                "a value is required for '{flag}' and there is none, or an empty one; see --help"
            ),
        );
    }
    // Each of the settings.
    for setting in sts_sdk::settings::ALL.iter().filter(|one| !one.is_secret()) {
        let flag = setting.name().trim_start_matches("CONFLUENT_STS_");
        let flag = format!("--{}", flag.replace('_', "-").to_lowercase());
        let ran = world.run(&["doctor", &flag, ""]).await;
        assert_eq!((ran.code, ran.err.lines().count()), (Some(2), 1), "{flag}");
        let start = format!("error: a value is required for '{flag} <");
        assert!(ran.err.starts_with(&start), "{}", ran.err);
    }
}

#[tokio::test]
async fn the_server_in_force_is_explained() {
    let world = World::new().await;
    let explained = token(&world, &["--explain"], &[]).await.printed();
    assert!(
        explained.contains("\nurl: https://api.confluent.cloud (default)\n"),
        "{explained}"
    );
    let explained = world.run(&["exec", "--explain"]).await.printed();
    assert!(explained.starts_with("profile: none\n"), "{explained}");
}

#[tokio::test]
async fn a_file_without_an_end_is_refused() {
    let world = World::new().await;
    for arguments in [
        &["token", "--config", "/dev/zero"][..],
        &["emulate", "/dev/zero"],
        &[
            "kafka-config",
            "--token-url=https://idp.example",
            "--client-id=me",
            "--client-secret-file=/dev/zero",
        ],
    ] {
        let ran = world.run(arguments).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains("/dev/zero") && ran.err.contains("more than 1048576 bytes"),
            "{}",
            ran.err
        );
    }
}

#[tokio::test]
async fn the_source_and_the_file_of_a_secret_that_a_profile_has_are_hidden() {
    let world = World::new().await;
    let profile = "[profiles.a]\nsource = 'spiffe'\nclient_secret_file = 'f'\n";
    world.write("c.toml", profile);
    let arguments = "--explain --config c.toml --profile a --token-file mine";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let variables = [
        ("CONFLUENT_STS_TOKEN_URL", "https://idp.example"),
        ("CONFLUENT_STS_CLIENT_SECRET", "hunter2"),
    ];
    let explained = token(&world, &arguments, &variables).await.printed();
    let hidden = "for another stands for it that counts more";
    for line in [
        format!("source: does not count (profile a, c.toml line 2), {hidden}"),
        format!("token_url: does not count (variable CONFLUENT_STS_TOKEN_URL), {hidden}"),
        format!("client_secret_file: does not count (profile a, c.toml line 3), {hidden}"),
        "source of subject tokens: file, because CONFLUENT_STS_TOKEN_FILE is set".to_owned(),
    ] {
        let mut lines = explained.lines();
        assert!(lines.any(|other| other == line), "{line} in {explained}");
    }
}
