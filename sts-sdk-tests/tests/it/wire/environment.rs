//! What clients take from the environment of their process: proxies, and the platform's root certificates.

use sts_sdk_tests::{JWT, Server, token_reply};
use tempfile::TempDir;

use super::tls::{Authority, serve};
use crate::subject_tokens::platform::{ask, ask_logged};

/// What an exchange comes to in a process with `variables` and no others.
async fn exchanged(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    ask(&[&["exchange"], arguments].concat(), variables).await
}

async fn server() -> Server {
    Server::start(|request| {
        if request.method == "CONNECT" {
            // It is not asked again.
            return b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
                .to_vec();
        }
        token_reply("a-token")
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_provider_asks_production_and_through_the_proxy_of_the_environment_unless_told() {
    let proxy = server().await;
    for how in [
        [
            ("CONFLUENT_STS_IDENTITY_POOL_ID", "pool"),
            ("CONFLUENT_STS_TOKEN", JWT),
        ]
        .as_slice(),
        &[],
    ] {
        let proxies = [("HTTPS_PROXY", &*proxy.url())];
        let arguments = if how.is_empty() {
            "plain-provider"
        } else {
            "provider"
        };
        let text = ask(&[arguments], &[how, &proxies].concat()).await;
        assert!(
            text.contains("no connection to api.confluent.cloud:443 through the proxy"),
            "{text}"
        );
        let requests = proxy.take_requests();
        let [request] = &requests[..] else {
            panic!("{arguments}: {requests:?}")
        };
        assert_eq!(
            (&*request.method, &*request.target),
            ("CONNECT", "api.confluent.cloud:443")
        );
    }
}

#[tokio::test]
async fn proxies_of_the_environment_are_used_unless_there_is_to_be_none() {
    let (proxy, server) = (server().await, server().await);
    let address = server.url().replace("http://", "");
    let proxies = [("HTTP_PROXY", &*proxy.url()), ("http_proxy", &*proxy.url())];
    // The name is the server's address for whoever does not ask the proxy.
    for (options, asked) in [(&[][..], &proxy), (&["no-proxy"], &server)] {
        let arguments = [&["http://sts.example.com", &address], options].concat();
        assert_eq!(exchanged(&arguments, &proxies).await, "exchanged");
        assert_eq!(asked.take_requests().len(), 1, "{options:?}");
        let others = proxy.take_requests().len() + server.take_requests().len();
        assert_eq!(others, 0, "{options:?}");
    }
    // What is meant for this machine does not leave it.
    let own = server.url();
    assert_eq!(exchanged(&[&own, &address], &proxies).await, "exchanged");
    assert_eq!(
        (server.take_requests().len(), proxy.take_requests().len()),
        (1, 0)
    );
}

/// `reqwest` logs every byte if it is told to.
#[tokio::test]
async fn no_option_of_the_http_client_has_it_log_what_is_sent() {
    let server = server().await;
    let address = server.url().replace("http://", "");
    let arguments = ["exchange", "http://sts.example.com", &address, "verbose"];
    let (text, logged) = ask_logged(&arguments, &[]).await;
    assert_eq!(text, "exchanged");
    // What else the HTTP client logs is there.
    assert!(
        logged.contains("reqwest::connect"),
        "{} bytes",
        logged.len()
    );
    for part in JWT.split('.').chain(["identity_pool_id"]) {
        assert!(!logged.contains(part), "what is sent is logged");
    }
}

/// `SSL_CERT_FILE` names the platform's root certificates where they are in files.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn further_root_certificates_are_trusted_beside_the_platforms() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let [platforms, further, neither] = ["platform", "further", "neither"].map(Authority::new);
    let platform = file("platform.pem", platforms.certificate.pem());
    let roots = file("further.pem", further.certificate.pem());
    let variables = [("SSL_CERT_FILE", &*platform)];
    for (authority, with, without) in [
        (&platforms, true, true),
        (&further, true, false),
        (&neither, false, false),
    ] {
        let address = serve(authority.issue("localhost", |_| ()), None).await;
        let url = format!("https://localhost:{}", address.port());
        let address = address.to_string();
        for (options, trusted) in [(&["roots", &*roots][..], with), (&[], without)] {
            let arguments = [&[&*url, &*address], options].concat();
            let text = exchanged(&arguments, &variables).await;
            assert_eq!(text == "exchanged", trusted, "{options:?}: {text}");
            assert!(
                trusted || text.contains("; trust the root certificate"),
                "{text}"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn root_certificates_of_several_folders_are_trusted() {
    let authorities = ["one", "two", "other"].map(Authority::new);
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for (folder, authority) in folders.iter().zip(&authorities) {
        let root = folder.path().join("root.pem");
        std::fs::write(root, authority.certificate.pem()).unwrap();
    }
    let paths = std::env::join_paths(folders.iter().map(TempDir::path)).unwrap();
    let variables = [("SSL_CERT_DIR", paths.to_str().unwrap())];
    for (authority, trusted) in authorities.iter().zip([true, true, false]) {
        let address = serve(authority.issue("localhost", |_| ()), None).await;
        let url = format!("https://localhost:{}", address.port());
        let text = exchanged(&[&url, &address.to_string()], &variables).await;
        assert_eq!(text == "exchanged", trusted, "{text}");
    }
}
