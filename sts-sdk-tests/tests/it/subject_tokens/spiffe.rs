//! Tokens of the SPIFFE Workload API.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::json;
use sts_sdk::subject_token::{Spiffe, SubjectTokenSource};
use sts_sdk::testing::{FakeSts, ManualClock};
use sts_sdk_tests::{SvidAnswer, SvidRequest, WorkloadApi, jwt, text, token};

use super::platform::ask;
use super::{error, read};

const WHO: &str = "the SPIFFE Workload API at ";
const ENTRY: &str = "create a registration entry whose selectors match this process";

/// The nth JWT-SVID of an agent.
fn svid(nth: usize) -> String {
    jwt(&json!({
        "sub": "spiffe://example.org/workload",
        "aud": ["confluent"],
        "jti": nth,
        "exp": 4_000_000_000_u32,
    }))
}

/// Which one `token` is: a test that fails does not print it.
fn which(token: &str) -> Option<usize> {
    (0..10).find(|nth| svid(*nth) == token)
}

/// An agent in `folder` that issues them.
fn issuing(folder: &Path) -> WorkloadApi {
    let socket = folder.join("agent.sock");
    WorkloadApi::at(&socket, |nth| SvidAnswer::Tokens(vec![svid(nth)])).unwrap()
}

fn asking(agent: &WorkloadApi) -> Spiffe {
    Spiffe::new("confluent").endpoint(agent.endpoint())
}

fn request(audience: &[&str], spiffe_id: &str) -> SvidRequest {
    SvidRequest {
        audience: audience.iter().map(ToString::to_string).collect(),
        spiffe_id: spiffe_id.to_owned(),
    }
}

#[tokio::test]
async fn a_jwt_svid_is_asked_for_anew_with_its_audiences_and_identity() {
    let folder = tempfile::tempdir().unwrap();
    let agent = issuing(folder.path());
    let source = asking(&agent);
    let first = source.subject_token().await.unwrap();
    assert_eq!(which(first.secret().expose_secret()), Some(0));
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    assert_eq!(first.expires_at(), Some(end));
    assert_eq!(which(&read(&source).await), Some(1));
    assert_eq!(agent.take_requests(), vec![request(&["confluent"], ""); 2]);

    let id = "spiffe://example.org/ns/orders";
    let several = asking(&agent).audience("another").spiffe_id(id);
    assert_eq!(which(&read(&several).await), Some(2));
    assert_eq!(
        agent.take_requests(),
        [request(&["confluent", "another"], id)]
    );
}

#[tokio::test]
async fn the_first_of_several_identities_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let agent = WorkloadApi::at(&socket, |_| SvidAnswer::Tokens(vec![svid(7), svid(8)])).unwrap();
    assert_eq!(which(&read(&asking(&agent)).await), Some(7));
}

/// Without it, the other tests would not notice that the source sends the header.
#[tokio::test]
async fn the_stub_refuses_a_request_without_the_header() {
    let folder = tempfile::tempdir().unwrap();
    let agent = issuing(folder.path());
    for (header, status) in [(None, "3"), (Some("false"), "3"), (Some("true"), "0")] {
        let stream = tokio::net::UnixStream::connect(folder.path().join("agent.sock"));
        let (mut client, connection) = h2::client::handshake(stream.await.unwrap()).await.unwrap();
        let connection = tokio::spawn(connection);
        let mut request = http::Request::post("http://localhost/SpiffeWorkloadAPI/FetchJWTSVID");
        if let Some(value) = header {
            request = request.header("workload.spiffe.io", value);
        }
        let request = request.body(()).unwrap();
        let (response, mut body) = client.send_request(request, false).unwrap();
        // The audience `a`.
        body.send_data(vec![0, 0, 0, 0, 3, 0x0a, 1, b'a'].into(), true)
            .unwrap();
        let mut response = response.await.unwrap();
        let said = match response.headers().get("grpc-status") {
            Some(status) => status.clone(),
            None => {
                while response.body_mut().data().await.is_some() {}
                let trailers = response.body_mut().trailers().await.unwrap().unwrap();
                trailers["grpc-status"].clone()
            }
        };
        assert_eq!(said, status, "{header:?}");
        connection.abort();
    }
    assert_eq!(agent.take_requests().len(), 1);
}

#[tokio::test]
async fn the_endpoint_comes_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let unix = issuing(folder.path());
    let tcp = WorkloadApi::on_loopback(|nth| SvidAnswer::Tokens(vec![svid(nth)]))
        .await
        .unwrap();
    let at_unix = unix.endpoint().replace("unix://", "unix:");
    for endpoint in [unix.endpoint(), &at_unix, tcp.endpoint()] {
        // Never through a proxy.
        let variables = [
            ("SPIFFE_ENDPOINT_SOCKET", endpoint),
            ("HTTP_PROXY", "http://127.0.0.1:1"),
            ("ALL_PROXY", "http://127.0.0.1:1"),
        ];
        let said = ask(&["spiffe", "confluent"], &variables).await;
        assert!(said.starts_with("token eyJ"), "{said}");
    }
    assert_eq!(
        (unix.take_requests().len(), tcp.take_requests().len()),
        (2, 1)
    );
}

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
            "answered without a JWT-SVID: Workload API response is missing required field: JWTSVIDResponse.svids",
            false,
        ),
        (
            "empty",
            SvidAnswer::Tokens(vec![String::new()]),
            "answered without a JWT-SVID: Workload API response is missing required field: JWTSVID.svid",
            false,
        ),
        (
            "reset",
            SvidAnswer::Reset,
            "did not answer: stream error received: unexpected internal error encountered",
            true,
        ),
    ] {
        let socket = folder.path().join(name);
        let agent = WorkloadApi::at(&socket, move |_| answer.clone()).unwrap();
        let error = error(&asking(&agent)).await;
        let expected = format!("{WHO}{} {said}", socket.display());
        assert_eq!(
            (error.to_string(), error.is_transient()),
            (expected, transient)
        );
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
    let expected = format!(
        "{cannot}there is no such socket; start the agent, or mount its socket into the container: No such file or \
         directory (os error 2)"
    );
    assert_eq!((gone.to_string(), gone.is_transient()), (expected, true));

    // What an agent leaves behind that is killed.
    drop(UnixListener::bind(&socket).unwrap());
    let killed = error(&source).await;
    let expected =
        format!("{cannot}nobody listens there; start the agent: Connection refused (os error 111)");
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
        fs::set_permissions(&socket, Permissions::from_mode(0)).unwrap();
    }
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "permanent {WHO}{} cannot be connected to: the socket may not be opened; let this user open it: Permission denied \
             (os error 13)\n",
            socket.display()
        )
    );
}

#[tokio::test]
async fn a_provider_asks_again_until_there_is_an_identity() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let agent = WorkloadApi::at(&socket, |nth| match nth {
        0 => SvidAnswer::Status(14, "starting"),
        1 => SvidAnswer::Status(7, "no identity issued"),
        nth => SvidAnswer::Tokens(vec![svid(nth)]),
    });
    let agent = agent.unwrap();
    let clock = ManualClock::default();
    let sts = FakeSts::new(token);
    let tokens = sts
        .provider()
        .clock(clock.clone())
        .subject_token(asking(&agent));
    let tokens = tokens.build().unwrap();
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { text(&tokens).await }
    });
    for _ in 0..2 {
        let wait = sts_sdk::testing::until_retry(&tokens).await;
        clock.advance(wait);
    }
    assert_eq!(asked.await.unwrap(), "token-0");
    let sent = sts.last_request().unwrap();
    assert_eq!(which(sent.subject_token.expose_secret()), Some(2));
    assert_eq!(
        tokens.status().subject_token.unwrap().subject.as_deref(),
        Some("spiffe://example.org/workload")
    );
}

#[tokio::test]
async fn a_connection_does_not_outlive_the_runtime_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let agent = issuing(folder.path());
    let source = asking(&agent);
    assert_eq!(which(&read(&source).await), Some(0));
    let elsewhere = source.clone();
    let asked = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(read(&elsewhere))
    });
    let token = tokio::task::spawn_blocking(|| asked.join()).await;
    assert_eq!(which(&token.unwrap().unwrap()), Some(1));
    assert_eq!(which(&read(&source).await), Some(2));
}
