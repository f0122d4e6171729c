//! What is printed of a scenario.

use std::ops::Range;

use crate::options::Options;
use crate::scenario::{Aim, Scenario};
use crate::simulation::{Outcome, Second};

/// Prints what happened. Whether all aims are met.
pub(crate) fn print(scenario: &Scenario, options: &Options, outcome: &Outcome) -> bool {
    let Options {
        processes,
        start,
        lifetime,
        ..
    } = options;
    println!(
        "\n{}: {}\n  {processes} processes that start within {start:?}, tokens of {lifetime:?}, STS takes {} exchanges a \
         second",
        scenario.name, scenario.about, outcome.limit
    );
    println!(
        "  {:<30} {:>9} {:>10} {:>13} {:>13}",
        "exchanges per second", "mean", "busiest", "busiest/mean", "failed calls"
    );
    for (name, range) in scenario.phases {
        let figures = Figures::of(&outcome.seconds[range.clone()]);
        println!(
            "  {name:<30} {:>9.1} {:>10} {:>13.1} {:>13}",
            figures.mean,
            figures.busiest,
            figures.busiest_over_mean(),
            figures.without
        );
    }
    match outcome.all_served {
        Some(time) => println!(
            "  everybody has a first token after {:.1} s; exchanges until then, of the one with most: {}",
            time.as_secs_f64(),
            outcome.most_exchanges
        ),
        None => println!("  not everybody has got a token"),
    }
    let aims = scenario.aims.iter();
    let met = aims.map(|aim| print_aim(aim, options, outcome));
    met.fold(true, |all, met| all & met)
}

fn print_aim(aim: &Aim, options: &Options, outcome: &Outcome) -> bool {
    let processes = f64::from(options.processes);
    let scaled = |aim: &f64| aim * processes / 10_000.0;
    let figures = |range: &Range<usize>| Figures::of(&outcome.seconds[range.clone()]);
    let least = processes / f64::from(outcome.limit);
    let (what, value, most) = match aim {
        Aim::BusiestOverMean(range, most) => (
            format!("busiest second over mean {}", minutes(range)),
            figures(range).busiest_over_mean(),
            *most,
        ),
        Aim::Mean(range, most) => (
            format!("exchanges a second {}, on average", minutes(range)),
            figures(range).mean,
            scaled(most),
        ),
        Aim::Busiest(range, most) => (
            format!("exchanges in the busiest second {}", minutes(range)),
            figures(range).busiest.into(),
            scaled(most),
        ),
        Aim::NobodyWithout => {
            let figures = Figures::of(&outcome.seconds[60..]);
            let what = "calls without a token after the first minute".to_owned();
            (what, figures.without.into(), 0.0)
        }
        Aim::AllServed(times) => (
            "seconds until everybody has a token".to_owned(),
            outcome
                .all_served
                .map_or(f64::INFINITY, |time| time.as_secs_f64()),
            times * least,
        ),
        Aim::ExchangesUntilServed(most) => {
            let end = outcome.all_served.map_or(u64::MAX, |time| time.as_secs());
            let end = usize::try_from(end).unwrap_or(usize::MAX).saturating_add(1);
            let until = &outcome.seconds[..end.min(outcome.seconds.len())];
            let sent: f64 = until.iter().map(|second| f64::from(second.exchanges)).sum();
            let what = "exchanges of a process until everybody has a token, on average".to_owned();
            (what, sent / processes, *most)
        }
    };
    let met = value <= most;
    let verdict = if met { "met" } else { "missed" };
    println!("  aim: {what}: {value:.1}, at most {most:.1}: {verdict}");
    met
}

/// A time in words.
fn minutes(range: &Range<usize>) -> String {
    format!("from minute {} to {}", range.start / 60, range.end / 60)
}

struct Figures {
    mean: f64,
    busiest: u32,
    /// Calls that got no token.
    without: u32,
}

impl Figures {
    fn of(seconds: &[Second]) -> Self {
        let length = u32::try_from(seconds.len()).unwrap_or(u32::MAX);
        let sent: f64 = seconds
            .iter()
            .map(|second| f64::from(second.exchanges))
            .sum();
        Self {
            mean: sent / f64::from(length),
            busiest: seconds
                .iter()
                .map(|second| second.exchanges)
                .max()
                .unwrap_or(0),
            without: seconds.iter().map(|second| second.without).sum(),
        }
    }

    fn busiest_over_mean(&self) -> f64 {
        f64::from(self.busiest) / self.mean
    }
}
