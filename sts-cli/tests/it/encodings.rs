//! Paths and variables that are not UTF-8.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::world::{World, ran};

#[tokio::test]
async fn the_child_gets_the_path_of_its_file_as_it_is() {
    let script = r#"[ -s "$CONFLUENT_ACCESS_TOKEN_FILE" ]"#;
    let name = OsStr::from_bytes(b"f\xff");
    let world = World::new().await;
    let mut command = world.command(&["exec", "--file"]);
    let named = ran(command.arg(name).args(["--", "sh", "-c", script])).await;
    assert_eq!((named.code, &*named.err), (Some(0), ""));

    let folder = world.folder.path().join(name);
    std::fs::create_dir(&folder).unwrap();
    let mut command = world.command(&["exec", "--", "sh", "-c", script]);
    let made = ran(command.env("TMPDIR", folder)).await;
    assert_eq!((made.code, &*made.err), (Some(0), ""));
}

#[tokio::test]
async fn variables_of_other_encodings_are_refused() {
    let world = World::new().await;
    for (name, command) in [
        ("CONFLUENT_STS_PROFILE", "serve"),
        ("CONFLUENT_STS_CONFIG", "serve"),
        ("CONFLUENT_STS_IDENTITY_POOL_ID", "serve"),
        ("CONFLUENT_STS_ENDPOINT_CLIENT_SECRET", "serve"),
        ("CONFLUENT_ENDPOINT_TOKEN_URL", "kafka-config"),
        ("CONFLUENT_ENDPOINT_CLIENT_SECRET", "kafka-config"),
    ] {
        let mut command = world.command(&[command]);
        let value = OsStr::from_bytes(b"0123456789abcdef\xff");
        ran(command.env(name, value)).await.fails(
            2,
            &format!("the variable {name} is not UTF-8; set it anew, or unset it"),
        );
    }
}
