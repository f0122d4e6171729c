//! Tests with values that are drawn at random.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Runs `test` with `cases` values, and with more where `PROPTEST_CASES` is more than its default.
pub(crate) fn run<S: Strategy>(
    cases: u32,
    values: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let default = Config::default();
    let config = Config {
        cases: cases.saturating_mul((default.cases / 256).max(1)),
        failure_persistence: None,
        ..default
    };
    TestRunner::new(config).run(values, test).unwrap();
}
