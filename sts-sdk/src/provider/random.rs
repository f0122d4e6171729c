//! Random numbers for waits.

/// A number from 0 to 1. Differs between the children that a process forks, which share a generator's state.
pub(crate) fn unit() -> f64 {
    of(fastrand::u64(..), std::process::id())
}

/// The number of `process`, whose generator gave `drawn`.
fn of(drawn: u64, process: u32) -> f64 {
    let process = u64::from(process).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    fastrand::Rng::with_seed(drawn ^ process).f64()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn processes_that_share_the_state_of_a_generator_draw_different_numbers() {
        for drawn in [0, 1, u64::MAX] {
            let numbers: BTreeSet<u64> = (1..=1000)
                .map(|process| of(drawn, process).to_bits())
                .collect();
            assert_eq!(numbers.len(), 1000);
        }
    }

    #[test]
    fn numbers_are_spread_from_0_to_1() {
        let numbers: Vec<f64> = (0..1000).map(|_| unit()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        let small = numbers.iter().filter(|number| **number < 0.5).count();
        assert!((300..=700).contains(&small), "{small}");
    }
}
