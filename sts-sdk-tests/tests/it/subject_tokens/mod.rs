//! The sources of subject tokens.

use std::fs;
use std::sync::Arc;

use sts_sdk::Secret;
use sts_sdk::subject_token::{
    EnvironmentVariable, StaticToken, SubjectTokenError, SubjectTokenSource, TokenFile,
};

async fn read(source: &impl SubjectTokenSource) -> String {
    let token = source.subject_token().await.unwrap();
    token.expose_secret().to_owned()
}

async fn error(source: &impl SubjectTokenSource) -> SubjectTokenError {
    source.subject_token().await.unwrap_err()
}

#[tokio::test]
async fn a_static_token_is_what_it_is() {
    let source = StaticToken::new("eyJ.a.b");
    assert_eq!(read(&source).await, "eyJ.a.b");
    assert_eq!(format!("{source:?}"), "StaticToken(Secret([redacted]))");
}

#[tokio::test]
async fn an_environment_variable_is_read() {
    // Cargo sets it for tests.
    let source = EnvironmentVariable::new("CARGO_PKG_NAME");
    assert_eq!(read(&source).await, "sts-sdk-tests");
    assert!(!format!("{source:?}").contains("sts-sdk-tests"));
    for name in ["STS_SDK_TESTS_NOT_SET", "", "A=B", "A\0B"] {
        let error = error(&EnvironmentVariable::new(name)).await;
        assert!(!error.is_transient());
        assert_eq!(
            error.to_string(),
            format!("the environment variable {name:?} is not set; set it to the subject token")
        );
    }
}

#[tokio::test]
async fn a_file_is_read_anew_and_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let source = TokenFile::new(&path);
    for (content, token) in [
        ("eyJ.a.b", "eyJ.a.b"),
        ("eyJ.c.d\n", "eyJ.c.d"),
        (" \r\n eyJ.e.f \t\r\n", "eyJ.e.f"),
        ("\u{feff}eyJ.g.h\r\n", "eyJ.g.h"),
    ] {
        fs::write(&path, content).unwrap();
        assert_eq!(read(&source).await, token);
    }
    // Replaced by one that is older, as where files are rotated.
    let other = folder.path().join("other");
    fs::write(&other, "eyJ.old.one").unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let file = fs::File::options().write(true).open(&other).unwrap();
    file.set_modified(long_ago).unwrap();
    fs::rename(&other, &path).unwrap();
    assert_eq!(read(&source).await, "eyJ.old.one");
}

#[tokio::test]
async fn a_file_that_is_missing_or_empty_is_a_transient_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let source = TokenFile::new(&path);
    let missing = error(&source).await;
    assert!(missing.is_transient());
    let shown = path.display();
    assert!(
        missing
            .to_string()
            .starts_with(&format!("the subject token file {shown} cannot be read: ")),
        "{missing}"
    );
    for content in ["", " \n", "\u{feff}\n"] {
        fs::write(&path, content).unwrap();
        let empty = error(&source).await;
        assert!(empty.is_transient());
        assert_eq!(
            empty.to_string(),
            format!("the subject token file {shown} is empty")
        );
    }
}

#[tokio::test]
async fn a_file_that_is_no_token_is_a_permanent_error() {
    let folder = tempfile::tempdir().unwrap();
    let directory = error(&TokenFile::new(folder.path())).await;
    assert!(!directory.is_transient(), "{directory}");
    let path = folder.path().join("token");
    fs::write(&path, b"eyJ\xff\xfe").unwrap();
    let bytes = error(&TokenFile::new(&path)).await;
    assert!(
        !bytes.is_transient() && bytes.to_string().contains("UTF-8"),
        "{bytes}"
    );
    fs::write(&path, "x".repeat(1024 * 1024 + 1)).unwrap();
    let long = error(&TokenFile::new(&path)).await;
    assert!(!long.is_transient());
    assert!(
        long.to_string()
            .ends_with("is longer than 1048576 bytes; it is no token"),
        "{long}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_an_end_is_not_read_to_it() {
    let endless = error(&TokenFile::new("/dev/zero")).await;
    assert!(!endless.is_transient(), "{endless}");
}

#[tokio::test]
async fn a_closure_and_a_shared_source_are_sources() {
    struct Own;
    impl SubjectTokenSource for Own {
        fn subject_token(&self) -> sts_sdk::BoxFuture<'_, Result<Secret, SubjectTokenError>> {
            Box::pin(async { Ok(Secret::from("own")) })
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

#[cfg(unix)]
#[tokio::test]
async fn a_read_that_hangs_is_not_joined_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let source = Arc::new(TokenFile::new(&path));
    let first = tokio::spawn({
        let source = Arc::clone(&source);
        async move { read(&source).await }
    });
    tokio::task::yield_now().await;
    let second = error(&source).await;
    assert!(second.is_transient());
    assert!(second.to_string().ends_with("has not ended"), "{second}");
    // Somebody writes at last.
    fs::write(&path, "eyJ.a.b").unwrap();
    assert_eq!(first.await.unwrap(), "eyJ.a.b");
}
