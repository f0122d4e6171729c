//! Random numbers for waits.

/// A number from 0 to 1. Differs between the children that a process forks, which share a generator's state.
pub(crate) fn unit() -> f64 {
    let process = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    fastrand::Rng::with_seed(fastrand::u64(..) ^ process).f64()
}
