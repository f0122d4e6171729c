//! `confluent-sts emulate`.

use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::world::{BINARY, bare, http, kill, ran};

#[tokio::test]
async fn it_says_where_it_is_and_ends_when_it_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = bare(BINARY, folder.path());
        let mut child = command
            .args(["emulate", "--listen", "127.0.0.1:0"])
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        let url = first.strip_prefix("listening at ").unwrap();
        let second = lines.next_line().await.unwrap().unwrap();
        assert_eq!(second, format!("a page for people: {url}/"));
        assert_eq!(
            http()
                .get(format!("{url}/healthz"))
                .send()
                .await
                .unwrap()
                .status(),
            200
        );
        kill(signal, &child);
        assert_eq!(child.wait().await.unwrap().code(), Some(0));
    }
}

#[tokio::test]
async fn a_file_configures_it_and_other_machines_are_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut remote = bare(BINARY, folder.path());
    let refused = ran(remote.args(["emulate", "--listen", "0.0.0.0:0"])).await;
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .err
            .contains("other machines would get at 0.0.0.0:0"),
        "{}",
        refused.err
    );
    std::fs::write(folder.path().join("e.toml"), "\nlisten_on = 1\n").unwrap();
    let mut wrong = bare(BINARY, folder.path());
    let wrong = ran(wrong.args(["emulate", "e.toml"])).await;
    assert_eq!((wrong.code, wrong.err.lines().count()), (Some(2), 1));
    assert!(
        wrong.err.starts_with("error: e.toml: line 2: "),
        "{}",
        wrong.err
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = bare(BINARY, folder.path());
    let ran = ran(command.args(["emulate", "--listen", &address])).await;
    assert_eq!((ran.code, ran.err.lines().count()), (Some(1), 1));
    assert!(
        ran.err
            .starts_with(&format!("error: cannot listen on {address}: "))
            && ran.err.contains("; give another address with --listen"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn beneath_nohup_it_outlives_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = bare("sh", folder.path());
    let script = format!("trap '' HUP; exec {BINARY} emulate --listen 127.0.0.1:0");
    let mut child = command.args(["-c", &script]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let url = first.strip_prefix("listening at ").unwrap().to_owned();
    kill(Signal::HUP, &child);
    assert_eq!(
        http()
            .get(format!("{url}/healthz"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    kill(Signal::TERM, &child);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn it_listens_where_the_flag_says_then_the_file_then_at_8080() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let text = format!("listen = \"{address}\"\nallowed_hosts = [\"sts.test\"]\n");
    std::fs::write(folder.path().join("e.toml"), text).unwrap();
    let by_file = ran(bare(BINARY, folder.path()).args(["emulate", "e.toml"])).await;
    let expected = format!("error: cannot listen on {address}: ");
    assert!(by_file.err.starts_with(&expected), "{}", by_file.err);

    let mut command = bare(BINARY, folder.path());
    command.args(["emulate", "e.toml", "--listen", "127.0.0.1:0"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let url = first.strip_prefix("listening at ").unwrap();
    let counts = http().get(format!("{url}/control/counts"));
    let counts = counts.header("host", "sts.test").send().await.unwrap();
    assert_eq!(counts.status(), 200);
    kill(Signal::TERM, &child);
    child.wait().await.unwrap();

    // Whoever listens there, it is taken.
    let _taken = std::net::TcpListener::bind("127.0.0.1:8080");
    let usual = ran(bare(BINARY, folder.path()).arg("emulate")).await;
    let expected = "error: cannot listen on 127.0.0.1:8080: ";
    assert!(usual.err.starts_with(expected), "{}", usual.err);
    assert_eq!(usual.code, Some(1));
}

#[tokio::test]
async fn where_other_machines_get_at_it_there_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let text = "listen = \"0.0.0.0:0\"\nallow_remote = true\n";
    std::fs::write(folder.path().join("e.toml"), text).unwrap();
    let mut command = bare(BINARY, folder.path());
    let mut child = command.args(["emulate", "e.toml"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let port = first.rsplit(':').next().unwrap();
    kill(Signal::TERM, &child);
    let said = child.wait_with_output().await.unwrap().stderr;
    let expected = format!(
        "warning: other machines can get at 0.0.0.0:{port}, have it issue tokens, and have it fail\n"
    );
    assert_eq!(String::from_utf8(said).unwrap(), expected);
}
