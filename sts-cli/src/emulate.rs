//! `confluent-sts emulate`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sts_emulator::{Builder, EmulatorError, StsEmulator};

use crate::ended::ended;
use crate::failure::Failure;
use crate::output::{print, warn};
use crate::runtime::block_on;

/// Options of `confluent-sts emulate`.
#[derive(Args)]
pub(crate) struct Options {
    /// A file of configuration of the emulator, in TOML
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Where to listen; port 0 is a free one [default: 127.0.0.1:8080, or what FILE says]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    block_on(async {
        let ended = ended()?;
        let emulator = start(options).await;
        let emulator = emulator.map_err(|error| failure(&error))?;
        let url = emulator.url();
        if emulator.is_remote() {
            let address = emulator.address();
            warn(&format!(
                "other machines can get at {address}, have it issue tokens, and have it fail"
            ));
        }
        print(&format!("listening at {url}\na page for people: {url}/\n"))?;
        ended.await;
        Ok(ExitCode::SUCCESS)
    })
}

fn failure(error: &EmulatorError) -> Failure {
    if error.is_address() {
        let todo = "give another address with --listen; port 0 is a free one";
        return Failure::local(format!("{error}; {todo}"));
    }
    Failure::usage(error.to_string())
}

async fn start(options: &Options) -> Result<StsEmulator, EmulatorError> {
    let builder = match &options.file {
        Some(file) => Builder::from_file(file)?,
        None => StsEmulator::builder().listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))),
    };
    let builder = match options.listen {
        Some(address) => builder.listen(address),
        None => builder,
    };
    builder.start().await
}
