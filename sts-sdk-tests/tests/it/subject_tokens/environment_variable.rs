//! A token in an environment variable.

use sts_sdk::subject_token::EnvironmentVariable;

use super::platform::{ask, ask_bytes};
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

#[tokio::test]
async fn a_variable_that_is_empty_is_a_permanent_error() {
    for value in ["", " ", "\t\n"] {
        assert_eq!(
            ask(&["variable", "TOKEN"], &[("TOKEN", value)]).await,
            "permanent the environment variable \"TOKEN\" is empty; set it to the subject token",
            "{value:?}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_variable_that_is_no_text_is_a_permanent_error_that_does_not_show_it() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let value = OsStr::from_bytes(b"hunter2\xff");
    assert_eq!(
        ask_bytes(&["variable", "TOKEN"], &[("TOKEN", value)]).await,
        "permanent the environment variable \"TOKEN\" is not text; set it to the subject token"
    );
    // Where others look for settings, it is as good as not set.
    let variables = [("CONFLUENT_STS_IDENTITY_POOL_ID", value)];
    let text = ask_bytes(&["provider"], &variables).await;
    assert!(
        text.starts_with("not built: CONFLUENT_STS_IDENTITY_POOL_ID ") && !text.contains("hunter2"),
        "{text}"
    );
}
