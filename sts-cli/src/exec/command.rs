//! The command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap::builder::TypedValueParser;

use super::child::Child;
use super::init;
use super::renewal::{RenewalSignal, renew};
use super::signals::Signals;
use super::terminal;
use super::token_file::TokenFile;
use crate::argument::Text;
use crate::failure::Failure;
use crate::output::print;
use crate::progress;
use crate::runtime::block_on;
use crate::serve::{self, Endpoint, bind, serve};
use crate::settings::SettingOptions;

/// Options of `confluent-sts exec`.
#[derive(Args)]
#[command(after_long_help = WHAT_THE_CHILD_GETS)]
pub(crate) struct Options {
    /// Put the token into this variable of the child as well. It is the first token and is not renewed: it expires while
    /// the child runs
    #[arg(long, value_name = "NAME", value_parser = Text.try_map(variable_name))]
    env: Vec<String>,
    /// Keep the token in FILE, instead of a file in a folder of its own
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Send this signal to the child whenever the file has a new token
    #[arg(long, value_enum, value_name = "SIGNAL")]
    renewal_signal: Option<RenewalSignal>,
    #[command(flatten)]
    settings: SettingOptions,
    /// The program and its arguments
    #[arg(
        last = true,
        required_unless_present = "explain",
        value_name = "PROGRAM"
    )]
    program: Vec<OsString>,
}

const WHAT_THE_CHILD_GETS: &str = "\
Variables of the child:
  CONFLUENT_ACCESS_TOKEN_FILE         the file that holds the access token. It is replaced minutes before the token
                                      expires (mode 0600, never a part of a token), and gone while no valid one is to
                                      be had, and when the child has ended
  CONFLUENT_ENDPOINT_TOKEN_URL        the token endpoint of `serve`, for the external token
  CONFLUENT_ENDPOINT_ACCESS_TOKEN_URL the same for the access token
  CONFLUENT_ENDPOINT_CLIENT_ID, CONFLUENT_ENDPOINT_CLIENT_SECRET
                                      the client that may ask, for as long as the child runs

Signals: on a terminal's foreground the child stays there, and what the terminal sends (Ctrl-C) reaches it without help;
SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 are passed on to it. Otherwise it leads a group of processes of its own, to all of which
SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are passed on.

As the first process of a container, or a subreaper, exec waits for processes whose parents have ended, and runs itself once
more for that.

One that asks to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT) before there is a token ends exec, without a child.

Exit code: the child's, 128+N if signal N ended it or exec before it, 126 if it cannot be run, 127 if there is no such program.";

fn variable_name(name: String) -> Result<String, &'static str> {
    if name.contains('=') {
        return Err("a variable's name has no '='");
    }
    Ok(name)
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    if options.settings.explain {
        print(&options.settings.resolve()?.explained())?;
        return Ok(ExitCode::SUCCESS);
    }
    if options.program.first().is_some_and(|name| name.is_empty()) {
        return Err(Failure::usage(
            "the name of the program to run is empty; give one after --",
        ));
    }
    if init::adopts()
        && let Some(code) = init::run()?
    {
        return Ok(code);
    }
    block_on(async {
        // Before all that takes time: none of these is to end this process before there is a child.
        let on_terminal = terminal::is_foreground();
        let mut signals = Signals::new(on_terminal)?;
        let settings = options.settings.resolve()?;
        // All that is missing is said at once.
        let (tokens, source) = settings.provider()?;
        let waited_for = settings.waited_for(&source);
        let external = settings.external_provider_of(source)?;
        let client = serve::Client::random()?;
        let file = options.file.as_deref();
        settings.refuse_to_replace("--file", file, None)?;
        let file = TokenFile::new(file)?;
        let first = async {
            tokio::select! {
                token = tokens.token() => Ok(token),
                signal = signals.ending() => Err(signal),
            }
        };
        let token = match progress::during(&waited_for, first).await {
            Ok(token) => token?,
            // As shells have it.
            Err(signal) => {
                let code = u8::try_from(128 + signal.as_raw()).unwrap_or(1);
                return Ok(ExitCode::from(code));
            }
        };
        file.write(&token)?;
        let (listener, address) = bind(([127, 0, 0, 1], 0).into()).await?;
        let endpoint = Arc::new(Endpoint::new(client, external, Some(tokens.clone())));
        let mut variables: Vec<(&str, OsString)> = Vec::new();
        for (name, value) in serve::variables(&endpoint.place(address)) {
            variables.push((name, value.into()));
        }
        variables.push(("CONFLUENT_ACCESS_TOKEN_FILE", file.path().into()));
        for name in &options.env {
            variables.push((name, token.secret().expose_secret().into()));
        }
        let mut child = Child::start(&options.program, &variables, on_terminal)?;
        let handle = child.handle();
        let renewed = || {
            if let Some(signal) = options.renewal_signal {
                handle.send(signal.into());
            }
        };
        let _keep_fresh = tokens.keep_fresh()?;
        tokio::select! {
            status = child.wait() => status,
            never = signals.pass_on(&handle) => match never {},
            never = renew(&tokens, &file, &token, renewed) => match never {},
            never = serve(listener, endpoint) => match never {},
        }
    })
}
