//! What the clones of a provider share.

use std::future::pending;
use std::ops::{Deref, DerefMut};
#[cfg(feature = "testing")]
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
#[cfg(feature = "testing")]
use tokio::sync::Notify;
use tokio::sync::watch;

use super::cached_token::{CachedToken, Content};
use super::quiet::QuietUntil;
use super::refresh_state::RefreshState;
use super::refresher::Refresher;
use super::tag::Tag;
use super::timer::WithoutTimers;
use crate::clock::BoxFuture;

pub(super) struct Shared {
    /// Replaced only under the lock of the refresh state.
    pub(super) cached: ArcSwap<CachedToken>,
    pub(super) refresher: Refresher,
    /// What the refresh state says of it.
    pub(super) quiet_until: QuietUntil,
    /// Which token is cached.
    pub(super) tags: watch::Sender<Tag>,
    pub(super) without_timers: WithoutTimers,
    refresh_state: Mutex<RefreshState>,
    /// Tells tests that the refresh state may have changed.
    #[cfg(feature = "testing")]
    changed: Notify,
}

impl Shared {
    /// The clock's timer, which never ends on a runtime without timers.
    pub(super) fn timer(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let timer = self.timer_if_any(duration);
        timer.unwrap_or_else(|| Box::pin(pending()))
    }

    /// Whether the clock can wait on this runtime.
    pub(super) fn has_timers(&self) -> bool {
        self.timer_if_any(Duration::from_secs(1)).is_some()
    }

    /// The clock's timer, if it has any on this runtime.
    pub(super) fn timer_if_any(&self, duration: Duration) -> Option<BoxFuture<'static, ()>> {
        self.without_timers
            .timer_if_any(&*self.refresher.clock, duration)
    }

    pub(super) fn new(refresher: Refresher) -> Self {
        Self {
            cached: ArcSwap::from_pointee(CachedToken::none(Content::Nothing)),
            refresher,
            quiet_until: QuietUntil::default(),
            tags: watch::Sender::new(Tag::NONE),
            without_timers: WithoutTimers::default(),
            refresh_state: Mutex::default(),
            #[cfg(feature = "testing")]
            changed: Notify::new(),
        }
    }

    pub(super) fn refresh_state(&self) -> LockedState<'_> {
        let state = self.refresh_state.lock();
        LockedState {
            state: state.unwrap_or_else(PoisonError::into_inner),
            quiet_until: &self.quiet_until,
            #[cfg(feature = "testing")]
            changed: &self.changed,
        }
    }

    /// What `of` finds in the refresh state, once it finds something.
    #[cfg(feature = "testing")]
    pub(super) async fn until<T>(&self, of: impl Fn(&RefreshState) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            // Not by `refresh_state`, which would tell of a change itself.
            let state = self.refresh_state.lock();
            let found = of(&state.unwrap_or_else(PoisonError::into_inner));
            if let Some(found) = found {
                return found;
            }
            changed.await;
        }
    }

    /// Caches another token, or none. To be called under the lock of the refresh state.
    pub(super) fn cache(&self, token: Arc<CachedToken>) {
        let tag = token.tag;
        self.cached.store(token);
        // Whoever hears of it finds it cached.
        self.tags.send_replace(tag);
    }

    /// Whether no other token has been cached since `seen`. To be asked under the lock of the refresh state, under
    /// which a refresh caches its token and makes room for the next refresh.
    pub(super) fn is_cached(&self, seen: &Arc<CachedToken>) -> bool {
        Arc::ptr_eq(&self.cached.load(), seen)
    }
}

/// The refresh state, locked. When it is released, those who do not lock it see until when it is quiet.
pub(super) struct LockedState<'a> {
    state: MutexGuard<'a, RefreshState>,
    quiet_until: &'a QuietUntil,
    #[cfg(feature = "testing")]
    changed: &'a Notify,
}

impl Deref for LockedState<'_> {
    type Target = RefreshState;

    fn deref(&self) -> &RefreshState {
        &self.state
    }
}

impl DerefMut for LockedState<'_> {
    fn deref_mut(&mut self) -> &mut RefreshState {
        &mut self.state
    }
}

impl Drop for LockedState<'_> {
    fn drop(&mut self) {
        self.quiet_until.set(self.state.quiet_until());
        // Who is woken waits for the lock, which is released after this.
        #[cfg(feature = "testing")]
        self.changed.notify_waiters();
    }
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use crate::provider::TokenProvider;
    use crate::testing::{Answer, FakeSts, ManualClock};

    /// Whether a token is served while this thread has the lock.
    fn is_served_without_lock(tokens: &TokenProvider) -> bool {
        let state = tokens.0.refresh_state();
        let (served, serving) = mpsc::channel();
        let caller = std::thread::spawn({
            let tokens = tokens.clone();
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let token = runtime.unwrap().block_on(tokens.token());
                served.send(token.is_ok()).unwrap();
            }
        });
        let served = serving.recv_timeout(Duration::from_secs(5)) == Ok(true);
        drop(state);
        caller.join().unwrap();
        served
    }

    #[tokio::test]
    async fn a_due_token_is_served_without_the_lock_unless_a_refresh_may_start() {
        let seconds = Duration::from_secs;
        let clock = ManualClock::default();
        let sts = FakeSts::new(move |nth| match nth {
            0 => Answer::token("a-token", seconds(900)),
            1 => Answer::status(503).retry_after(seconds(100)),
            _ => Answer::hang(),
        });
        let tokens = sts.provider().clock(clock.clone()).build().unwrap();
        tokens.token().await.unwrap();
        assert!(is_served_without_lock(&tokens), "it is fresh");
        clock.advance(seconds(540));
        tokens.token().await.unwrap();
        while tokens.status().refreshing {
            tokio::task::yield_now().await;
        }
        assert!(is_served_without_lock(&tokens), "it is too early");
        clock.advance(seconds(250));
        tokens.token().await.unwrap();
        assert!(tokens.status().refreshing);
        assert!(is_served_without_lock(&tokens), "a refresh is under way");
        // Which should have ended by now.
        clock.advance(seconds(31));
        assert_eq!(sts.exchanges(), 2);
        tokens.token().await.unwrap();
        tokio::task::yield_now().await;
        assert_eq!(sts.exchanges(), 3, "another has started");
    }
}
