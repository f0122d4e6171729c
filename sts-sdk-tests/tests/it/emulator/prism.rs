//! Prism stands between the SDK and the emulator, and holds both to the specification.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sts_emulator::{Fault, StsEmulator};
use sts_sdk::{Client, ObjectMeta, TokenExchangeRequest};
use sts_sdk_tests::workspace;

/// A proxy that runs until it is dropped.
struct Prism {
    process: Child,
    url: String,
}

impl Prism {
    fn start(upstream: &str) -> Self {
        let installed = workspace().join("target/tools/npm/node_modules/.bin/prism");
        let program = std::env::var_os("PRISM").map_or(installed, PathBuf::from);
        // Free when it was asked for; a server that does not get it says so and ends.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut process = Command::new(&program)
            .args([
                "proxy",
                "--errors",
                "--host",
                "127.0.0.1",
                "--port",
                &port.to_string(),
            ])
            .arg(workspace().join("openapi/sts-v1.yaml"))
            .arg(upstream)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("Prism is listening") {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("Prism ended: {said}"));
            said.push_str(&line.unwrap());
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        Self { process, url }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Prism (npm install --prefix target/tools/npm @stoplight/prism-cli@5.14.2)"]
async fn foreign_prism_finds_nothing_wrong_between_the_sdk_and_the_emulator() {
    let emulator = StsEmulator::start().await.unwrap();
    let prism = Prism::start(emulator.url());
    let client = Client::for_base_url(&prism.url).unwrap();
    let request = |pool: &str| {
        let request = TokenExchangeRequest::builder().identity_pool_id(pool);
        request.subject_token(emulator.subject_token("me").unwrap())
    };
    client.exchange(request("pool-abc")).await.unwrap();
    let metadata = ObjectMeta::builder().self_("https://api.confluent.cloud/sts/v1/requests/1");
    let everything = request("pool-abc")
        .api_version(Some("sts/v1".parse().unwrap()))
        .kind(Some("TokenExchangeRequest".parse().unwrap()))
        .id(Some("dlz-f3a90de".parse().unwrap()))
        .metadata(metadata)
        .expires_in(60);
    client.exchange(everything).await.unwrap();
    let error = client.exchange(request("pool abc")).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("there is no identity pool pool abc"),
        "{error}"
    );
    for status in [400, 429, 500] {
        emulator.inject(Fault::status(status)).unwrap();
        let error = client.exchange(request("pool-abc")).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert!(error.to_string().contains("as a fault demands"), "{error}");
    }
    assert_eq!(emulator.count(), 6);
    // It does look: a reply that the specification does not have is not let through.
    let body = sts_emulator::FaultBody::Text {
        content_type: "application/json".to_owned(),
        text: r#"{"access_token": 1}"#.to_owned(),
    };
    emulator.inject(Fault::status(200).body(body)).unwrap();
    let error = client.exchange(request("pool-abc")).await.unwrap_err();
    assert!(error.status().unwrap().is_server_error(), "{error}");
}
