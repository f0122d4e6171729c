//! The command.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use sts_emulator::Jwt;

use super::input;
use super::report::Report;
use super::signature::{self, Signature};
use crate::argument::Text;
use crate::failure::{Failure, Kind};
use crate::jwt::{Times, findings};
use crate::output::print;
use crate::runtime::block_on;
use crate::shown::shown;

/// Options of `confluent-sts inspect`.
#[derive(Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Options {
    /// The file that holds the token; standard input unless told, or `-`
    ///
    /// The token itself is never an argument, which every user of the machine can read.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Verify the signature with these keys, a JSON Web Key Set (RFC 7517): a file, or a URL of https, or of http on this
    /// machine
    #[arg(long, value_name = "FILE|URL", value_parser = Text)]
    jwks: Option<String>,
    /// What is printed
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the token was read and, with --jwks, its signature verified
  2  usage: an argument, or the file of keys
  3  the token cannot be read, or is no JWT
  4  the signature is by none of the keys, or what the server answered is no key set
  5  the server of the keys was not reached, or not in time";

/// Prints what a token says of itself, and never the token or its signature.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let token = input::read(options.file.as_deref())?;
    let jwt = Jwt::parse(token.expose_secret()).map_err(|why| {
        let why = format!(
            "this is no JWT: {why}; give one in its compact form, three parts with dots between"
        );
        Failure::new(Kind::Source, why)
    })?;
    let signature = match &options.jwks {
        None => Signature::NotVerified,
        Some(place) => {
            let keys = block_on(signature::keys(place))?;
            signature::verify(&jwt, &keys, &shown(place))
        }
    };
    let times = Times::of(&jwt.claims, SystemTime::now());
    let report = Report {
        unusual: findings(&jwt, &times),
        jwt: &jwt,
        times,
        signature: &signature,
    };
    print(&match options.output {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    })?;
    match signature {
        Signature::NotValid(why) => Err(Failure::new(
            Kind::Refused,
            format!(
                "the signature is not verified: {why}; check that the keys are those of the issuer"
            ),
        )),
        _ => Ok(ExitCode::SUCCESS),
    }
}
