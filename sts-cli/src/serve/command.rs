//! The command.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::client::Client;
use super::endpoint::{Endpoint, Place};
use super::listener::{bind, serve};
use super::variables::variables;
use crate::ended::ended;
use crate::failure::Failure;
use crate::output::{deliver, print};
use crate::progress;
use crate::runtime::block_on;
use crate::settings::SettingOptions;
use crate::shell;

/// Options of `confluent-sts serve`.
#[derive(Args)]
#[command(after_long_help = SAFETY)]
pub(crate) struct Options {
    /// Where to listen: an address of loopback; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))]
    listen: SocketAddr,
    /// The id of the client that may ask; a random one unless told
    #[arg(long, value_name = "ID")]
    endpoint_client_id: Option<String>,
    /// The file that holds the client's secret; a random one unless told [variable, of the secret itself:
    /// `CONFLUENT_STS_ENDPOINT_CLIENT_SECRET`]
    #[arg(long, value_name = "FILE")]
    endpoint_client_secret_file: Option<PathBuf>,
    /// How to print where it is, with the client's id and secret
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Write that to FILE, with mode 0600, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingOptions,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// `token_url`, `access_token_url`, `client_id` and `client_secret`
    Json,
    /// Lines NAME=VALUE, as files of variables have them; the names are those that `exec` sets
    Env,
    /// The same as commands of a shell, for `eval`
    Shell,
}

const SAFETY: &str = "\
Endpoints:
  POST /token      the external token, for the grant client_credentials: what Terraform, librdkafka and clients of
                   Schema Registry ask for
  POST /sts/token  the access token of STS, for the same
  GET /healthz     200 while it runs

A token is fetched anew when less than nine tenths of its life are left, at most once in 10 s.

What another user of this machine could do: connect to the port, for loopback is open to all users, and try secrets; and
hold up the endpoint with many connections, for of more than 64 at a time the oldest is closed. A random secret has 256
bits; one that is given has 16 characters at least, and comparing takes the same time for every wrong one. You and root
can read the secret in the memory and the environment of processes that have it, and in the file that --write makes
(mode 0600). A program that takes the port after this one has ended gets the secret from clients that go on asking: end
them first, and leave port and secret to chance. Requests under a name that is not one of loopback are refused, so that
no page in a browser gets here.";

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = options.settings.resolve()?;
    if options.settings.explain {
        print(&settings.explained())?;
        return Ok(ExitCode::SUCCESS);
    }
    let secret_file = options.endpoint_client_secret_file.as_deref();
    let write = options.write.as_deref();
    let secret_is_of = secret_file.map(|file| ("--endpoint-client-secret-file", file));
    settings.refuse_to_replace("--write", write, secret_is_of)?;
    let id = options.endpoint_client_id.as_deref();
    let client = Client::new(id, secret_file)?;
    let source = settings.source()?;
    let waited_for = format!("a token ({})", source.name());
    let access = settings.provider_of(source.clone())?;
    let external = settings.external_provider_of(source)?;
    block_on(async {
        let mut ended = pin!(ended()?);
        let (listener, address) = bind(options.listen).await?;
        // Before anybody is told that there is an endpoint.
        let first = async {
            tokio::select! {
                outcome = external.warm_up() => Some(outcome),
                () = &mut ended => None,
            }
        };
        match progress::during(&waited_for, first).await {
            Some(outcome) => outcome?,
            None => return Ok(ExitCode::SUCCESS),
        }
        let endpoint = Arc::new(Endpoint::new(client, external, access));
        let text = formatted(&endpoint.place(address), options.output);
        deliver(&text, write, "the client's secret")?;
        tokio::select! {
            never = serve(listener, endpoint) => match never {},
            () = ended => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn formatted(place: &Place<'_>, format: Format) -> String {
    let (id, secret) = (&place.client.id, place.client.secret.expose_secret());
    match format {
        Format::Text => {
            let access = place.access_token_url();
            let access = access.map(|url| format!("access tokens of STS: {url}\n"));
            format!(
                "token endpoint: {}\n{}client id: {id}\nclient secret: {secret}\n",
                place.token_url(),
                access.unwrap_or_default()
            )
        }
        Format::Json => {
            let json = json!({
                "token_url": place.token_url(),
                "access_token_url": place.access_token_url(),
                "client_id": id,
                "client_secret": secret,
            });
            format!("{json}\n")
        }
        Format::Env => shell::assignments(&variables(place)),
        Format::Shell => shell::exports(&variables(place)),
    }
}
