//! What a provider does with a token at each age: the documentation of `TokenProvider`, "When a token is refreshed".

use std::time::Duration;

use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, State, TokenProvider};
use sts_sdk_tests::{seconds, settled, text, token};

const LIFE: Duration = Duration::from_secs(900);

/// A provider whose tokens are `token-0`, `token-1` and so on, unless `answer` says otherwise.
fn provider(
    answer: impl Fn(u64) -> Option<Answer> + Send + Sync + 'static,
) -> (ManualClock, FakeSts, TokenProvider) {
    sts_sdk_tests::provider(move |nth| answer(nth).unwrap_or_else(|| token(nth)))
}

#[tokio::test]
async fn before_refresh_at_the_token_is_served_without_an_exchange() {
    let (clock, sts, tokens) = provider(|_| None);
    assert_eq!(sts.exchanges(), 0, "nothing is sent before it is asked for");
    assert_eq!(text(&tokens).await, "token-0");
    clock.advance(seconds(149));
    for _ in 0..100 {
        assert_eq!(text(&tokens).await, "token-0");
    }
    settled(&tokens).await;
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn from_refresh_at_the_token_is_served_at_once_and_one_refresh_starts() {
    let (clock, sts, tokens) = provider(|_| None);
    assert_eq!(text(&tokens).await, "token-0");
    clock.advance(seconds(540));
    for _ in 0..100 {
        assert_eq!(text(&tokens).await, "token-0");
    }
    settled(&tokens).await;
    assert_eq!(sts.exchanges(), 2);
    assert_eq!(text(&tokens).await, "token-1");
    assert_eq!(tokens.status().age, Some(Duration::ZERO));
}

#[tokio::test]
async fn from_refresh_at_a_thousand_wait_for_nothing() {
    let (clock, sts, tokens) = provider(|nth| (nth > 0).then(Answer::hang));
    text(&tokens).await;
    clock.advance(seconds(700));
    let asked: Vec<_> = (0..1000)
        .map(|_| {
            let tokens = tokens.clone();
            tokio::spawn(async move { text(&tokens).await })
        })
        .collect();
    for answer in asked {
        assert_eq!(answer.await.unwrap(), "token-0");
    }
    assert_eq!(sts.exchanges(), 2);
    assert!(tokens.status().refreshing);
}

#[tokio::test]
async fn a_failing_background_refresh_is_noticed_by_no_caller() {
    let (clock, sts, tokens) = provider(|nth| (nth > 0).then(|| Answer::status(503)));
    text(&tokens).await;
    // From `refresh_at` to just before `serve_until`, with retries whenever they are due.
    clock.advance(seconds(540));
    for age in 541..895 {
        clock.advance(seconds(1));
        assert_eq!(text(&tokens).await, "token-0", "at {age} s");
        tokio::task::yield_now().await;
    }
    assert!(sts.exchanges() > 5, "{}", sts.exchanges());
    assert!(tokens.status().last_error.is_some());
}

#[tokio::test]
async fn from_wait_at_callers_wait_for_the_next_token() {
    let (clock, sts, tokens) = provider(|_| None);
    text(&tokens).await;
    clock.advance(seconds(840));
    assert_eq!(text(&tokens).await, "token-1");
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn from_wait_at_a_failure_leaves_the_old_token() {
    let (clock, sts, tokens) = provider(|nth| (nth > 0).then(|| Answer::status(403)));
    text(&tokens).await;
    clock.advance(seconds(840));
    assert_eq!(text(&tokens).await, "token-0");
    assert_eq!(sts.exchanges(), 2);
    assert!(tokens.status().last_error.is_some());
    clock.advance(seconds(54));
    assert_eq!(text(&tokens).await, "token-0");
}

#[tokio::test]
async fn from_wait_at_a_retry_is_not_waited_for() {
    let (clock, sts, tokens) = provider(|nth| (nth > 0).then(|| Answer::status(503)));
    text(&tokens).await;
    clock.advance(seconds(840));
    assert_eq!(text(&tokens).await, "token-0");
    assert_eq!(sts.exchanges(), 2);
    assert!(tokens.status().refreshing, "the retry is yet to come");
}

#[tokio::test]
async fn from_wait_at_a_hanging_sts_costs_half_of_what_is_left() {
    let (clock, _, tokens) = provider(|nth| (nth > 0).then(Answer::hang));
    text(&tokens).await;
    clock.advance(seconds(885));
    let asked = tokio::spawn({
        let tokens = tokens.clone();
        async move { text(&tokens).await }
    });
    clock.until_waiting(2).await;
    assert_eq!(clock.waits(), [seconds(5), seconds(30)]);
    clock.advance(seconds(5));
    assert_eq!(asked.await.unwrap(), "token-0");
}

#[tokio::test]
async fn from_serve_until_the_token_is_not_served() {
    let (clock, _, tokens) = provider(|nth| (nth > 0).then(|| Answer::status(403)));
    text(&tokens).await;
    clock.advance(seconds(895));
    let error = tokens.token().await.unwrap_err();
    assert_eq!(error.exchange().unwrap().status().unwrap(), 403);
    assert_eq!(
        error.to_string(),
        "no access token for a test: 403 Forbidden: a test's STS was told to fail"
    );
}

#[tokio::test]
async fn a_second_long_token_has_all_stages() {
    let (clock, _, tokens) = provider(|nth| (nth == 0).then(|| Answer::token("short", seconds(1))));
    assert_eq!(text(&tokens).await, "short");
    let states = [
        (166, State::Fresh),
        (600, State::Due),
        (840, State::Expiring),
        (950, State::Expired),
    ];
    let mut before = 0;
    for (age, state) in states {
        clock.advance(Duration::from_millis(age - before));
        assert_eq!(tokens.status().state, state, "at {age} ms");
        before = age;
    }
}

#[tokio::test]
async fn refreshes_of_first_tokens_are_spread_widely_and_later_ones_narrowly() {
    let (mut early, mut early_later) = (0, 0);
    for _ in 0..200 {
        let (clock, _, tokens) = provider(|_| None);
        text(&tokens).await;
        let due = tokens.status().refresh_in.unwrap();
        assert!(due >= seconds(150) && due <= seconds(540), "{due:?}");
        early += u32::from(due < seconds(345));
        clock.advance(seconds(540));
        text(&tokens).await;
        settled(&tokens).await;
        let due = tokens.status().refresh_in.unwrap();
        assert!(due >= seconds(450) && due <= seconds(540), "{due:?}");
        early_later += u32::from(due < seconds(495));
    }
    for early in [early, early_later] {
        assert!(
            (50..150).contains(&early),
            "{early} of 200 in the first half"
        );
    }
}

#[tokio::test]
async fn after_a_failure_the_next_refresh_is_spread_widely_once() {
    let mut earliest = LIFE;
    for _ in 0..100 {
        let clock = ManualClock::default();
        let sts = FakeSts::new(|nth| match nth {
            2 => Answer::status(503),
            nth => token(nth),
        });
        let tokens = sts.provider().clock(clock.clone()).max_retries(0);
        let tokens = tokens.build().unwrap();
        for _ in 0..2 {
            tokens.refresh().await.unwrap();
        }
        clock.advance(seconds(540));
        text(&tokens).await;
        settled(&tokens).await;
        assert!(tokens.status().last_error.is_some());
        clock.advance(seconds(150));
        text(&tokens).await;
        settled(&tokens).await;
        let due = tokens.status().refresh_in.unwrap();
        assert!(due >= seconds(150) && due <= seconds(540), "{due:?}");
        earliest = earliest.min(due);
        tokens.refresh().await.unwrap();
        let due = tokens.status().refresh_in.unwrap();
        assert!(due >= seconds(450), "{due:?}");
    }
    assert!(earliest < seconds(300), "{earliest:?}");
}

#[tokio::test]
async fn a_reply_with_a_shorter_life_than_asked_for_is_kept_to() {
    let (clock, _, tokens) =
        provider(|nth| (nth == 0).then(|| Answer::token("short", seconds(60))));
    assert_eq!(text(&tokens).await, "short");
    assert_eq!(tokens.status().expires_in, Some(seconds(60)));
    clock.advance(seconds(57));
    assert_eq!(text(&tokens).await, "token-1");
}

#[tokio::test]
async fn a_token_that_lives_no_longer_than_the_old_one_causes_no_loop() {
    // An STS that hands out what it issued before, until that has expired.
    let clock = ManualClock::default();
    let sts = {
        let clock = clock.clone();
        let issued = clock.now();
        FakeSts::new(move |_| {
            let age = clock.now().since(&issued).as_secs();
            let left = LIFE.as_secs() - age % LIFE.as_secs();
            Answer::token(format!("token-{}", age / LIFE.as_secs()), seconds(left))
        })
    };
    let tokens = sts.provider().clock(clock.clone()).build().unwrap();
    for second in 0..894 {
        assert_eq!(text(&tokens).await, "token-0", "at {second} s");
        settled(&tokens).await;
        clock.advance(seconds(1));
    }
    let exchanges = sts.exchanges();
    assert!((5..60).contains(&exchanges), "{exchanges} exchanges");
    clock.advance(seconds(6));
    assert_eq!(text(&tokens).await, "token-1");
}

#[tokio::test]
async fn the_wait_after_a_token_that_lives_no_longer_is_spread() {
    let mut waits = Vec::new();
    for _ in 0..200 {
        let (clock, _, tokens) =
            provider(|nth| (nth > 0).then(|| Answer::token("another", seconds(360))));
        text(&tokens).await;
        clock.advance(seconds(540));
        text(&tokens).await;
        settled(&tokens).await;
        waits.push(tokens.status().retry_in.unwrap());
    }
    // An eighth to a quarter of the 360 s that the first has left.
    let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
    assert!((seconds(45)..seconds(55)).contains(least), "{least:?}");
    assert!((seconds(80)..=seconds(90)).contains(most), "{most:?}");
}

#[tokio::test]
async fn a_refresh_that_is_asked_for_replaces_the_token() {
    let (clock, sts, tokens) =
        provider(|nth| (nth == 1).then(|| Answer::token("shorter", seconds(300))));
    let first = tokens.token().await.unwrap();
    clock.advance(seconds(1));
    let second = tokens.refresh().await.unwrap();
    assert_eq!(second.secret().expose_secret(), "shorter");
    assert_eq!(text(&tokens).await, "shorter");
    assert_ne!(first.tag(), second.tag());
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn a_refresh_that_fails_is_an_error_and_leaves_the_token() {
    let (_, _, tokens) = provider(|nth| (nth == 1).then(|| Answer::status(403)));
    text(&tokens).await;
    tokens.refresh().await.unwrap_err();
    assert_eq!(text(&tokens).await, "token-0");
}

#[tokio::test]
async fn warming_up_gets_a_token() {
    let (_, sts, tokens) = provider(|_| None);
    tokens.warm_up().await.unwrap();
    assert_eq!((sts.exchanges(), tokens.status().state), (1, State::Fresh));
    text(&tokens).await;
    assert_eq!(sts.exchanges(), 1);
}

#[tokio::test]
async fn a_tag_stays_for_as_long_as_the_token() {
    let (clock, _, tokens) = provider(|_| None);
    let first = tokens.token().await.unwrap();
    clock.advance(seconds(149));
    let same = tokens.token().await.unwrap();
    assert_eq!(first.tag(), same.tag());
    assert_eq!(tokens.status().tag, Some(first.tag()));
    clock.advance(seconds(700));
    let next = tokens.token().await.unwrap();
    assert_ne!(next.tag(), first.tag());
    // What was lent stays readable.
    assert_eq!(first.secret().expose_secret(), "token-0");
    assert_eq!(first.clone().tag(), first.tag());
}

#[tokio::test]
async fn the_header_is_ready_made_and_sensitive() {
    let (_, _, tokens) = provider(|_| None);
    let header = tokens.authorization().await.unwrap();
    assert_eq!(header.to_str().unwrap(), "Bearer token-0");
    assert!(header.is_sensitive());
    assert_eq!(tokens.token().await.unwrap().authorization(), header);
}

#[tokio::test]
async fn the_status_tells_all_but_the_token() {
    let (clock, _, tokens) = provider(|nth| (nth == 1).then(|| Answer::status(403)));
    let status = tokens.status();
    assert_eq!(
        (status.name.as_str(), status.state),
        ("a test", State::Empty)
    );
    assert_eq!(
        (status.age, status.refresh_in, status.expires_in),
        (None, None, None)
    );
    text(&tokens).await;
    clock.advance(seconds(700));
    text(&tokens).await;
    settled(&tokens).await;
    let status = tokens.status();
    assert_eq!(status.state, State::Due);
    assert_eq!(status.age, Some(seconds(700)));
    assert_eq!(status.refresh_in, Some(Duration::ZERO));
    assert_eq!(status.expires_in, Some(seconds(200)));
    assert_eq!(
        (status.exchanges, status.tokens, status.failures),
        (2, 1, 1)
    );
    assert!(status.last_error.is_some());
    let retry_in = status.retry_in.unwrap();
    assert!(
        retry_in >= seconds(2) && retry_in <= seconds(4),
        "{retry_in:?}"
    );
    let shown = format!("{status:?} {tokens:?} {:?}", tokens.token().await.unwrap());
    assert!(!shown.contains("token-0"), "{shown}");
    clock.advance(seconds(5));
    text(&tokens).await;
    settled(&tokens).await;
    let status = tokens.status();
    assert!(status.last_error.is_none() && status.retry_in.is_none());
    assert_eq!(
        (status.exchanges, status.tokens, status.failures),
        (3, 2, 1)
    );
}
