//! A token in a file that is replaced from time to time.

use std::fs;
use std::sync::Arc;

use sts_sdk::subject_token::{SubjectTokenSource, TokenFile};

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
async fn a_file_that_may_not_be_read_is_an_error_that_names_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "eyJ.a.b").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        // The superuser reads it all the same. What is a folder on the way cannot be read by anybody.
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
    }
    let unreadable = error(&TokenFile::new(&path)).await;
    let expected = format!("the subject token file {} cannot be read: ", path.display());
    assert!(
        unreadable.to_string().starts_with(&expected),
        "{unreadable}"
    );
    assert!(!unreadable.is_transient(), "{unreadable}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_an_end_is_not_read_to_it() {
    let endless = error(&TokenFile::new("/dev/zero")).await;
    assert!(!endless.is_transient(), "{endless}");
}

/// A pipe, of which a read ends when somebody writes.
#[cfg(unix)]
fn pipe(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// Waits until somebody reads from the pipe, and leaves it without an answer.
#[cfg(unix)]
fn opened(path: &std::path::Path) -> fs::File {
    fs::File::options().write(true).open(path).unwrap()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_hangs_fails_no_other() {
    use std::io::Write;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    pipe(&path);
    let source = Arc::new(TokenFile::new(&path));
    let hanging = tokio::spawn({
        let source = Arc::clone(&source);
        async move { read(&*source).await }
    });
    let mut pipe = opened(&path);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "eyJ.a.b").unwrap();
    assert_eq!(read(&*source).await, "eyJ.a.b");
    assert!(!hanging.is_finished());
    // Somebody writes at last.
    pipe.write_all(b"eyJ.c.d").unwrap();
    drop(pipe);
    assert_eq!(hanging.await.unwrap(), "eyJ.c.d");
}

#[cfg(unix)]
#[test]
fn a_read_that_hangs_keeps_no_runtime_from_ending() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    pipe(&path);
    let source = TokenFile::new(&path);
    let (ended, ending) = std::sync::mpsc::channel();
    let caller = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        runtime.spawn(async move { read(&source).await });
        let hung = ending.recv().unwrap();
        drop(runtime);
        drop::<fs::File>(hung);
    });
    // If the runtime waited for the read, its end would not be told.
    let hung = opened(&path);
    ended.send(hung).unwrap();
    caller.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_number_of_providers_share_one_and_start_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "eyJ.a.b").unwrap();
    let source = TokenFile::new(&path);
    let sts = sts_sdk::testing::FakeSts::new(sts_sdk_tests::token);
    let asked: Vec<_> = (0..300)
        .map(|_| {
            let tokens = sts.provider().subject_token(source.clone());
            let tokens = tokens.max_retries(0).build().unwrap();
            tokio::spawn(async move { tokens.warm_up().await })
        })
        .collect();
    for outcome in asked {
        outcome.await.unwrap().unwrap();
    }
    assert_eq!(sts.exchanges(), 300);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_reads_run_side_by_side_and_others_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(folder.path()).unwrap().join("token");
    pipe(&path);
    let source = TokenFile::new(&path);
    let reading = || {
        let source = source.clone();
        tokio::spawn(async move { source.subject_token().await.is_ok() })
    };
    let hanging: Vec<_> = (0..32).map(|_| reading()).collect();
    let end = opened(&path);
    // Ours, and one of each read.
    let open = || {
        let all = fs::read_dir("/proc/self/fd").unwrap().flatten();
        let links = all.filter_map(|one| fs::read_link(one.path()).ok());
        links.filter(|link| *link == path).count()
    };
    let all_are_open = async {
        while open() < 33 {
            tokio::task::yield_now().await;
        }
    };
    let minute = std::time::Duration::from_secs(60);
    tokio::time::timeout(minute, all_are_open).await.unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "eyJ.a.b").unwrap();
    let further = reading();
    // Those of others are not held up, which gives it time.
    for _ in 0..100 {
        assert_eq!(read(&TokenFile::new(&path)).await, "eyJ.a.b");
    }
    assert!(!further.is_finished());
    drop(end);
    for hung in hanging {
        assert!(!hung.await.unwrap(), "the pipe was empty");
    }
    assert!(further.await.unwrap());
}
