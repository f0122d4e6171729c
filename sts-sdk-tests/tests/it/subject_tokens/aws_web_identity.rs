//! Tokens of AWS STS.

use std::fmt::Write;

use sts_sdk_tests::{JWT, Recorded, Server, jwt, reply, token_reply};

use super::platform::{ask, ask_logged};

/// The example of AWS's documentation.
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FwoGZXIvYXdzEXAMPLE//////////session-token==";

/// What STS answers.
pub(super) fn issued(token: &str) -> Vec<u8> {
    let body = format!(
        r#"<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetWebIdentityTokenResult>
    <Expiration>2026-11-28T12:00:00Z</Expiration>
    <WebIdentityToken>{token}</WebIdentityToken>
  </GetWebIdentityTokenResult>
  <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
</GetWebIdentityTokenResponse>"#
    );
    reply("200 OK", &["content-type: text/xml"], body)
}

pub(super) fn refused(status: &str, code: &str, message: &str) -> Vec<u8> {
    let body = format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"#
    );
    reply(status, &["content-type: text/xml"], body)
}

async fn sts(answer: Vec<u8>) -> Server {
    Server::start(move |_| answer.clone()).await.unwrap()
}

/// A process with credentials, a region and an STS.
fn variables(url: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", KEY),
        ("AWS_SESSION_TOKEN", SESSION),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL_STS", url),
        ("HOME", "/nonexistent"),
    ]
}

fn form(request: &Recorded) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

/// The access key and the region that a request is signed for.
pub(super) fn scope(request: &Recorded) -> String {
    let header = request.header("authorization").unwrap();
    let scope = header.strip_prefix("AWS4-HMAC-SHA256 Credential=").unwrap();
    let parts: Vec<&str> = scope.split(['/', ',']).collect();
    assert_eq!(parts[3..5], ["sts", "aws4_request"]);
    format!("{} {}", parts[0], parts[2])
}

#[tokio::test]
async fn a_token_is_asked_for_by_a_signed_request() {
    let server = sts(issued("eyJ.a.b")).await;
    let url = server.url();
    let said = ask(
        &["until", "aws", "audience", "my audience"],
        &variables(&url),
    )
    .await;
    assert_eq!(said, "token eyJ.a.b until 1795867200");
    let options = [
        "audience",
        "a",
        "audience",
        "https://b",
        "lifetime",
        "3600",
        "es384",
        "-",
    ];
    let said = ask(&[&["aws"], &options[..]].concat(), &variables(&url)[1..]).await;
    assert!(said.contains("no credentials were found"), "{said}");
    let said = ask(&[&["aws"], &options[..]].concat(), &variables(&url)).await;
    assert_eq!(said, "token eyJ.a.b");
    let requests = server.take_requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_eq!((&*request.method, &*request.target), ("POST", "/"));
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(request.header("x-amz-security-token"), Some(SESSION));
        assert_eq!(scope(request), "AKIDEXAMPLE eu-central-1");
        let signed = "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=";
        assert!(request.header("authorization").unwrap().contains(signed));
    }
    let common = [("Action", "GetWebIdentityToken"), ("Version", "2011-06-15")];
    for (request, own) in requests.iter().zip([
        &[
            ("SigningAlgorithm", "RS256"),
            ("Audience.member.1", "my audience"),
        ][..],
        &[
            ("SigningAlgorithm", "ES384"),
            ("Audience.member.1", "a"),
            ("Audience.member.2", "https://b"),
            ("DurationSeconds", "3600"),
        ],
    ]) {
        let expected = common.iter().chain(own);
        let expected = expected.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        assert_eq!(form(request), expected.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_aws_would_refuse_is_not_sent() {
    let server = sts(issued("eyJ.a.b")).await;
    let url = server.url();
    let eleven = ["audience", "a"].repeat(11);
    let lifetime = |seconds| vec!["audience", "a", "lifetime", seconds];
    let whole = "give whole seconds from 60 to 3600";
    for (options, why) in [
        (
            eleven,
            "11 audiences are more than the 10 that a token may have".to_owned(),
        ),
        (
            vec!["audience", "a", "audience", " "],
            "an audience is empty; give the one that the identity pool's filter names".to_owned(),
        ),
        (
            lifetime("59"),
            format!("a lifetime of 59s cannot be asked for; {whole}"),
        ),
        (
            lifetime("3601"),
            format!("a lifetime of 3601s cannot be asked for; {whole}"),
        ),
        (
            lifetime("60.5"),
            format!("a lifetime of 60.5s cannot be asked for; {whole}"),
        ),
    ] {
        let said = ask(&[&["aws"], &options[..]].concat(), &variables(&url)).await;
        assert_eq!(said, format!("permanent AWS STS: {why}"));
    }
    assert!(server.take_requests().is_empty());
    let ten = ["audience", "a"].repeat(10);
    for options in [ten, lifetime("60")] {
        ask(&[&["aws"], &options[..]].concat(), &variables(&url)).await;
        assert_eq!(server.take_requests().len(), 1);
    }
}

#[tokio::test]
async fn the_region_comes_from_the_option_variables_or_the_profile() {
    let server = sts(issued("eyJ.a.b")).await;
    let url = server.url();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let config = file(
        "config",
        "[default]\nregion = r-config\n[profile p]\nregion = r-p\n[profile c]\n",
    );
    let credentials = file("credentials", "[c]\nregion = r-credentials\n");
    let broken = file("broken", "[default\nhunter2");
    let files = [
        ("AWS_CONFIG_FILE", &*config),
        ("AWS_SHARED_CREDENTIALS_FILE", &*credentials),
    ];
    let one = ("AWS_REGION", "r-one");
    let two = ("AWS_DEFAULT_REGION", "r-two");
    let without: Vec<_> = variables(&url)
        .into_iter()
        .filter(|(name, _)| *name != "AWS_REGION")
        .collect();
    let said = async |options: &[&str], more: &[(&str, &str)]| {
        let arguments = [&["aws", "audience", "a"], options].concat();
        let said = ask(&arguments, &[&without[..], more].concat()).await;
        match &server.take_requests()[..] {
            [] => said,
            [request] => scope(request),
            _ => "more than one request".to_owned(),
        }
    };
    let of = |region| format!("AKIDEXAMPLE {region}");
    assert_eq!(said(&["region", "r-set"], &[one, two]).await, of("r-set"));
    assert_eq!(said(&[], &[one, two, files[0]]).await, of("r-one"));
    assert_eq!(
        said(&[], &[("AWS_REGION", " "), two, files[0]]).await,
        of("r-two")
    );
    assert_eq!(said(&[], &files).await, of("r-config"));
    assert_eq!(
        said(&[], &[files[0], ("AWS_PROFILE", "p")]).await,
        of("r-p")
    );
    assert_eq!(
        said(&[], &[files[0], files[1], ("AWS_PROFILE", "c")]).await,
        of("r-credentials")
    );
    let home = folder.path().join(".aws");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("config"), "[default]\nregion = r-home\n").unwrap();
    assert_eq!(
        said(&[], &[("HOME", folder.path().to_str().unwrap())]).await,
        of("r-home")
    );
    let none =
        "permanent AWS STS: no region is known; set AWS_REGION, or the region of the profile";
    assert_eq!(said(&[], &[]).await, none);
    assert_eq!(said(&[], &[files[0], ("AWS_PROFILE", "none")]).await, none);
    assert_eq!(
        said(&["region", "r.evil.example"], &[]).await,
        "permanent AWS STS: the region is no region's name; set one such as eu-central-1"
    );
    assert_eq!(
        said(&[], &[("AWS_CONFIG_FILE", &broken)]).await,
        format!(
            "permanent the file {broken} is not of the form of AWS's configuration; correct it"
        )
    );
}

#[tokio::test]
async fn the_endpoint_is_that_of_the_region_unless_it_is_set() {
    // A proxy sees to whom a connection is asked for.
    let server = sts(reply("502 Bad Gateway", &[], "")).await;
    let url = server.url();
    let own: Vec<_> = variables(&url)
        .into_iter()
        .filter(|(name, _)| !name.contains("ENDPOINT"))
        .collect();
    let asked = async |options: &[&str], more: &[(&str, &str)]| {
        let proxy = [("HTTPS_PROXY", &*url)];
        let arguments = [&["aws", "audience", "a"], options].concat();
        ask(&arguments, &[&own[..], &proxy, more].concat()).await;
        let requests = server.take_requests();
        format!("{} {}", requests[0].method, requests[0].target)
    };
    let regional = "CONNECT sts.eu-central-1.amazonaws.com:443";
    assert_eq!(asked(&[], &[]).await, regional);
    let china = [("AWS_REGION", "cn-north-1")];
    assert_eq!(
        asked(&[], &china).await,
        "CONNECT sts.cn-north-1.amazonaws.com.cn:443"
    );
    let all = ("AWS_ENDPOINT_URL", "https://all.example.com");
    let of_sts = (
        "AWS_ENDPOINT_URL_STS",
        "https://vpce-1.sts.example.com:8443",
    );
    assert_eq!(asked(&[], &[all]).await, "CONNECT all.example.com:443");
    assert_eq!(
        asked(&[], &[all, of_sts]).await,
        "CONNECT vpce-1.sts.example.com:8443"
    );
    let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
    assert_eq!(asked(&[], &[all, of_sts, ignored]).await, regional);
    let set = ["endpoint", "https://set.example.com"];
    assert_eq!(
        asked(&set, &[all, of_sts]).await,
        "CONNECT set.example.com:443"
    );
    let clear = [("AWS_ENDPOINT_URL_STS", "http://sts.example.com")];
    assert_eq!(
        ask(&["aws", "audience", "a"], &[&own[..], &clear].concat()).await,
        "permanent AWS STS: AWS_ENDPOINT_URL_STS would send credentials in clear text; use https"
    );
}

#[tokio::test]
async fn documented_failures_have_their_texts() {
    let disabled = "The outbound web identity federation feature is not enabled for this account.";
    let denied = "User: arn:aws:sts::111122223333:assumed-role/r/i is not authorized to perform: sts:GetWebIdentityToken";
    let expired = "The security token included in the request is expired";
    let page = reply(
        "503 Service Unavailable",
        &["retry-after: 7"],
        "<html><title>Down</title></html>",
    );
    for (answer, said) in [
        (
            refused("403 Forbidden", "OutboundWebIdentityFederationDisabledException", disabled),
            format!(
                "permanent AWS STS at {{}} answered 403 Forbidden: {disabled} (code \
                 OutboundWebIdentityFederationDisabledException): enable it for the account with `aws iam \
                 enable-outbound-web-identity-federation`"
            ),
        ),
        (
            refused("403 Forbidden", "AccessDenied", denied),
            format!(
                "permanent AWS STS at {{}} answered 403 Forbidden: {denied} (code AccessDenied): allow the role the action \
                 sts:GetWebIdentityToken for this audience and lifetime"
            ),
        ),
        (
            refused("403 Forbidden", "ExpiredToken", expired),
            format!(
                "permanent AWS STS at {{}} answered 403 Forbidden: {expired} (code ExpiredToken): renew the AWS credentials"
            ),
        ),
        (
            refused("403 Forbidden", "InvalidClientTokenId", "invalid"),
            "permanent AWS STS at {} answered 403 Forbidden: invalid (code InvalidClientTokenId): renew the AWS credentials"
                .to_owned(),
        ),
        (
            refused("403 Forbidden", "SignatureDoesNotMatch", "Signature expired"),
            "permanent AWS STS at {} answered 403 Forbidden: Signature expired (code SignatureDoesNotMatch): check the AWS \
             secret access key, and the clock"
                .to_owned(),
        ),
        (
            refused("403 Forbidden", "SessionDurationEscalationException", "too long"),
            "permanent AWS STS at {} answered 403 Forbidden: too long (code SessionDurationEscalationException): ask for a \
             lifetime within that of the AWS credentials"
                .to_owned(),
        ),
        (
            refused("400 Bad Request", "ValidationError", ""),
            "permanent AWS STS at {} answered 400 Bad Request: ValidationError".to_owned(),
        ),
        (
            refused("400 Bad Request", "Throttling", "Rate exceeded"),
            "transient AWS STS at {} answered 400 Bad Request: Rate exceeded (code Throttling)".to_owned(),
        ),
        (
            refused("400 Bad Request", "RequestLimitExceeded", "Rate exceeded"),
            "transient AWS STS at {} answered 400 Bad Request: Rate exceeded (code RequestLimitExceeded)".to_owned(),
        ),
        (
            refused("500 Internal Server Error", "InternalFailure", "sorry"),
            "transient AWS STS at {} answered 500 Internal Server Error: sorry (code InternalFailure)".to_owned(),
        ),
        (page, "transient(7s) AWS STS at {} answered 503 Service Unavailable: Down".to_owned()),
        (
            reply("200 OK", &[], "<html>hunter2</html>"),
            "permanent AWS STS at {} answered 200 OK, but its body is no answer of AWS STS with a token".to_owned(),
        ),
        (
            reply("302 Found", &["location: /"], ""),
            "permanent AWS STS at {} answered 302 Found, a redirect, which is not followed".to_owned(),
        ),
    ] {
        let server = sts(answer).await;
        let url = server.url();
        let text = ask(&["aws", "audience", "a"], &variables(&url)).await;
        assert_eq!(text, said.replace("{}", &url.replace("http://", "")));
        assert_eq!(server.take_requests().len(), 1);
    }
}

#[tokio::test]
async fn the_settings_name_it() {
    let server = Server::start(|request| match &*request.target {
        "/sts/v1/oauth2/token" => token_reply("access-token"),
        _ => issued(JWT),
    });
    let server = server.await.unwrap();
    let url = server.url();
    let own = [
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool-abc"),
        ("CONFLUENT_STS_URL", &*url),
        ("CONFLUENT_STS_SOURCE", "aws-web-identity"),
    ];
    let more = [
        ("CONFLUENT_STS_AUDIENCE", "a"),
        ("CONFLUENT_STS_SIGNING_ALGORITHM", "ES384"),
    ];
    for (more, audience, algorithm) in [(&[][..], "confluent", "RS256"), (&more, "a", "ES384")] {
        let said = ask(&["provider"], &[&variables(&url)[..], &own, more].concat()).await;
        assert_eq!(said, "token access-token");
        let requests = server.take_requests();
        let sent = form(&requests[0]);
        assert!(sent.contains(&("Audience.member.1".to_owned(), audience.to_owned())));
        assert!(sent.contains(&("SigningAlgorithm".to_owned(), algorithm.to_owned())));
    }
    let wrong = [("CONFLUENT_STS_SIGNING_ALGORITHM", "HS256")];
    assert_eq!(
        ask(
            &["provider"],
            &[&variables(&url)[..], &own, &wrong].concat()
        )
        .await,
        "not built: CONFLUENT_STS_SIGNING_ALGORITHM is neither RS256 nor ES384"
    );
}

#[tokio::test]
async fn neither_credentials_nor_tokens_are_printed_or_logged() {
    let token = jwt(&serde_json::json!({"sub": "hunter2"}));
    // An STS that repeats what it was sent.
    let echo = |request: &Recorded| {
        let mut sent = String::new();
        for (name, value) in &request.headers {
            write!(sent, "{name}: {value} ").unwrap();
        }
        refused("403 Forbidden", "AccessDenied", &format!("{KEY} {sent}"))
    };
    let repeating = Server::start(echo).await.unwrap();
    let answering = sts(issued(&token)).await;
    let garbled = sts(issued(&format!("{token}</WebIdentityToken><x>"))).await;
    for (server, is_token) in [(&repeating, false), (&answering, true), (&garbled, false)] {
        let url = server.url();
        let (said, logged) = ask_logged(&["aws", "audience", "a"], &variables(&url)).await;
        assert_eq!(said.starts_with("token "), is_token, "{said}");
        assert!(logged.contains("reqsign"), "what signs logs something");
        let printed = if is_token { "" } else { &*said };
        for text in [printed, &*logged] {
            let parts = [KEY, SESSION].into_iter().chain(token.split('.'));
            for part in parts {
                assert!(!text.contains(part), "a credential is printed");
                let escaped = part.replace('/', "%2F");
                assert!(!text.contains(&escaped), "a credential is printed");
            }
        }
    }
}
