//! The command line.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::scenario::{self, Scenario};

pub(crate) enum Request {
    Help,
    Run(Options),
}

pub(crate) struct Options {
    pub(crate) scenarios: Vec<&'static Scenario>,
    pub(crate) processes: u32,
    /// Exchanges that STS takes per second, unless the scenario's.
    pub(crate) limit: Option<u32>,
    /// Lifetime of tokens.
    pub(crate) lifetime: Duration,
    /// Within which time the processes start.
    pub(crate) start: Duration,
    /// Whether an aim that is missed is an error.
    pub(crate) check: bool,
}

pub(crate) fn help() -> String {
    let mut text = "usage: fleet [SCENARIO]... [OPTION]...\n\nScenarios (all of them unless some are named):\n".to_owned();
    for scenario in &scenario::ALL {
        // Writing to a text does not fail.
        let _ = writeln!(text, "  {:<21} {}", scenario.name, scenario.about);
    }
    text += "\nOptions:\n  \
             --processes NUMBER    how many processes there are, 20 to 1000000 [10000]\n  \
             --limit NUMBER        exchanges that STS takes per second [a twentieth of the processes; rate-limited:\n                        \
             a two-hundredth]\n  \
             --lifetime SECONDS    how long a token lives, 60 to 900 [900]\n  \
             --start SECONDS       within which time all start, at random, 0 to 900 [1]\n  \
             --check               end with status 1 if an aim is missed\n  \
             --help                print this\n";
    text
}

/// # Errors
///
/// What is wrong with the arguments.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut options = Options {
        scenarios: Vec::new(),
        processes: 10_000,
        limit: None,
        lifetime: Duration::from_secs(900),
        start: Duration::from_secs(1),
        check: false,
    };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut number = |allowed| value(&argument, arguments.next(), allowed);
        match argument.as_str() {
            "--help" | "-h" => return Ok(Request::Help),
            "--processes" => options.processes = number(20..=1_000_000)?,
            "--limit" => options.limit = Some(number(1..=1_000_000)?),
            "--lifetime" => options.lifetime = Duration::from_secs(number(60..=900)?.into()),
            "--start" => options.start = Duration::from_secs(number(0..=900)?.into()),
            "--check" => options.check = true,
            name => {
                let scenario = scenario::ALL.iter().find(|scenario| scenario.name == name);
                let scenario =
                    scenario.ok_or_else(|| format!("there is no scenario or option {name:?}"))?;
                options.scenarios.push(scenario);
            }
        }
    }
    if options.scenarios.is_empty() {
        options.scenarios.extend(&scenario::ALL);
    }
    Ok(Request::Run(options))
}

fn value(option: &str, text: Option<String>, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    let number = text.and_then(|text| text.parse().ok());
    number
        .filter(|number| allowed.contains(number))
        .ok_or_else(|| {
            let (least, most) = (allowed.start(), allowed.end());
            format!("{option} wants a number from {least} to {most}")
        })
}
