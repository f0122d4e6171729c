//! Tokens of the SPIFFE Workload API.

mod errors;

use std::path::Path;

use serde_json::json;
use sts_sdk::subject_token::{Spiffe, SubjectTokenSource};
use sts_sdk::testing::{FakeSts, ManualClock};
use sts_sdk_tests::{Server, SvidAnswer, SvidRequest, WorkloadApi, jwt, text, token, token_reply};

use super::platform::ask;
use super::read;

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
    assert_eq!(first.expires_at(), None, "that is for its claims to say");
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
        let said = if let Some(status) = response.headers().get("grpc-status") {
            status.clone()
        } else {
            while response.body_mut().data().await.is_some() {}
            let trailers = response.body_mut().trailers().await.unwrap().unwrap();
            trailers["grpc-status"].clone()
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

#[tokio::test]
async fn a_provider_is_made_of_settings_or_of_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let agent = issuing(folder.path());
    let sts = Server::start(|_| token_reply("access-token"))
        .await
        .unwrap();
    let url = sts.url();
    let common = [
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
        ("CONFLUENT_STS_URL", &*url),
    ];
    let socket = [("SPIFFE_ENDPOINT_SOCKET", agent.endpoint())];
    let id = "spiffe://example.org/workload";
    for (settings, asked) in [
        (&[][..], request(&["confluent"], "")),
        (
            &[
                ("CONFLUENT_STS_SOURCE", "spiffe"),
                ("CONFLUENT_STS_AUDIENCE", "a"),
                ("CONFLUENT_STS_SPIFFE_ID", id),
            ],
            request(&["a"], id),
        ),
    ] {
        let said = ask(&["provider"], &[&common, &socket[..], settings].concat()).await;
        assert_eq!(said, "token access-token");
        assert_eq!(agent.take_requests(), [asked]);
    }
    let named = [&common[..], &[("CONFLUENT_STS_SOURCE", "spiffe")]].concat();
    assert_eq!(
        ask(&["provider"], &named).await,
        "not built: the SPIFFE Workload API: the environment variable SPIFFE_ENDPOINT_SOCKET is not set; set it to the socket of \
         the agent, such as unix:///run/spire/sockets/agent.sock"
    );
}
