//! Why there is no token, and what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::time::Duration;

use sts_sdk::subject_token::Spiffe;
use sts_sdk_tests::{SvidAnswer, WorkloadApi, says};

use super::super::platform::ask;
use super::super::{error, read};
use super::{asking, issuing, which};

const WHO: &str = "the SPIFFE Workload API at ";
const ENTRY: &str = "create a registration entry whose selectors match this process";

#[tokio::test]
async fn what_is_no_endpoint_is_refused() {
    let spiffe = &["spiffe", "confluent"];
    let missing = "permanent the SPIFFE Workload API: the environment variable SPIFFE_ENDPOINT_SOCKET is not set; set it to the \
                   socket of the agent, such as unix:///run/spire/sockets/agent.sock";
    assert_eq!(ask(spiffe, &[]).await, missing);
    assert_eq!(
        ask(spiffe, &[("SPIFFE_ENDPOINT_SOCKET", " ")]).await,
        missing
    );
    for (endpoint, why) in [
        (
            "/run/agent.sock",
            "is no endpoint (endpoint socket is not a valid URI)",
        ),
        (
            "https://agent",
            "is no endpoint (endpoint socket URI scheme must be unix: or tcp:)",
        ),
        (
            "unix://agent.sock",
            "is no endpoint (unix: endpoint socket URI must not include an authority)",
        ),
        (
            "tcp://localhost:8000",
            "is no endpoint (tcp: endpoint socket URI host must be an IP address)",
        ),
        ("tcp://192.0.2.1:8000", "would send tokens in clear text"),
        ("tcp://169.254.1.1:8000", "would send tokens in clear text"),
    ] {
        assert_eq!(
            ask(spiffe, &[("SPIFFE_ENDPOINT_SOCKET", endpoint)]).await,
            format!(
                "permanent the SPIFFE Workload API: SPIFFE_ENDPOINT_SOCKET {why}; give unix:/// and a path, or tcp:// with a \
                 loopback address and a port"
            )
        );
    }
}

#[tokio::test]
async fn an_audience_and_an_identity_are_checked_before_they_are_sent() {
    let folder = tempfile::tempdir().unwrap();
    let agent = issuing(folder.path());
    for (source, why) in [
        (
            Spiffe::new(" ").endpoint(agent.endpoint()),
            "the SPIFFE Workload API: an audience is empty; give the one that the identity pool expects",
        ),
        (
            asking(&agent).spiffe_id("https://example.org"),
            "the SPIFFE Workload API: \"https://example.org\" is no SPIFFE ID (scheme is missing or invalid); give one such as \
             spiffe://example.org/workload",
        ),
    ] {
        let error = error(&source).await;
        assert_eq!(
            (error.to_string().as_str(), error.is_transient()),
            (why, false)
        );
    }
    assert_eq!(agent.take_requests(), []);
}

#[tokio::test]
async fn what_the_agent_says_is_repeated_with_what_to_do() {
    for (code, message, said, transient) in [
        (
            7,
            "no identity issued",
            format!("permission denied: no identity issued: {ENTRY}"),
            true,
        ),
        (
            7,
            "not for you",
            format!("permission denied: not for you: {ENTRY}"),
            true,
        ),
        (
            14,
            "the agent is starting",
            "unavailable: the agent is starting".to_owned(),
            true,
        ),
        (8, "", "resource exhausted".to_owned(), true),
        (13, "cannot sign", "internal: cannot sign".to_owned(), true),
        (
            3,
            "audience must be specified",
            "invalid argument: audience must be specified: check the audience, and the SPIFFE ID that is asked for".to_owned(),
            false,
        ),
        (
            12,
            "",
            "unimplemented: turn on JWT-SVIDs at the agent".to_owned(),
            false,
        ),
        (
            9,
            "for eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln only",
            "failed precondition: for [redacted] only".to_owned(),
            false,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent.sock");
        let agent = WorkloadApi::at(&socket, move |_| SvidAnswer::Status(code, message)).unwrap();
        let error = error(&asking(&agent)).await;
        let expected = format!("{WHO}{} answered {said}", socket.display());
        assert_eq!((error.to_string(), error.is_transient()), (expected, transient));
    }
}

#[tokio::test]
async fn an_answer_without_a_token_and_a_lost_call_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for (name, answer, said, transient) in [
        (
            "none",
            SvidAnswer::Tokens(vec![]),
            "answered without a JWT-SVID: *",
            false,
        ),
        (
            "empty",
            SvidAnswer::Tokens(vec![String::new()]),
            "answered without a JWT-SVID: *",
            false,
        ),
        ("reset", SvidAnswer::Reset, "did not answer: *", true),
    ] {
        let socket = folder.path().join(name);
        let agent = WorkloadApi::at(&socket, move |_| answer.clone()).unwrap();
        let error = error(&asking(&agent)).await;
        let expected = format!("{WHO}{} {said}", socket.display());
        assert!(says(&error.to_string(), &expected), "{error}");
        assert_eq!(error.is_transient(), transient, "{error}");
    }
}

#[tokio::test]
async fn an_agent_that_hangs_has_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let agent = WorkloadApi::at(&socket, |_| SvidAnswer::Hang).unwrap();
    let error = error(&asking(&agent).timeout(Duration::from_millis(20))).await;
    let expected = format!(
        "{WHO}{} did not answer within 20ms; look at the log of the agent",
        socket.display()
    );
    assert_eq!((error.to_string(), error.is_transient()), (expected, true));
}

#[tokio::test]
async fn an_agent_may_go_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let agent = issuing(folder.path());
    let source = asking(&agent);
    assert_eq!(which(&read(&source).await), Some(0));

    drop(agent);
    let gone = error(&source).await;
    let cannot = format!("{WHO}{} cannot be connected to: ", socket.display());
    // In the words of the operating system.
    let said = || UnixStream::connect(&socket).unwrap_err();
    let expected = format!(
        "{cannot}there is no such socket; start the agent, or mount its socket into the container: {}",
        said()
    );
    assert_eq!((gone.to_string(), gone.is_transient()), (expected, true));

    // What an agent leaves behind that is killed.
    drop(UnixListener::bind(&socket).unwrap());
    let killed = error(&source).await;
    let expected = format!("{cannot}nobody listens there; start the agent: {}", said());
    assert_eq!(
        (killed.to_string(), killed.is_transient()),
        (expected, true)
    );

    fs::remove_file(&socket).unwrap();
    let _agent = issuing(folder.path());
    assert_eq!(which(&read(&source).await), Some(0));
}

#[tokio::test]
async fn a_socket_that_may_not_be_opened_is_a_permanent_error() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let agent = issuing(folder.path());
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    // Whoever runs the tests may open it: somebody else asks, from where everybody may run a program.
    let program = folder.path().join("subject-token");
    fs::copy(env!("CARGO_BIN_EXE_subject-token"), &program).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new(&program);
    command
        .args(["spiffe", "confluent"])
        .env_clear()
        .env("SPIFFE_ENDPOINT_SOCKET", agent.endpoint());
    if fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0) {
        command.uid(65534);
    } else {
        fs::set_permissions(&socket, Permissions::from_mode(0o000)).unwrap();
    }
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let denied = std::io::Error::from(rustix::io::Errno::ACCESS);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "permanent {WHO}{} cannot be connected to: the socket may not be opened; let this user open it: {denied}\n",
            socket.display()
        )
    );
}

#[test]
fn an_agent_has_ten_seconds_unless_told() {
    let shown = format!("{:?}", Spiffe::new("a"));
    assert!(shown.contains("timeout: 10s"), "{shown}");
}
