//! What is printed of a set-up that works, for people and for programs; and never a token.

use serde_json::{Value, json};
use sts_emulator::{Fault, FaultBody, StsEmulator};

use super::setup::{Setup, after, clock, steps};

#[tokio::test]
async fn each_step_says_what_it_found() {
    let emulator = StsEmulator::start().await.unwrap();
    let claims = json!({"aud": "confluent", "sub": "me", "azp": "1a2b", "exp": after(3630)});
    let setup = Setup::new(emulator, &claims)
        .argument("--expect-audience=confluent")
        .argument("--filter=claims.sub == 'me'");
    let ran = setup.doctor().await;
    let text = setup.constant(&ran.out);
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("ok       configuration  identity pool pool-abc at http://STS")
    );
    let source = lines.next().unwrap();
    let begin = "ok       source         file, because CONFLUENT_STS_TOKEN_FILE is set: a JWT with ES256 and kid ";
    assert!(source.starts_with(begin), "{source}");
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "ok       server         STS answers",
            "ok       clock          less than a minute from the server's",
            "ok       subject token  issuer http://STS/idp, audience confluent, subject me, azp 1a2b, expires in 60 \
             min",
            "ok       exchange       an access token that lives for 15 min",
        ]
    );
    assert_eq!((ran.code.unwrap(), ran.err.as_str()), (0, ""));
    assert_eq!(setup.emulator.counts().exchange, 1);
}

#[tokio::test]
async fn what_the_server_takes_is_no_failure() {
    let emulator = StsEmulator::builder()
        .clock(clock(-600))
        .start()
        .await
        .unwrap();
    let setup = Setup::new(emulator, &json!({"exp": after(7200), "aud": "other"}))
        .argument("--expect-audience=confluent");
    let ran = setup.doctor().await;
    assert_eq!(
        steps(&ran.out),
        [
            "ok       configuration",
            "ok       source",
            "ok       server",
            "warning  clock",
            "warning  subject token",
            "ok       exchange",
        ]
    );
    assert_eq!(ran.code.unwrap(), 0);
}

#[tokio::test]
async fn programs_get_json() {
    let emulator = StsEmulator::builder()
        .audience("confluent")
        .start()
        .await
        .unwrap();
    let setup = Setup::new(emulator, &json!({"aud": "other"}))
        .argument("--output=json")
        .argument("--expect-audience=confluent");
    let ran = setup.doctor().await;
    assert_eq!(ran.code.unwrap(), 4);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["exit_code"], 4);
    let steps = json["steps"].as_array().unwrap();
    let outcomes: Vec<_> = steps
        .iter()
        .map(|step| (&step["step"], &step["outcome"]))
        .collect();
    assert_eq!(
        outcomes[4..],
        [
            (&json!("subject token"), &json!("warning")),
            (&json!("exchange"), &json!("failed"))
        ]
    );
    let exchange = &steps[5];
    assert_eq!(
        (&exchange["cause"], &exchange["exit_code"]),
        (&json!("audience"), &json!(4))
    );
    let id = exchange["request_id"].as_str().unwrap();
    assert!(
        exchange["found"]
            .as_str()
            .unwrap()
            .ends_with(&format!("(request id {id})"))
    );
}

#[tokio::test]
async fn a_profile_has_what_is_expected() {
    let emulator = StsEmulator::builder()
        .audience("confluent")
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let profile = "[profiles.work]\nexpect_audience = 'confluent'\nexpect_issuer = 'https://idp.example'\nfilter = \
        'claims.n == 1'\n";
    std::fs::write(&file, profile).unwrap();
    let setup = Setup::new(emulator, &json!({"aud": "other"}))
        .argument("--config")
        .argument(file.to_str().unwrap())
        .argument("--profile=work");
    let step = setup.step("subject token").await;
    for expected in [
        "confluent is expected",
        "https://idp.example is expected",
        "claims.n == 1 does not hold",
    ] {
        assert!(step.contains(expected), "{step}");
    }
}

#[tokio::test]
async fn no_token_is_printed_whatever_is_wrong() {
    let emulator = StsEmulator::start().await.unwrap();
    let token = emulator.subject_token("me").unwrap();
    let detail = format!("the token {token} is bad");
    let text = json!({"errors": [{"detail": detail}]}).to_string();
    let content_type = "application/json".to_owned();
    emulator
        .inject(Fault::status(400).body(FaultBody::Text { content_type, text }))
        .unwrap();
    let setup = Setup::with_token(emulator, &token)
        .argument("-vvv")
        .argument("--filter=claims.sub == 'you'");
    for _ in 0..2 {
        let ran = setup.doctor().await;
        assert!(ran.err.contains("TRACE"), "it is logged");
        for part in token.split('.') {
            let leaked = ran.out.contains(part) || ran.err.contains(part);
            assert!(
                !leaked,
                "a part of the token is printed, exit code {}",
                ran.code.unwrap()
            );
        }
    }
}
