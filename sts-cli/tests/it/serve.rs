//! `confluent-sts serve`: a token endpoint on loopback.

use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;
use serde_json::{Value, json};
use sts_emulator::{Endpoint, Fault};

use crate::served::Served;
use crate::world::{World, claims, http, kill, post, ran};

const FORM: &str = "grant_type=client_credentials";

#[tokio::test]
async fn a_client_gets_the_external_token_and_that_of_sts() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    let (status, given) = served.post(FORM).await;
    assert_eq!((status, &given["token_type"]), (200, &json!("Bearer")));
    let seconds = given["expires_in"].as_u64().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert_eq!(
        claims(given["access_token"].as_str().unwrap())["iss"],
        world.emulator.identity_provider()
    );
    assert_eq!(world.emulator.count(), 0);

    // In the form instead of HTTP Basic, with a scope that means nothing here.
    let form = format!(
        "{FORM}&scope=a&client_id={}&client_secret={}",
        served.id, served.secret
    );
    let request = http().post(served.access_url.as_ref().unwrap()).body(form);
    let request = request.header(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    );
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let given: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(
        claims(given["access_token"].as_str().unwrap())["identity_pool_id"],
        "pool-abc"
    );
    assert_eq!(world.emulator.count(), 1);

    let log = served.end().await;
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(
        log.contains("POST /token") && log.contains("external token, "),
        "{log}"
    );
    assert!(!log.contains("eyJ"), "{}", log.len());
}

#[tokio::test]
async fn what_is_wrong_gets_the_errors_of_rfc_6749() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve"])).await;
    for (id, secret) in [
        (&*served.id, "wrong"),
        ("wrong", &*served.secret),
        ("", ""),
        (&*served.id, ""),
    ] {
        let (status, given) = post(&served.url, (id, secret), FORM).await;
        assert_eq!(
            (status, &given["error"]),
            (401, &json!("invalid_client")),
            "{given}"
        );
    }
    for (form, error) in [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        (
            "grant_type=client_credentials&grant_type=client_credentials",
            "invalid_request",
        ),
        (
            "grant_type=client_credentials&client_secret=x",
            "invalid_request",
        ),
        (
            &format!("{FORM}&scope={}", "a".repeat(20_000)),
            "invalid_request",
        ),
    ] {
        let (status, given) = served.post(form).await;
        assert_eq!(
            (status, &given["error"]),
            (400, &json!(error)),
            "{form:.80}: {given}"
        );
    }
    let json = http()
        .post(&served.url)
        .basic_auth(&served.id, Some(&served.secret));
    let json = json
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(json.status(), 400);
    let get = http().get(&served.url).send().await.unwrap();
    assert_eq!(
        (
            get.status().as_u16(),
            get.headers()["allow"].to_str().unwrap()
        ),
        (405, "POST")
    );
    let base = served.url.strip_suffix("/token").unwrap();
    assert_eq!(
        http()
            .get(format!("{base}/eyJhbGciOi"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    let health = http().get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!(
        (health.status().as_u16(), &*health.text().await.unwrap()),
        (200, "ok\n")
    );
    let challenge = http()
        .post(&served.url)
        .header("content-type", "application/x-www-form-urlencoded");
    let challenge = challenge.body(FORM).send().await.unwrap();
    assert!(
        challenge.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("Basic realm=")
    );
    let secret = served.secret.clone();
    let log = served.end().await;
    assert!(
        log.contains("GET another path") && !log.contains("eyJ") && !log.contains(&secret),
        "{}",
        log.len()
    );
}

#[tokio::test]
async fn only_loopback_and_names_of_it() {
    let world = World::new().await;
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let ran = world.run(&["serve", "--listen", address]).await;
        let line = format!(
            "other machines would get at {address}; the endpoint listens on loopback alone, such as 127.0.0.1:0"
        );
        ran.fails(2, &line);
    }
    // Where this machine has the address of the later version as well.
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let served = Served::start(world.command(&["serve", "--listen", "[::1]:0"])).await;
        assert!(served.url.starts_with("http://[::1]:"), "{}", served.url);
        assert_eq!(served.post(FORM).await.0, 200);
        served.end().await;
    }
    let help = world.run(&["serve", "--help"]).await.printed();
    assert!(
        help.contains("What another user of this machine could do: "),
        "{help}"
    );
    let served = Served::start(world.command(&["serve"])).await;
    // As a page in a browser would, whose name leads to 127.0.0.1.
    let request = http()
        .post(&served.url)
        .header("host", "evil.example")
        .basic_auth(&served.id, Some(&served.secret));
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(FORM);
    assert_eq!(request.send().await.unwrap().status(), 403);
    served.end().await;
}

#[tokio::test]
async fn the_client_may_be_given_by_a_file_or_a_variable() {
    let world = World::new().await;
    let secret = "a&secret=of+16%characters";
    let file = world
        .write("secret", &format!("{secret}\n"))
        .display()
        .to_string();
    let arguments = [
        "serve",
        "--endpoint-client-id",
        "me",
        "--endpoint-client-secret-file",
        &file,
    ];
    let served = Served::start(world.command(&arguments)).await;
    assert_eq!((&*served.id, &*served.secret), ("me", secret));
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "client_credentials"),
            ("client_id", "me"),
            ("client_secret", secret),
        ])
        .finish();
    let request = http()
        .post(&served.url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    served.end().await;

    let mut command = world.command(&["serve"]);
    command.env("CONFLUENT_STS_ENDPOINT_CLIENT_SECRET", secret);
    let served = Served::start(command).await;
    assert_eq!(served.secret, secret);
    served.end().await;
    world.write("secret", "too short");
    world.run(&arguments).await.fails(
        2,
        &format!(
            "the endpoint's client secret in {file} must be at least 16 visible ASCII characters; leave it out for a random one"
        ),
    );
    let random = Served::start(world.command(&["serve"])).await;
    let other = Served::start(world.command(&["serve"])).await;
    assert_ne!(random.secret, other.secret);
    assert_ne!(random.id, other.id);
    assert_ne!(random.url, other.url);
    assert_eq!(random.secret.len(), 64);
}

#[tokio::test]
async fn where_it_is_can_be_written_to_a_file() {
    let world = World::new().await;
    let mut command = world.command(&["serve", "--output", "shell", "--write", "endpoint"]);
    let child = command.spawn().unwrap();
    let path = world.path("endpoint");
    crate::world::until(|| path.exists().then_some(())).await;
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let script =
        ". ./endpoint && echo $CONFLUENT_ENDPOINT_TOKEN_URL $CONFLUENT_ENDPOINT_CLIENT_SECRET";
    let printed = ran(world.program("sh").args(["-c", script]))
        .await
        .printed();
    assert!(
        printed.starts_with("http://127.0.0.1:") && printed.len() > 64,
        "{}",
        printed.len()
    );
    // Beside it, whatever needs its variables.
    let script = format!(". ./endpoint && {} kafka-config", crate::world::BINARY);
    let printed = ran(world.program("sh").args(["-c", &script]))
        .await
        .printed();
    assert!(
        printed.contains("sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:"),
        "{}",
        printed.len()
    );
    kill(Signal::INT, &child);
    assert_eq!(
        child.wait_with_output().await.unwrap().status.code(),
        Some(0)
    );
}

#[tokio::test]
async fn without_an_identity_pool_there_is_the_external_token_alone() {
    let world = World::new().await;
    let mut command = world.command(&["serve"]);
    command.env_remove("CONFLUENT_STS_IDENTITY_POOL_ID");
    let served = Served::start(command).await;
    assert_eq!(served.access_url, None);
    assert_eq!(served.post(FORM).await.0, 200);
    let access = served.url.replace("/token", "/sts/token");
    assert_eq!(
        post(&access, (&served.id, &served.secret), FORM).await.0,
        404
    );
    served.end().await;
}

#[tokio::test]
async fn a_token_that_cannot_be_had_says_whether_to_try_again() {
    let world = World::new().await;
    let served = Served::start(world.command(&["serve", "--deadline", "1"])).await;
    let access = served.access_url.clone().unwrap();
    let client = (&*served.id, &*served.secret);
    world
        .emulator
        .inject(Fault::status(429).header("retry-after", "7"))
        .unwrap();
    let (status, given) = post(&access, client, FORM).await;
    assert_eq!(
        (status, &given["error"]),
        (503, &json!("temporarily_unavailable")),
        "{given}"
    );
    assert!(
        given["error_description"].as_str().unwrap().contains("429"),
        "{given}"
    );
    served.end().await;

    let served = Served::start(world.command(&["serve"])).await;
    world
        .emulator
        .inject(Fault::status(403).at(Endpoint::Exchange))
        .unwrap();
    let (status, given) = post(
        &served.access_url.clone().unwrap(),
        (&served.id, &served.secret),
        FORM,
    )
    .await;
    assert_eq!(
        (status, &given["error"]),
        (502, &json!("server_error")),
        "{given}"
    );
    served.end().await;
}

/// STS takes one pool; an external token is presented with several.
#[tokio::test]
async fn several_pools_have_no_endpoint_of_access_tokens() {
    let world = World::new().await;
    let served =
        Served::start(world.command(&["serve", "--identity-pool-id", "pool-a,pool-b"])).await;
    assert!(served.access_url.is_none());
    assert_eq!(served.post(FORM).await.0, 200);
    let log = served.end().await;
    assert!(log.contains("several identity pools are named"), "{log}");
    let wrong = world.run(&["serve", "--identity-pool-id", "pool-a,"]).await;
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
}
