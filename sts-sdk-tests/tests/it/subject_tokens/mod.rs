//! The sources of subject tokens, a source a file, and what is true of all of them.

#[cfg(feature = "aws")]
mod aws_credentials;
#[cfg(feature = "aws")]
mod aws_signature;
#[cfg(feature = "aws")]
mod aws_web_identity;
mod azure_pipelines;
mod checked;
mod client_credentials;
mod command;
mod documented;
mod environment_variable;
mod faults;
mod from_env;
mod from_env_problems;
mod github_actions;
mod google_metadata;
mod http_token;
mod managed_identity;
mod oidc_provider;
pub(crate) mod platform;
mod platform_clients;
mod platforms;
mod private_key;
mod recipes;
mod routes;
mod settings;
#[cfg(all(unix, feature = "spiffe"))]
mod spiffe;
mod static_token;
mod token_file;

use std::sync::Arc;

use sts_sdk::Secret;
use sts_sdk::subject_token::{SubjectToken, SubjectTokenError, SubjectTokenSource};

async fn read(source: &impl SubjectTokenSource) -> String {
    let token = source.subject_token().await.unwrap();
    token.secret().expose_secret().to_owned()
}

async fn error(source: &impl SubjectTokenSource) -> SubjectTokenError {
    source.subject_token().await.unwrap_err()
}

#[tokio::test]
async fn a_closure_and_a_shared_source_are_sources() {
    struct Own;
    impl SubjectTokenSource for Own {
        fn subject_token(&self) -> sts_sdk::BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
            Box::pin(async { Ok(SubjectToken::from(Secret::from("own"))) })
        }
    }
    let closure = || async { Ok::<_, SubjectTokenError>("closure".to_owned()) };
    assert_eq!(read(&closure).await, "closure");
    assert_eq!(read(&Own).await, "own");
    let shared: Arc<dyn SubjectTokenSource> = Arc::new(Own);
    assert_eq!(read(&shared).await, "own");
    let tokens = sts_sdk::TokenProvider::builder()
        .identity_pool_id("pool-abc")
        .base_url("http://127.0.0.1:1")
        .subject_token(shared);
    tokens.build().unwrap();
}

#[tokio::test]
async fn a_closure_may_give_text_a_secret_or_a_subject_token() {
    let end = std::time::SystemTime::UNIX_EPOCH;
    assert_eq!(
        read(&|| async { Ok::<_, SubjectTokenError>("text") }).await,
        "text"
    );
    let secret = || async { Ok::<_, SubjectTokenError>(Secret::from("secret")) };
    assert_eq!(read(&secret).await, "secret");
    let with_end = || async move {
        let token = SubjectToken::from("token").valid_until(end);
        Ok::<_, SubjectTokenError>(token)
    };
    let token = with_end.subject_token().await.unwrap();
    assert_eq!(token.expires_at(), Some(end));
    assert_eq!(token.secret().expose_secret(), "token");
    let shown = format!("{token:?}");
    assert!(!shown.contains("\"token"), "{shown}");
}

#[tokio::test]
async fn a_closure_may_fail_with_errors_of_files() {
    let source = || async {
        let text = std::fs::read_to_string("/there/is/none")?;
        Ok::<_, SubjectTokenError>(text)
    };
    let missing = error(&source).await;
    assert!(missing.is_transient());
    assert!(
        missing
            .to_string()
            .starts_with("reading the subject token failed: "),
        "{missing}"
    );
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    assert!(!SubjectTokenError::from(denied).is_transient());
}

#[tokio::test]
async fn a_closure_may_fail_with_errors_of_http_without_their_url() {
    use sts_sdk_tests::{Act, Server, reply};

    let server = Server::acting(|request| {
        let path = request.target.split('?').next().unwrap_or_default();
        vec![match path {
            "/forbidden" => Act::Send(reply("403 Forbidden", &[], "hunter2")),
            "/limited" => Act::Send(reply("429 Too Many Requests", &[], "hunter2")),
            "/late" => Act::Send(reply("408 Request Timeout", &[], "hunter2")),
            "/round" => Act::Send(reply("302 Found", &["location: /round"], "")),
            "/down" => Act::Send(reply("503 Service Unavailable", &[], "hunter2")),
            "/page" => Act::Send(reply(
                "200 OK",
                &["content-type: application/json"],
                "hunter2",
            )),
            _ => Act::Close,
        }]
    });
    let server = server.await.unwrap();
    // Where rustls has no provider of its own, one must be installed; that somebody else has done so is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let failing = async |path: &str| {
        let client = client.clone();
        let url = format!("{}{path}?code=hunter2", server.url());
        let source = move || {
            let (client, url) = (client.clone(), url.clone());
            async move {
                let response = client.get(url).send().await?.error_for_status()?;
                let token: String = response.json().await?;
                Ok::<_, SubjectTokenError>(token)
            }
        };
        let error = error(&source).await;
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            assert!(!cause.to_string().contains("hunter2"), "{cause}");
            source = cause.source();
        }
        (error.to_string(), error.is_transient())
    };
    let answered = "the request for the subject token was answered with ";
    for (path, status, transient) in [
        ("/forbidden", "403 Forbidden", false),
        ("/limited", "429 Too Many Requests", true),
        ("/late", "408 Request Timeout", true),
        ("/down", "503 Service Unavailable", true),
    ] {
        assert_eq!(
            failing(path).await,
            (format!("{answered}{status}"), transient)
        );
    }
    let (page, transient) = failing("/page").await;
    assert!(!transient && !page.is_empty(), "{page}");
    let (round, transient) = failing("/round").await;
    assert!(!transient && round.contains(" failed: "), "{round}");
    let unsent = client.get("hunter2").build().unwrap_err();
    let unsent = SubjectTokenError::from(unsent);
    assert!(!unsent.is_transient(), "{unsent}");
    assert!(!unsent.to_string().contains("hunter2"), "the URL is shown");
    let (closed, transient) = failing("/closed").await;
    assert!(transient && closed.contains(" failed: "), "{closed}");
}

#[tokio::test]
async fn a_source_is_told_which_token_was_refused() {
    use std::sync::Mutex;
    use sts_sdk::testing::{Answer, FakeSts};

    /// Keeps a token until it is refused.
    #[derive(Default)]
    struct Caching {
        kept: Mutex<Option<String>>,
        minted: Mutex<u32>,
        refused: Mutex<Vec<String>>,
    }
    impl SubjectTokenSource for Caching {
        fn subject_token(&self) -> sts_sdk::BoxFuture<'_, Result<SubjectToken, SubjectTokenError>> {
            let mut kept = self.kept.lock().unwrap();
            let token = kept.get_or_insert_with(|| {
                let mut minted = self.minted.lock().unwrap();
                *minted += 1;
                format!(" minted-{minted}\n")
            });
            let token = SubjectToken::from(token.as_str());
            Box::pin(async { Ok(token) })
        }

        fn refused(&self, token: &SubjectToken) {
            let token = token.secret().expose_secret().to_owned();
            let mut kept = self.kept.lock().unwrap();
            if kept.as_ref() == Some(&token) {
                *kept = None;
            }
            self.refused.lock().unwrap().push(token);
        }
    }
    for (status, refused) in [(400, 1), (401, 1), (403, 1), (429, 0), (503, 0)] {
        let source = Arc::new(Caching::default());
        let sts = FakeSts::new(move |nth| match nth {
            1 => Answer::status(status),
            nth => sts_sdk_tests::token(nth),
        });
        let tokens = sts.provider().max_retries(0);
        // Shared as it may be with other providers.
        let shared: Arc<dyn SubjectTokenSource> = source.clone();
        let tokens = tokens.subject_token(shared).build().unwrap();
        tokens.warm_up().await.unwrap();
        let again = tokens.refresh().await;
        assert_eq!(again.is_ok(), matches!(status, 400 | 401), "{status}");
        // As the source gave it.
        let told = vec![" minted-1\n".to_owned(); refused];
        assert_eq!(*source.refused.lock().unwrap(), told, "{status}");
        assert_eq!(sts.exchanges(), if again.is_ok() { 3 } else { 2 });
    }
}

#[test]
fn errors_are_one_line_without_tokens() {
    let error = SubjectTokenError::transient("refused:\neyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln")
        .caused_by("a\r\ncause");
    assert_eq!(error.to_string(), "refused: [redacted]: a cause");
    assert_eq!(
        format!("{error:?}"),
        "SubjectTokenError(refused: [redacted]: a cause)"
    );
}
