//! Ten thousand processes that share one STS: how many exchanges a second they cause.
//!
//! ```sh
//! cargo run --release --example fleet --features testing -- --help
//! ```
//!
//! Each process has a `TokenProvider` of its own and asks it for a token about once in five seconds, on a virtual clock.
//! For each scenario it prints the exchanges per second that arrive at STS, and whether the aims are met.

mod options;
mod report;
mod scenario;
mod simulation;

use std::process::ExitCode;

use options::Request;
use simulation::Simulation;
use sts_sdk::BuildError;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<ExitCode, BuildError> {
    let options = match options::parse(std::env::args().skip(1)) {
        Ok(Request::Run(options)) => options,
        Ok(Request::Help) => {
            print!("{}", options::help());
            return Ok(ExitCode::SUCCESS);
        }
        Err(why) => {
            eprintln!("error: {why}; --help says what there is");
            return Ok(ExitCode::from(2));
        }
    };
    let mut all_met = true;
    for scenario in &options.scenarios {
        let outcome = Simulation::run(scenario, &options).await?;
        all_met &= report::print(scenario, &options, &outcome);
    }
    Ok(if all_met || !options.check {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
