//! A token in an environment variable.

use sts_sdk::subject_token::EnvironmentVariable;

use super::{error, read};

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
