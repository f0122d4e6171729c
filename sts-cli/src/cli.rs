//! The arguments that the command takes.

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::failure::ErrorFormat;
use crate::{completions, doctor, emulate, exec, header, inspect, kafka_config, man, serve, token};

/// Access tokens of Confluent Cloud without API keys
///
/// Exchanges the JWT that a workload has from its own identity provider for an access token of Confluent Cloud's
/// Security Token Service (RFC 8693).
#[derive(Parser)]
#[command(name = "confluent-sts", version, max_term_width = 100, after_long_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of all commands.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Global {
    /// How an error is written to standard error: as one line, or as one line of JSON
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) error_format: ErrorFormat,
    /// Say on standard error what is done; again for more. No token is ever part of it
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print an access token
    Token(token::Options),
    /// Run a program with a token that is renewed in time
    Exec(exec::Options),
    /// Be a token endpoint on loopback, from which any OAuth client gets and renews its token
    Serve(serve::Options),
    /// Print the headers that present a token to an API
    Header(header::Options),
    /// Print settings for Kafka clients
    KafkaConfig(kafka_config::Options),
    /// Say what a token says of itself
    ///
    /// Prints header and claims of a JWT with their times in words, and what is unusual about it; never the token or its
    /// signature.
    Inspect(inspect::Options),
    /// Try each step from the source to the exchange, and say what is wrong
    Doctor(doctor::Options),
    /// Run a local STS and identity provider to try things with
    Emulate(emulate::Options),
    /// Print the completions of a shell
    Completions(completions::Options),
    /// Print the manual page
    Man(man::Options),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  this machine: a file or standard output cannot be written, a port is taken
  2  usage: an argument, a variable or the configuration file
  3  the source gave no subject token
  4  the server answered, and not with a token
  5  the server was not reached, or not in time";
