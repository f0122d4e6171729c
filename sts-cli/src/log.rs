//! What `-v` says.

use tracing::level_filters::LevelFilter;

/// Sends what the SDK and this command log to standard error: warnings with `-v`, the steps with `-vv`, all with `-vvv`.
/// None of it has a token.
pub(crate) fn init(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .finish();
    // It is the first one.
    tracing::subscriber::set_global_default(subscriber).ok();
}
