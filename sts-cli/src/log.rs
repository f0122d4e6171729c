//! What is logged to standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// Logs what this command does and, with `-v`, what the SDK does; more with `-vv`, and all with `-vvv`. None of it has a
/// token. A server logs its requests without being asked.
pub(crate) fn init(verbose: u8, is_server: bool) {
    let level = match verbose {
        0 if is_server => LevelFilter::OFF,
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let own = level.max(LevelFilter::INFO);
    let targets = Targets::new()
        .with_default(level)
        .with_target("confluent_sts", own);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let subscriber = tracing_subscriber::registry().with(targets).with(lines);
    // It is the first one.
    tracing::subscriber::set_global_default(subscriber).ok();
}
