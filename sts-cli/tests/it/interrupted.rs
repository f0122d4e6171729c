//! Signals while there is no first token yet.

use std::time::Duration;

use rustix::process::Signal;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::world::{World, kill};

/// Sends `signal` while the source is waited for, which never answers; the exit code.
async fn interrupted(world: &World, arguments: &[&str], signal: Signal) -> Option<i32> {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let mut command = world.command(arguments);
    command.env("CONFLUENT_STS_HTTP_URL", format!("http://{address}/"));
    command.env("CONFLUENT_STS_DEADLINE", "600");
    let child = command.process_group(0).spawn().unwrap();
    // It asks once it listens to signals.
    let _asked = timeout(Duration::from_secs(60), silent.accept())
        .await
        .unwrap();
    kill(signal, &child);
    let output = timeout(Duration::from_secs(60), child.wait_with_output()).await;
    let output = output.unwrap().unwrap();
    assert_eq!((&*output.stdout, &*output.stderr), (&b""[..], &b""[..]));
    output.status.code()
}

#[tokio::test]
async fn exec_ends_without_a_child() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let world = World::new().await;
        let arguments = ["exec", "--", "touch", "was-run"];
        let code = interrupted(&world, &arguments, signal).await;
        assert_eq!(code, Some(128 + signal.as_raw()));
        assert!(!world.path("was-run").exists());
    }
}

#[tokio::test]
async fn serve_ends() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let world = World::new().await;
        assert_eq!(interrupted(&world, &["serve"], signal).await, Some(0));
    }
}
