//! A token in a file that is replaced from time to time.

use std::fs;
use std::sync::Arc;

use sts_sdk::subject_token::TokenFile;

use super::{error, read};

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
