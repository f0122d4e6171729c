//! Keeping the file fresh.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use clap::ValueEnum;
use rustix::process::Signal;
use sts_sdk::{Token, TokenProvider};
use tokio::time::timeout;

use super::token_file::TokenFile;
use crate::failure::Failure;
use crate::output::warn;

/// Longest sleep: one does not count the time that the machine was suspended, and a file that could not be written may be
/// written now.
const SLEEP: Duration = Duration::from_secs(10);

/// What tells a child that there is a new token.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RenewalSignal {
    #[value(name = "HUP", alias = "SIGHUP")]
    Hup,
    #[value(name = "USR1", alias = "SIGUSR1")]
    Usr1,
    #[value(name = "USR2", alias = "SIGUSR2")]
    Usr2,
}

impl From<RenewalSignal> for Signal {
    fn from(signal: RenewalSignal) -> Self {
        match signal {
            RenewalSignal::Hup => Self::HUP,
            RenewalSignal::Usr1 => Self::USR1,
            RenewalSignal::Usr2 => Self::USR2,
        }
    }
}

/// Puts each new token into `file`, which has `first`, and calls `renewed`. Where there is none in time, the file is
/// removed until there is.
pub(super) async fn renew(
    tokens: &TokenProvider,
    file: &TokenFile,
    first: &Token,
    renewed: impl Fn(),
) -> Infallible {
    let mut changes = tokens.changes();
    let mut written = Some(first.clone());
    loop {
        let next_look = written.as_ref().map_or(SLEEP, served_for).min(SLEEP);
        timeout(next_look, changes.next()).await.ok();
        let is_over = written
            .as_ref()
            .is_none_or(|token| served_for(token).is_zero());
        let tag = tokens.status().tag;
        if tag.is_some() && tag != written.as_ref().map(Token::tag) {
            match newest(tokens, file).await {
                Ok(token) => {
                    written = Some(token);
                    renewed();
                    continue;
                }
                Err(failure) => warn(&format!("the token is not renewed: {failure}")),
            }
        }
        if is_over && written.take().is_some() {
            file.remove()
                .unwrap_or_else(|failure| warn(&failure.to_string()));
            let why = tokens.status().last_error;
            let why = why.map(|error| format!(": {error}")).unwrap_or_default();
            warn(&format!(
                "the token has expired, and its file is gone until there is another{why}"
            ));
        }
    }
}

async fn newest(tokens: &TokenProvider, file: &TokenFile) -> Result<Token, Failure> {
    let token = tokens.token().await?;
    file.write(&token)?;
    Ok(token)
}

/// How long a provider would go on serving `token`.
fn served_for(token: &Token) -> Duration {
    let end = token.served_until();
    end.duration_since(SystemTime::now()).unwrap_or_default()
}
