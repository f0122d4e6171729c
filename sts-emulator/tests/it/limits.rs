use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use sts_emulator::StsEmulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::requests::{Form, PATH, Shared, client};

#[tokio::test]
async fn the_log_keeps_the_last_requests_and_counts_all() {
    let emulator = StsEmulator::builder()
        .kept_requests(3)
        .start()
        .await
        .unwrap();
    for _ in 0..5 {
        Form(Vec::new()).send(&emulator).await;
    }
    let numbers: Vec<u64> = emulator
        .requests()
        .iter()
        .map(|request| request.number)
        .collect();
    assert_eq!((numbers, emulator.count()), (vec![3, 4, 5], 5));
}

#[tokio::test]
async fn slow_clients_are_not_waited_for() {
    let emulator = StsEmulator::builder()
        .time_limit(Duration::from_millis(50))
        .start()
        .await
        .unwrap();
    // A head that does not end, and a connection without a request: both are closed.
    for begin in ["POST / HTTP/1.1\r\n", ""] {
        let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
        stream.write_all(begin.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).await.ok();
        assert!(!received.starts_with(b"HTTP/1.1 200"));
    }
    // A body that does not end is refused.
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\na=b"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).await.ok();
    assert!(received.starts_with("HTTP/1.1 400 "), "{received}");
    assert!(
        received.contains("the body did not come within"),
        "{received}"
    );
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let emulator = StsEmulator::builder().connections(1).start().await.unwrap();
    let url = format!("{}/healthz", emulator.url());
    let held = TcpStream::connect(emulator.address()).await.unwrap();
    let waiting = tokio::spawn(client().get(url).send());
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    drop(held);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn other_machines_do_not_get_at_it_unless_told() {
    let any = "0.0.0.0:0".parse().unwrap();
    let error = StsEmulator::builder()
        .listen(any)
        .start()
        .await
        .unwrap_err()
        .to_string();
    let expected = "other machines would get at 0.0.0.0:0, where anybody who reaches it can have it issue tokens and fail; \
                    listen on 127.0.0.1, or allow it (allow_remote)";
    assert_eq!(error, expected);
    let emulator = StsEmulator::builder()
        .listen(any)
        .allow_remote()
        .start()
        .await
        .unwrap();
    assert!(emulator.is_remote());
    assert_eq!(
        emulator.url(),
        format!("http://127.0.0.1:{}", emulator.address().port())
    );
    let taken = StsEmulator::builder()
        .listen(emulator.address())
        .allow_remote()
        .start()
        .await
        .unwrap_err();
    assert!(
        taken.to_string().starts_with("cannot listen on 0.0.0.0:"),
        "{taken}"
    );
    let emulator = StsEmulator::builder()
        .public_url("http://sts.test:80/a/")
        .start()
        .await
        .unwrap();
    assert_eq!(
        (emulator.url(), emulator.is_remote()),
        ("http://sts.test:80/a", false)
    );
    assert!(
        StsEmulator::builder()
            .public_url("nonsense")
            .start()
            .await
            .is_err()
    );
}

/// So many exchanges, 64 at a time.
async fn many(emulator: &StsEmulator, count: usize) {
    let form = Form::new(&emulator.subject_token("me").unwrap());
    let client = client();
    let (url, left) = (
        format!("{}{PATH}", emulator.url()),
        std::sync::atomic::AtomicUsize::new(count),
    );
    let worker = async || {
        use std::sync::atomic::Ordering::Relaxed;
        while left
            .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
            .is_ok()
        {
            let response = client.post(&url).form(&form.0).send().await.unwrap();
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
        }
    };
    let mut workers: Vec<_> = (0..64).map(|_| Box::pin(worker())).collect();
    std::future::poll_fn(|context| {
        workers.retain_mut(|worker| worker.as_mut().poll(context).is_pending());
        if workers.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_exchanges_64_at_a_time() {
    let emulator = StsEmulator::start().await.unwrap();
    many(&emulator, 10_000).await;
    assert_eq!(emulator.counts().exchange_statuses[&200], 10_000);
}

/// The memory of this process in KiB, of which nothing else may use more.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes, and must run alone: .ci/thorough emulator"]
async fn soak_memory_stays_flat_over_100_000_exchanges() {
    let emulator = StsEmulator::start().await.unwrap();
    many(&emulator, 20_000).await;
    let before = resident();
    many(&emulator, 100_000).await;
    let after = resident();
    println!("{before} KiB after 20,000 exchanges, {after} KiB after 120,000");
    assert_eq!(emulator.count(), 120_000);
    assert!(after < before + 4096, "{before} KiB, {after} KiB");
}

static SHARED: LazyLock<Shared> = LazyLock::new(Shared::start);

proptest! {
    /// Whatever form is sent is exchanged or refused as the specification says.
    #[test]
    fn any_form_is_answered(
        fields in proptest::collection::vec(
            (
                "grant_type|subject_token|identity_pool_id|expires_in|metadata|id|kind|\\PC{0,8}",
                "\\PC{0,30}|-?[0-9]{1,30}|\\{\\}|[a-zA-Z0-9_-]{0,20}\\.[a-zA-Z0-9_-]{0,20}\\.[a-zA-Z0-9_-]{0,20}",
            ),
            0..12,
        ),
        raw in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..60)),
    ) {
        SHARED.run(async {
            let request = SHARED.client.post(format!("{}{PATH}", SHARED.emulator.url()));
            let request = match raw {
                Some(raw) => request.header("content-type", "application/x-www-form-urlencoded").body(raw),
                None => request.form(&fields),
            };
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 400);
            let body: Value = response.json().await.unwrap();
            let errors = body["errors"].as_array().unwrap();
            assert!((1..=16).contains(&errors.len()));
            assert!(errors.iter().all(|error| error["detail"].is_string()));
        });
    }
}

#[tokio::test]
async fn limits_hold_unless_told() {
    let emulator = StsEmulator::start().await.unwrap();
    let url = format!("{}{PATH}", emulator.url());
    for (bytes, is_long) in [(65_536, false), (65_537, true)] {
        let body = format!("a={}", "a".repeat(bytes - 2));
        let request = client().post(&url).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.unwrap().text().await.unwrap();
        let said = answer.contains("the body has more than 65536 bytes");
        assert_eq!(said, is_long, "{answer}");
    }
    // One after the other on the same connection.
    let request = |close| {
        format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\n{close}content-length: 0\r\n\r\n")
    };
    let requests = request("").repeat(998) + &request("connection: close\r\n");
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    let (mut answers, mut asked) = stream.split();
    let mut read = Vec::new();
    let (sent, answered) = tokio::join!(
        asked.write_all(requests.as_bytes()),
        answers.read_to_end(&mut read)
    );
    assert!(sent.is_ok() && answered.is_ok());
    assert_eq!(emulator.requests().len(), 1000);
    assert_eq!(emulator.count(), 1001);
}

#[tokio::test]
async fn a_request_is_logged_with_its_number_time_client_method_and_path() {
    let started: i64 = 1_800_000_000_250;
    let clock = move || std::time::UNIX_EPOCH + Duration::from_millis(started.unsigned_abs());
    let emulator = StsEmulator::builder().clock(clock).start().await.unwrap();
    emulator.advance(5);
    // A reset sets the clock right as well.
    for at in [started + 5000, started] {
        let url = format!("{}{PATH}?a=b", emulator.url());
        client().post(url).send().await.unwrap();
        let request = emulator.requests().remove(0);
        assert_eq!((request.number, request.at_ms), (1, at));
        assert_eq!(request.client, "127.0.0.1");
        assert_eq!((&*request.method, &*request.path), ("POST", PATH));
        emulator.reset();
    }
}
