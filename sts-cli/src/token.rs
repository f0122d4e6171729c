//! `confluent-sts token`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use clap::{Args, ValueEnum};
use serde_json::json;
use sts_sdk::Token;

use crate::failure::Failure;
use crate::output::{deliver, print};
use crate::progress;
use crate::runtime::block_on;
use crate::settings::SettingOptions;
use crate::shell;

/// Options of `confluent-sts token`.
#[derive(Args)]
pub(crate) struct Options {
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Write it to FILE, with mode 0600, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingOptions,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// The token alone
    #[default]
    Text,
    /// `access_token`, `token_type`, `expires_in` (seconds) and `expires_at` (seconds since 1970)
    Json,
    /// Lines NAME=VALUE, as files of variables have them: `CONFLUENT_ACCESS_TOKEN` and
    /// `CONFLUENT_ACCESS_TOKEN_EXPIRES_AT`
    Env,
    /// The same as commands of a shell, for `eval`
    Shell,
    /// The header `Authorization`, as `curl --header @-` takes it
    Header,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = options.settings.resolve()?;
    if options.settings.explain {
        print(&settings.explained())?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = options.write.as_deref();
    settings.refuse_to_replace("--write", file, None)?;
    let (tokens, source) = settings.provider()?;
    let waited_for = settings.waited_for(&source);
    let token = block_on(async { Ok(progress::during(&waited_for, tokens.token()).await?) })?;
    deliver(&formatted(&token, options.output), file, "a token")?;
    Ok(ExitCode::SUCCESS)
}

fn formatted(token: &Token, format: Format) -> String {
    let secret = token.secret().expose_secret();
    let expires_at = token
        .expires_at()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    match format {
        Format::Text => format!("{secret}\n"),
        Format::Json => {
            let json = json!({
                "access_token": secret,
                "token_type": "Bearer",
                "expires_in": token.lifetime().as_secs(),
                "expires_at": expires_at,
            });
            format!("{json}\n")
        }
        Format::Env => shell::assignments(&variables(secret, expires_at)),
        Format::Shell => shell::exports(&variables(secret, expires_at)),
        Format::Header => format!("Authorization: Bearer {secret}\n"),
    }
}

fn variables(secret: &str, expires_at: u64) -> [(&'static str, String); 2] {
    [
        ("CONFLUENT_ACCESS_TOKEN", secret.to_owned()),
        ("CONFLUENT_ACCESS_TOKEN_EXPIRES_AT", expires_at.to_string()),
    ]
}
