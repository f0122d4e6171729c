//! A token that the program already has.

use sts_sdk::subject_token::StaticToken;

use super::read;

#[tokio::test]
async fn a_static_token_is_what_it_is() {
    let source = StaticToken::new("eyJ.a.b");
    assert_eq!(read(&source).await, "eyJ.a.b");
    assert_eq!(format!("{source:?}"), "StaticToken(Secret([redacted]))");
}
