//! A limit on exchanges in a window of time, by client address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// More addresses than there are on a machine; beyond them all windows begin anew.
const ADDRESSES: usize = 10_000;

#[derive(Debug)]
pub(crate) struct RateLimit {
    /// Requests in a window.
    pub(crate) requests: u64,
    /// The length of a window in seconds.
    pub(crate) window: i64,
    clients: Mutex<HashMap<IpAddr, Window>>,
}

#[derive(Debug)]
struct Window {
    /// In seconds since 1970.
    ends: i64,
    used: u64,
}

/// A window that is used up ends in so many seconds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) reset: i64,
}

impl RateLimit {
    pub(crate) fn new(requests: u64, window: i64) -> Self {
        Self {
            requests,
            window,
            clients: Mutex::default(),
        }
    }

    /// Counts a request at `now`, in seconds since 1970.
    pub(crate) fn count(&self, client: IpAddr, now: i64) -> Result<(), Exceeded> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= ADDRESSES && !clients.contains_key(&client) {
            clients.clear();
        }
        let fresh = || Window {
            ends: now.saturating_add(self.window),
            used: 0,
        };
        let window = clients.entry(client).or_insert_with(fresh);
        // A clock that was set back ends a window as well.
        if now >= window.ends || window.ends.saturating_sub(now) > self.window {
            *window = fresh();
        }
        if window.used >= self.requests {
            let reset = window.ends.saturating_sub(now);
            return Err(Exceeded { reset });
        }
        window.used += 1;
        Ok(())
    }

    pub(crate) fn reset(&self) {
        self.clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_window_is_used_up_and_ends() {
        let limit = RateLimit::new(2, 10);
        let client = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(limit.count(client, 100), Ok(()));
        assert_eq!(limit.count(client, 103), Ok(()));
        assert_eq!(limit.count(client, 104), Err(Exceeded { reset: 6 }));
        assert_eq!(limit.count(IpAddr::from([127, 0, 0, 2]), 104), Ok(()));
        assert_eq!(limit.count(client, 110), Ok(()));
        assert_eq!(limit.count(client, 50), Ok(()));
    }

    #[test]
    fn addresses_do_not_add_up() {
        let limit = RateLimit::new(1, 10);
        for address in 0..30_000 {
            let client = IpAddr::from(Ipv4Addr::from_bits(address));
            assert_eq!(limit.count(client, 0), Ok(()));
        }
        assert!(limit.clients.lock().unwrap().len() <= ADDRESSES);
    }
}
