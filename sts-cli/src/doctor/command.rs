//! The command.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::Args;
use sts_emulator::Jwt;
use sts_sdk::Secret;
use sts_sdk::subject_token::ChosenSource;

use super::connection::Route;
use super::differences::Expected;
use super::exchange::{self, EXCHANGE};
use super::report::{Format, Report};
use super::server::{self, Server};
use super::setup::{self, Setup};
use super::step::{Outcome, Step};
use super::{source, subject_token};
use crate::failure::Failure;
use crate::jwt::Times;
use crate::output::print;
use crate::runtime::block_on;
use crate::settings::{EXPECTED_AUDIENCE, EXPECTED_ISSUER, FILTER, SettingOptions, Settings};

const SOURCE: &str = "source";
/// The longest time that the source and each request may take, unless `--deadline` says otherwise.
const STEP: Duration = Duration::from_secs(20);
/// The longest deadline of a provider.
const LONGEST: Duration = Duration::from_secs(3600);

/// Options of `confluent-sts doctor`.
#[derive(Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Options {
    /// How to print what was found
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    #[command(flatten)]
    settings: SettingOptions,
}

const EXIT_CODES: &str = "\
A line for each step: ok, warning, failed, or skipped. One that failed says the cause and what to do next.

Exit codes, by the first step that failed:
  0  none
  2  usage: an argument, a variable or the configuration file
  3  the source gave no subject token, or one that the SDK would not send
  4  the server answered, and not with a token
  5  the server was not reached, or not in time";

/// Makes each step from the source to the exchange, once.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = options.settings.resolve()?;
    if options.settings.explain {
        print(&settings.explained())?;
        return Ok(ExitCode::SUCCESS);
    }
    let expected = |name: &str| Some(settings.look_up(name)?.expose_secret().to_owned());
    let expected = Expected {
        issuer: expected(EXPECTED_ISSUER),
        audience: expected(EXPECTED_AUDIENCE),
        filter: expected(FILTER),
    };
    // One that cannot be a deadline is told by the first step.
    let time = settings.deadline().ok().flatten();
    let time = time
        .filter(|time| !time.is_zero() && *time <= LONGEST)
        .unwrap_or(STEP);
    let mut report = Report::new(options.output);
    block_on(steps(&settings, &expected, time, &mut report))?;
    report.finish()
}

async fn steps(
    settings: &Settings,
    expected: &Expected,
    time: Duration,
    report: &mut Report,
) -> Result<(), Failure> {
    let (step, setup) = setup::configuration(settings, time);
    report.add(step)?;
    let source = setup::source(SOURCE, settings);
    let Some(setup) = setup else {
        report.add(token_of(source, time).await.0)?;
        let why = "the configuration names no server that can be asked";
        for name in ["server", "clock", "subject token", EXCHANGE] {
            report.add(Step::skipped(name, why))?;
        }
        return Ok(());
    };
    let route = Route::to(setup.client.base_url());
    let ((step, token), (of_server, clock, server)) = tokio::join!(
        token_of(source, time),
        server::probe(&setup.client, &route, time)
    );
    for step in [step, of_server, clock] {
        report.add(step)?;
    }
    let Some(token) = token else {
        for name in ["subject token", EXCHANGE] {
            report.add(Step::skipped(name, "there is no subject token"))?;
        }
        return Ok(());
    };
    with_token(&setup, &route, &server, expected, token, report).await
}

async fn token_of(source: Result<ChosenSource, Step>, time: Duration) -> (Step, Option<Secret>) {
    match source {
        Ok(source) => source::ask(SOURCE, &source, time).await,
        Err(step) => (step, None),
    }
}

async fn with_token(
    setup: &Setup,
    route: &Route,
    server: &Server,
    expected: &Expected,
    token: Secret,
    report: &mut Report,
) -> Result<(), Failure> {
    // It was read before.
    let Ok(jwt) = Jwt::parse(token.expose_secret()) else {
        return Ok(());
    };
    let times = Times::of(&jwt.claims, SystemTime::now());
    let (step, differences) = subject_token::look(&jwt, &times, server.ahead, expected);
    let is_sent = !matches!(step.outcome, Outcome::Failed(_));
    report.add(step)?;
    let step = match &setup.pool {
        _ if !is_sent => Step::skipped(EXCHANGE, "the SDK would not send the subject token"),
        _ if !server.is_reached => Step::skipped(EXCHANGE, "the server was not reached"),
        None => Step::skipped(EXCHANGE, "the configuration is wrong"),
        Some(pool) => {
            let (client, lifetime) = (&setup.client, setup.lifetime);
            exchange::exchange(client, route, pool, lifetime, token.clone(), &differences).await
        }
    };
    report.add(step)
}
