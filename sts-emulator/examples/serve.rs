//! An emulator to try with curl and a browser, until it is interrupted.
//!
//! ```sh
//! cargo run -p sts-emulator --example serve                        # on 127.0.0.1:8080
//! cargo run -p sts-emulator --example serve -- emulator.toml       # as a file of configuration says
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use sts_emulator::{Builder, EmulatorError, StsEmulator};

#[tokio::main]
async fn main() -> ExitCode {
    let file = std::env::args().nth(1);
    match start(file.as_deref()).await {
        Ok(emulator) => {
            let url = emulator.url();
            if emulator.is_remote() {
                eprintln!(
                    "WARNING: other machines can get at {}, have it issue tokens, and have it fail",
                    emulator.address()
                );
            }
            println!("listening at {url}");
            println!("a page for people: {url}/");
            tokio::signal::ctrl_c().await.ok();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(file: Option<&str>) -> Result<StsEmulator, EmulatorError> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    match file {
        None => StsEmulator::builder().listen(usual).start().await,
        Some(file) => Builder::from_file(file)?.start().await,
    }
}
