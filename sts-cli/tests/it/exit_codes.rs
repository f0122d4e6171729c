//! How commands fail: a code, and one line.

use sts_emulator::{Fault, FaultBody, IdentityPool, StsEmulator};

use crate::world::{Ran, World, ran};

#[tokio::test]
async fn arguments_that_make_no_sense_are_code_2() {
    let world = World::new().await;
    let cases: [(&[&str], &str); 6] = [
        (&[], "no command was given; see confluent-sts --help"),
        (
            &["tokn"],
            "unrecognized subcommand 'tokn'; tip: a similar subcommand exists: 'token'; see --help",
        ),
        (
            &["token", "--explian"],
            "unexpected argument '--explian' found; tip: a similar argument exists: '--explain'; see --help",
        ),
        (
            &["token", "eyJhbGciOiJub25lIn0.e30.c2ln"],
            "unexpected argument '[redacted]' found; see --help",
        ),
        (
            &["exec"],
            "the following required arguments were not provided: <PROGRAM>...; see --help",
        ),
        (
            &["token", "--output", "xml"],
            "invalid value 'xml' for '--output <FORMAT>'; [possible values: text, json, env, shell, header]; see --help",
        ),
    ];
    for (arguments, line) in cases {
        world.run(arguments).await.fails(2, line);
    }
    for arguments in [
        ["token", "--lifetime", "0"],
        ["token", "--url", "http://sts.example"],
    ] {
        assert_eq!(world.run(&arguments).await.code, Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn help_and_version_are_no_errors() {
    let world = World::new().await;
    let version = world.run(&["--version"]).await.printed();
    assert_eq!(
        version,
        format!("confluent-sts {}\n", env!("CARGO_PKG_VERSION"))
    );
    let help = world.run(&["--help"]).await.printed();
    for line in ["Exit codes:", "  3  the source gave no subject token"] {
        assert!(help.lines().any(|other| other == line), "{help}");
    }
}

#[tokio::test]
async fn what_this_machine_does_not_let_it_do_is_code_1() {
    let world = World::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let port = world.run(&["serve", "--listen", &address]).await;
    assert_eq!((port.code, port.err.lines().count()), (Some(1), 1));
    let expected = format!("error: cannot listen on {address}: ");
    assert!(port.err.starts_with(&expected), "{}", port.err);
    if cfg!(target_os = "linux") {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let mut command = world.command(&["token"]);
        let child = command.stdout(full.unwrap()).spawn().unwrap();
        let output = Ran::from(child.wait_with_output().await.unwrap());
        assert_eq!((output.code, output.err.lines().count()), (Some(1), 1));
        let expected = "error: standard output cannot be written: ";
        assert!(output.err.starts_with(expected), "{}", output.err);
    }
}

#[tokio::test]
async fn a_source_that_has_nothing_is_code_3() {
    let world = World::new().await;
    let file = world.path("no-token").display().to_string();
    for command in [
        &["token"][..],
        &["header"],
        &["serve"],
        &["exec", "--", "true"],
    ] {
        let mut process = world.command(
            command
                .split_first()
                .map_or(&[], |(first, _)| std::slice::from_ref(first)),
        );
        process
            .args(["--token-file", &file, "--deadline", "1"])
            .args(&command[1..]);
        let ran = ran(&mut process).await;
        assert_eq!((ran.code, &*ran.out), (Some(3), ""), "{}", ran.err);
        assert!(
            ran.err.starts_with("error: no ")
                && ran
                    .err
                    .contains(&format!("the subject token file {file} cannot be read")),
            "{}",
            ran.err
        );
        assert_eq!(ran.err.lines().count(), 1);
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_code_4_with_its_request_id() {
    let pool = IdentityPool::new("pool-abc").filter(r#"claims.sub == "another""#);
    let world = World::with(StsEmulator::builder().identity_pool(pool)).await;
    let ran = world.run(&["--error-format", "json", "token"]).await;
    assert_eq!(
        (ran.code, &*ran.out, ran.err.lines().count()),
        (Some(4), "", 1)
    );
    let json: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    let error = &json["error"];
    assert_eq!(
        (&error["kind"], &error["exit_code"], &error["status"]),
        (&"refused".into(), &4.into(), &400.into())
    );
    assert_eq!(
        (&error["transient"], &error["retry_after"]),
        (&false.into(), &serde_json::Value::Null)
    );
    assert!(error["request_id"].is_string(), "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("filter"), "{message}");
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_told() {
    let world = World::new().await;
    world
        .emulator
        .inject(Fault::status(429).header("retry-after", "40").always())
        .unwrap();
    let ran = world.run(&["token", "--error-format=json"]).await;
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    let json: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(
        (&json["error"]["retry_after"], &json["error"]["transient"]),
        (&40.into(), &true.into())
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_code_5() {
    let world = World::new().await;
    // A port that nobody listens at any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = world
        .run(&["token", "--url", &url, "--deadline", "1"])
        .await;
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert!(
        ran.err.contains("refused") && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
}

/// What a program reads of a failure, whichever it is.
#[tokio::test]
async fn each_kind_of_failure_has_its_code_and_its_name_for_programs() {
    let world = World::new().await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    world.emulator.inject(Fault::status(403).always()).unwrap();
    for (arguments, code, kind, transient) in [
        (
            &["token", "--write", "no/such/folder"][..],
            1,
            "local",
            false,
        ),
        (&["token", "--explian"], 2, "usage", false),
        (&["token", "--lifetime=soon"], 2, "usage", false),
        (
            &["token", "--token-file=none", "--deadline=1"],
            3,
            "source",
            true,
        ),
        (&["token"], 4, "refused", false),
        (&["exec", "--", "true"], 4, "refused", false),
        (
            &["header", "--url", &silent, "--deadline=1"],
            5,
            "unreachable",
            true,
        ),
    ] {
        let is_written = arguments.contains(&"--write");
        if is_written {
            world.emulator.clear_faults();
        }
        let mut command = world.command(&["--error-format", "json"]);
        let ran = ran(command.args(arguments)).await;
        if is_written {
            world.emulator.inject(Fault::status(403).always()).unwrap();
        }
        assert_eq!((ran.code, &*ran.out), (Some(code), ""), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        let json: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        let error = &json["error"];
        assert_eq!(
            (&error["kind"], &error["exit_code"], &error["transient"]),
            (&kind.into(), &code.into(), &transient.into()),
            "{arguments:?}: {error}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_code_5() {
    let world = World::new().await;
    let delay = std::time::Duration::from_secs(60);
    world.emulator.inject(Fault::delay(delay).always()).unwrap();
    let ran = world.run(&["token", "--deadline", "1"]).await;
    assert_eq!((ran.code, &*ran.out), (Some(5), ""), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[tokio::test]
async fn what_this_machine_does_not_let_be_done_is_code_1() {
    let world = World::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = world.run(&["serve", "--listen", &address]).await;
    assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 1));
    let start = format!("error: cannot listen on {address}: ");
    assert!(
        ran.err.starts_with(&start) && ran.err.ends_with("; choose another port\n"),
        "{}",
        ran.err
    );
    // A disk without room, as the kernel plays it.
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        let child = world.command(&["token"]).stdout(full).spawn().unwrap();
        let output = child.wait_with_output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.starts_with("error: standard output cannot be written: ")
                && said.lines().count() == 1,
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_code_3() {
    let world = World::new().await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let mut command = world.command(&["token", "--deadline", "1"]);
    let ran = ran(command.env("CONFLUENT_STS_HTTP_URL", url)).await;
    assert_eq!((ran.code, &*ran.out), (Some(3), ""), "{}", ran.err);
    assert_eq!(world.emulator.count(), 0);
}

#[tokio::test]
async fn an_answer_without_a_token_is_code_4_whatever_its_status() {
    let world = World::new().await;
    for fault in [
        Fault::status(200).body(FaultBody::Html),
        Fault::status(204).body(FaultBody::Empty),
        Fault::status(302),
    ] {
        let what = format!("{fault:?}");
        world.emulator.inject(fault.always()).unwrap();
        let ran = world.run(&["token"]).await;
        assert_eq!((ran.code, &*ran.out), (Some(4), ""), "{what}: {}", ran.err);
        world.emulator.clear_faults();
    }
}
