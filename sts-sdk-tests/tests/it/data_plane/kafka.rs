//! What Kafka clients present, and the settings of those that get tokens themselves.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sts_sdk::auth::Pools;
use sts_sdk::auth::kafka::{Extensions, OidcSettings, SaslToken, Settings};
use sts_sdk::subject_token::StaticToken;
use sts_sdk::testing::ManualClock;
use sts_sdk::{Clock, ExternalToken, ExternalTokenProvider};
use sts_sdk_tests::{jwt, program};
use tokio::process::Command;

fn extensions(pools: Pools) -> Extensions {
    let extensions = Extensions::new(pools);
    extensions.logical_cluster("lkc-123").unwrap()
}

fn union() -> Pools {
    Pools::union(["pool-1", "pool-2"]).unwrap()
}

fn end() -> Duration {
    let end = ManualClock::default().now().wall + Duration::from_secs(900);
    end.duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

async fn external(claims: &Value) -> ExternalToken {
    let source = StaticToken::new(jwt(claims));
    let tokens = ExternalTokenProvider::builder().subject_token(source);
    let tokens = tokens.clock(ManualClock::default()).build().unwrap();
    tokens.token().await.unwrap()
}

#[tokio::test]
async fn a_callback_returns_what_the_token_says() {
    let claims = json!({"sub": "jane.doe", "exp": end().as_secs()});
    let token = SaslToken::new(&external(&claims).await, &extensions(union())).unwrap();
    assert_eq!(token.secret().expose_secret(), jwt(&claims));
    assert_eq!(
        token.expires_at_ms(),
        i64::try_from(end().as_millis()).unwrap()
    );
    assert_eq!(token.principal(), "jane.doe");
    let pairs: Vec<_> = token.extensions().iter().collect();
    assert_eq!(
        pairs,
        [
            ("logicalCluster", "lkc-123"),
            ("identityPoolId", "pool-1,pool-2")
        ]
    );
    let shown = format!("{token:?} {token:#?}");
    assert!(!shown.contains("eyJ") && !shown.contains("jane"), "{shown}");
}

#[tokio::test]
async fn the_initial_response_is_that_of_rfc_7628() {
    let claims = json!({"sub": "me", "exp": end().as_secs()});
    let (external, jwt) = (external(&claims).await, jwt(&claims));
    let response = |extensions: &Extensions| {
        let token = SaslToken::new(&external, extensions).unwrap();
        token.initial_response().expose_secret().to_owned()
    };
    let one = extensions(Pools::one("pool-1").unwrap());
    assert_eq!(
        response(&one),
        format!(
            "n,,\x01auth=Bearer {jwt}\x01logicalCluster=lkc-123\x01identityPoolId=pool-1\x01\x01"
        )
    );
    let automatic = extensions(Pools::automatic());
    assert_eq!(
        response(&automatic),
        format!("n,,\x01auth=Bearer {jwt}\x01logicalCluster=lkc-123\x01\x01")
    );
    let nothing = Extensions::new(Pools::automatic());
    assert_eq!(
        response(&nothing),
        format!("n,,\x01auth=Bearer {jwt}\x01\x01")
    );
    let token = SaslToken::new(&external, &nothing).unwrap();
    let response = token.initial_response_as("a=b,c");
    assert_eq!(
        response.expose_secret(),
        format!("n,a=a=3Db=2Cc,\x01auth=Bearer {jwt}\x01\x01")
    );
}

#[tokio::test]
async fn a_token_without_a_principal_is_refused() {
    for claims in [json!({}), json!({"sub": ""}), json!({"sub": 1})] {
        let mut claims = claims;
        claims["exp"] = end().as_secs().into();
        let token = external(&claims).await;
        let error = SaslToken::new(&token, &Extensions::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the external token has no `sub`, from which Kafka clients take the principal; configure the identity \
             provider so that its tokens have one"
        );
    }
}

#[test]
fn a_logical_cluster_cannot_end_an_extension_early() {
    for id in [
        "",
        "lkc-1\u{1}auth=Bearer x",
        "lkc-1,lkc-2",
        "lkc 1",
        "lkc\\1",
    ] {
        let error = Extensions::default()
            .logical_cluster(id)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("the logical cluster "), "{error}");
        assert!(
            error.ends_with("; set it to an id such as lkc-123"),
            "{error}"
        );
    }
}

#[test]
fn settings_of_librdkafka() {
    let settings = OidcSettings::new(
        "http://127.0.0.1:8080/token",
        "me",
        "a-secret",
        extensions(union()),
    );
    let settings = settings.scope("kafka").librdkafka();
    let lines = settings.to_lines();
    assert_eq!(
        lines.expose_secret(),
        "security.protocol=SASL_SSL\n\
         sasl.mechanisms=OAUTHBEARER\n\
         sasl.oauthbearer.method=oidc\n\
         sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:8080/token\n\
         sasl.oauthbearer.client.id=me\n\
         sasl.oauthbearer.client.secret=a-secret\n\
         sasl.oauthbearer.scope=kafka\n\
         sasl.oauthbearer.extensions=logicalCluster=lkc-123,identityPoolId=pool-1\\,pool-2\n"
    );
    let json: Value = serde_json::from_str(settings.to_json().expose_secret()).unwrap();
    assert_eq!(json["sasl.oauthbearer.client.secret"], "a-secret");
    assert_eq!(
        json["sasl.oauthbearer.extensions"],
        "logicalCluster=lkc-123,identityPoolId=pool-1\\,pool-2"
    );
    let nothing = OidcSettings::new("http://127.0.0.1/", "me", "s", Extensions::default());
    let names: Vec<_> = nothing.librdkafka().iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"sasl.oauthbearer.extensions"));
    let shown = format!("{settings:?}");
    assert!(
        shown.starts_with("Settings([\"") && shown.contains("client.secret"),
        "{shown}"
    );
    assert!(!shown.contains("a-secret"), "{shown}");
}

#[test]
fn settings_of_java() {
    let endpoint = "http://127.0.0.1:8080/token";
    let settings = OidcSettings::new(endpoint, "me", "a\"s\\e", extensions(union()));
    let settings = settings.security_protocol("SASL_PLAINTEXT");
    let handler = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler";
    let properties = settings.java().to_properties();
    assert_eq!(
        properties.expose_secret(),
        format!(
            "security.protocol=SASL_PLAINTEXT\n\
             sasl.mechanism=OAUTHBEARER\n\
             sasl.oauthbearer.token.endpoint.url={endpoint}\n\
             sasl.login.callback.handler.class={handler}\n\
             sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
             clientId=\"me\" clientSecret=\"a\\\\\"s\\\\\\\\e\" extension_logicalCluster=\"lkc-123\" \
             extension_identityPoolId=\"pool-1,pool-2\";\n"
        )
    );
    assert_eq!(
        settings.jvm_argument(),
        format!("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={endpoint}")
    );
}

#[test]
fn a_line_break_does_not_end_a_quoted_option_of_jaas() {
    let settings = OidcSettings::new("http://127.0.0.1/", "a\nb", "s\r\n", Extensions::default());
    let java = settings.java();
    let (_, jaas) = java
        .iter()
        .find(|(name, _)| *name == "sasl.jaas.config")
        .unwrap();
    let jaas = jaas.expose_secret();
    assert!(
        jaas.ends_with(r#" clientId="a\nb" clientSecret="s\r\n";"#),
        "{jaas}"
    );
}

#[test]
fn a_comma_in_the_endpoint_does_not_make_two_of_it_for_java() {
    let endpoint = "http://127.0.0.1/a,b";
    let settings = OidcSettings::new(endpoint, "me", "s", Extensions::default());
    assert!(settings.jvm_argument().ends_with("=http://127.0.0.1/a%2Cb"));
    let written = |settings: &Settings| {
        let mut pairs = settings.iter();
        let found = pairs.find(|(name, _)| name.ends_with(".token.endpoint.url"));
        found.unwrap().1.expose_secret().to_owned()
    };
    assert_eq!(written(&settings.java()), "http://127.0.0.1/a%2Cb");
    assert_eq!(written(&settings.librdkafka()), endpoint);
}

#[test]
fn values_are_escaped_for_each_form() {
    let settings = OidcSettings::new(" ü\u{1f600}", "a\nb\\", "", Extensions::default());
    let settings = settings.librdkafka();
    let properties = settings.to_properties();
    let properties = properties.expose_secret();
    assert!(
        properties.contains(".token.endpoint.url=\\ \\u00fc\\ud83d\\ude00\n"),
        "{properties}"
    );
    assert!(
        properties.contains(".client.id=a\\nb\\\\\n"),
        "{properties}"
    );
    let lines = settings.to_lines();
    assert!(lines.expose_secret().contains(".client.id=a b\\\n"));
    let json: Value = serde_json::from_str(settings.to_json().expose_secret()).unwrap();
    assert_eq!(json["sasl.oauthbearer.client.id"], "a\nb\\");
}

#[tokio::test]
#[ignore = "needs javaproperties==0.8.2 (PyPI) in target/tools/python, or in the Python that PYTHON names"]
async fn foreign_a_reader_of_properties_files_finds_the_values_that_were_written() {
    let settings = OidcSettings::new(
        " ü\u{1f600}=:#!",
        "a\nb\\\\c\t",
        "\"s\\",
        extensions(union()),
    );
    for settings in [settings.java(), settings.librdkafka()] {
        let python = program("PYTHON", "target/tools/python/bin/python");
        let code = "import javaproperties, json, os
print(json.dumps(javaproperties.loads(os.environ['PROPERTIES'])))";
        let output = Command::new(&python)
            .args(["-c", code])
            .env("PROPERTIES", settings.to_properties().expose_secret())
            .output()
            .await;
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", python.display()));
        let said = String::from_utf8_lossy(&output.stderr);
        let read: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {said}"));
        let written: Value = serde_json::from_str(settings.to_json().expose_secret()).unwrap();
        assert_eq!(read, written);
    }
}

#[test]
fn java_clients_ask_for_the_scope_too() {
    let settings = OidcSettings::new("http://127.0.0.1/", "me", "s", extensions(union()));
    let settings = settings.scope("api://a/.default");
    let properties = settings.java().to_properties();
    let expected = r#" scope="api://a/.default" "#;
    assert!(properties.expose_secret().contains(expected));
}
