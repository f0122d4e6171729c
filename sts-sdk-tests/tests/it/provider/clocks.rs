//! A token's age, when clocks do not agree.

use std::time::{Duration, SystemTime};

use sts_sdk::testing::{Answer, FakeSts, ManualClock};
use sts_sdk::{Clock, Moment, State, SystemClock};
use sts_sdk_tests::{provider, seconds, settled, text, token};

#[tokio::test]
async fn a_token_that_dies_while_the_machine_is_suspended_is_not_served() {
    let (clock, _, tokens) = provider(token);
    text(&tokens).await;
    clock.suspend(seconds(8 * 3600));
    assert_eq!(tokens.status().state, State::Expired);
    assert_eq!(text(&tokens).await, "token-1");
    // And is as good as any from then on.
    clock.advance(seconds(449));
    assert_eq!(text(&tokens).await, "token-1");
}

#[tokio::test]
async fn a_suspended_machine_wakes_to_a_due_refresh() {
    let (clock, sts, tokens) = provider(token);
    text(&tokens).await;
    clock.advance(seconds(300));
    clock.suspend(seconds(400));
    assert_eq!(text(&tokens).await, "token-0");
    settled(&tokens).await;
    assert_eq!(
        (sts.exchanges(), text(&tokens).await.as_str()),
        (2, "token-1")
    );
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_make_a_token_younger() {
    for back in [1, 890, 3600, 86_400] {
        let (clock, _, tokens) = provider(token);
        text(&tokens).await;
        clock.advance(seconds(890));
        clock.set_back(seconds(back));
        assert_eq!(
            tokens.status().age,
            Some(seconds(890)),
            "set back by {back} s"
        );
        clock.advance(seconds(5));
        assert_eq!(text(&tokens).await, "token-1", "set back by {back} s");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_forward_costs_an_exchange_and_no_more() {
    let (clock, sts, tokens) = provider(token);
    text(&tokens).await;
    clock.suspend(seconds(86_400));
    for _ in 0..449 {
        assert_eq!(text(&tokens).await, "token-1");
        clock.advance(seconds(1));
    }
    assert_eq!(sts.exchanges(), 2);
}

#[tokio::test]
async fn the_age_counts_from_before_the_exchange() {
    let clock = ManualClock::default();
    let sts = FakeSts::new({
        let clock = clock.clone();
        move |nth| {
            clock.advance(seconds(7));
            Answer::token(format!("token-{nth}"), seconds(900))
        }
    });
    let tokens = sts.provider().clock(clock.clone()).build().unwrap();
    let start = clock.now().wall;
    let token = tokens.token().await.unwrap();
    assert_eq!(tokens.status().age, Some(seconds(7)));
    assert_eq!(token.expires_at(), start + seconds(900));
    assert_eq!(token.served_until(), start + seconds(895));
}

#[tokio::test]
async fn a_failure_is_not_remembered_over_a_suspension() {
    let clock = ManualClock::default();
    let sts = FakeSts::new(|nth| match nth {
        0 => Answer::status(429).retry_after(seconds(600)),
        nth => Answer::token(format!("token-{nth}"), seconds(900)),
    });
    let tokens = sts.provider().clock(clock.clone()).build().unwrap();
    tokens.token().await.unwrap_err();
    clock.suspend(seconds(631));
    assert_eq!(text(&tokens).await, "token-1");
}

#[test]
fn moments_are_compared_on_both_clocks() {
    let at = |monotonic, wall| Moment {
        monotonic: seconds(monotonic),
        wall: SystemTime::UNIX_EPOCH + seconds(wall),
    };
    assert_eq!(at(10, 1000).since(&at(4, 1000)), seconds(6));
    assert_eq!(at(10, 1009).since(&at(4, 1000)), seconds(9));
    assert_eq!(at(10, 900).since(&at(4, 1000)), seconds(6));
    assert_eq!(at(4, 900).since(&at(10, 1000)), Duration::ZERO);
    assert_eq!(at(4, 900).until(&at(10, 1000)), seconds(6));
    assert_eq!(at(4, 1000).until(&at(10, 1000)), Duration::ZERO);
    assert!(at(10, 1).has_reached(&at(10, 2)) && at(1, 10).has_reached(&at(2, 10)));
    assert!(!at(1, 1).has_reached(&at(2, 2)));
    assert_eq!(at(1, 2).after(seconds(3)), at(4, 5));
    // Farther than clocks can show, without a panic.
    let far = at(1, 2).after(Duration::MAX);
    assert!(!at(3, 1).has_reached(&far));
}

#[tokio::test]
async fn the_system_clock_runs_with_the_system() {
    let clock = SystemClock::default();
    let (before, now, after) = (SystemTime::now(), clock.now(), SystemTime::now());
    // The coarse clocks are up to a tick late.
    let tick = Duration::from_millis(100);
    assert!(
        now.wall + tick >= before && now.wall <= after,
        "{before:?} {now:?} {after:?}"
    );
    clock.sleep(Duration::from_millis(150)).await;
    let slept = clock.now();
    assert!(
        slept.monotonic > now.monotonic && slept.has_reached(&now.after(Duration::from_millis(10)))
    );
}
