//! The published servers are those of the fragment, and no other address gets a token in clear text.

use sts_sdk::Client;
use sts_sdk::TokenExchangeRequest;
use sts_sdk::generated::{self, ClientInfo};
use sts_sdk_tests::{Server, fragment, token_reply};

#[test]
fn the_constructors_are_the_published_servers() {
    let fragment = fragment();
    let published: Vec<&str> = fragment["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| server["url"].as_str().unwrap())
        .collect();
    let constructed = [
        Client::production(),
        Client::staging(),
        Client::development(),
    ];
    let constructed: Vec<String> = constructed
        .into_iter()
        .map(|client| client.unwrap().base_url().to_owned())
        .collect();
    assert_eq!(constructed, published);
}

#[test]
fn the_version_is_that_of_the_fragment() {
    assert_eq!(
        <generated::Client as ClientInfo<_>>::api_version(),
        fragment()["info"]["version"]
    );
}

#[test]
fn base_urls_are_checked_without_printing_credentials() {
    for (base_url, expected) in [
        (
            "",
            r#"base URL "": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "api.confluent.cloud",
            r#"base URL "api.confluent.cloud": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "me:hunter2@https://host",
            r#"base URL "…": is not served over HTTP; use an https URL"#,
        ),
        (
            "//me:hunter2@host",
            r#"base URL "…": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "https://me:hun?ter2@ho st",
            r#"base URL "…": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "host/path?key=hunter2",
            r#"base URL "host/path…": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "a\nb eyJhbGciOiJIUzI1NiJ9.e30.hunter2",
            r#"base URL "a b [redacted]": is not a URL; write it like https://api.confluent.cloud"#,
        ),
        (
            "localhost:8080",
            r#"base URL "localhost:8080": is not served over HTTP; use an https URL"#,
        ),
        (
            "https://host/sts/v1/oauth2/token",
            r#"base URL "https://host/sts/v1/oauth2/token": ends in the path of the token exchange, which is appended to it; leave /sts/v1/oauth2/token out"#,
        ),
        (
            "https://host:8443/api/sts/v1/oauth2/token/",
            r#"base URL "https://host:8443/api/sts/v1/oauth2/token": ends in the path of the token exchange, which is appended to it; leave /sts/v1/oauth2/token out"#,
        ),
        (
            "ftp://host",
            r#"base URL "ftp://host": is not served over HTTP; use an https URL"#,
        ),
        (
            "mailto:a@b",
            r#"base URL "…": is not served over HTTP; use an https URL"#,
        ),
        (
            "https://me:hunter2@host",
            r#"base URL "https://host": holds credentials, which the token exchange does not take; remove them"#,
        ),
        (
            "https://host?key=hunter2",
            r#"base URL "https://host": has a query or a fragment; remove it"#,
        ),
        (
            "http://host",
            r#"base URL "http://host": would send tokens in clear text; use https, or allow_http() of the builder"#,
        ),
        (
            "http://sts.localhost",
            r#"base URL "http://sts.localhost": would send tokens in clear text; use https, or allow_http() of the builder"#,
        ),
        (
            "http://localhost.example.com",
            r#"base URL "http://localhost.example.com": would send tokens in clear text; use https, or allow_http() of the builder"#,
        ),
    ] {
        let error = Client::for_base_url(base_url).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.is_base_url());
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[test]
fn loopback_may_be_plain_http() {
    for base_url in [
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://[::1]:8080",
        "http://localhost:1",
        "http://[::ffff:7f00:1]",
        "https://proxy.example.com/stem",
    ] {
        let client = Client::for_base_url(base_url).unwrap();
        assert_eq!(client.base_url(), base_url);
    }
}

#[tokio::test]
async fn the_path_of_a_base_url_comes_before_those_of_the_specification() {
    let server = Server::start(|_| token_reply("eyJ.access.token"));
    let server = server.await.unwrap();
    for (path, target) in [
        ("", "/sts/v1/oauth2/token"),
        ("/", "/sts/v1/oauth2/token"),
        ("/api", "/api/sts/v1/oauth2/token"),
        ("/api/", "/api/sts/v1/oauth2/token"),
        ("/gov/api/", "/gov/api/sts/v1/oauth2/token"),
        ("/a%20b/%2F", "/a%20b/%2F/sts/v1/oauth2/token"),
    ] {
        let client = Client::for_base_url(&[&server.url(), path].concat()).unwrap();
        let request = TokenExchangeRequest::builder()
            .identity_pool_id("pool-abc")
            .subject_token("eyJ.subject.token");
        client.exchange(request.clone()).await.unwrap();
        let generated = client.generated().exchange_sts_v1_oauth_token();
        let body = TokenExchangeRequest::try_from(request).unwrap();
        generated.body(body).send().await.unwrap();
        let requests = server.take_requests();
        let targets: Vec<&str> = requests.iter().map(|sent| sent.target.as_str()).collect();
        assert_eq!(targets, [target, target], "{path:?}");
    }
}
