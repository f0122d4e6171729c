//! `confluent-sts token`.

use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use clap::{Args, ValueEnum};
use serde_json::json;
use sts_sdk::Token;

use crate::failure::Failure;
use crate::output::{print, warn_of_credential};
use crate::runtime::block_on;
use crate::settings::SettingOptions;

/// The variable that `env` and `shell` set.
const VARIABLE: &str = "CONFLUENT_ACCESS_TOKEN";

/// Options of `confluent-sts token`.
#[derive(Args)]
pub(crate) struct Options {
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
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
    let tokens = settings.provider()?;
    let token = block_on(async { Ok(tokens.token().await?) })?;
    warn_of_credential("a token");
    print(&formatted(&token, options.output))?;
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
        Format::Env => format!("{VARIABLE}={secret}\n{VARIABLE}_EXPIRES_AT={expires_at}\n"),
        // A token has visible characters, of which only this one means something within quotes.
        Format::Shell => {
            let quoted = secret.replace('\'', r"'\''");
            format!("export {VARIABLE}='{quoted}'\nexport {VARIABLE}_EXPIRES_AT={expires_at}\n")
        }
        Format::Header => format!("Authorization: Bearer {secret}\n"),
    }
}
