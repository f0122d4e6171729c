//! The sources of subject tokens, a source a file, and what is true of all of them.

mod environment_variable;
mod static_token;
mod token_file;

use std::sync::Arc;

use sts_sdk::Secret;
use sts_sdk::subject_token::{SubjectTokenError, SubjectTokenSource};

async fn read(source: &impl SubjectTokenSource) -> String {
    let token = source.subject_token().await.unwrap();
    token.expose_secret().to_owned()
}

async fn error(source: &impl SubjectTokenSource) -> SubjectTokenError {
    source.subject_token().await.unwrap_err()
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
