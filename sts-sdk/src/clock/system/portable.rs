//! The clocks of the standard library.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime};

use crate::clock::moment::Moment;

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

#[inline]
pub(super) fn now() -> Moment {
    Moment {
        monotonic: ORIGIN.elapsed(),
        wall: SystemTime::now(),
    }
}
