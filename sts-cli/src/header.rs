//! `confluent-sts header`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output::{deliver, print};
use crate::progress;
use crate::runtime::block_on;
use crate::settings::{SettingOptions, Settings};

/// Options of `confluent-sts header`.
#[derive(Args)]
pub(crate) struct Options {
    /// The API that is called
    #[arg(long = "for", value_enum, default_value_t, value_name = "API")]
    api: Api,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    #[command(flatten)]
    settings: SettingOptions,
}

/// What an API takes.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Api {
    /// Confluent Cloud's control plane: the access token
    #[default]
    ControlPlane,
    /// Kafka REST: the external token and `Confluent-Identity-Pool-Id`
    KafkaRest,
    /// Schema Registry and Catalog: the same, and `target-sr-cluster`
    SchemaRegistry,
    /// Flink: the external token and `Confluent-Identity-Pool-Id`
    Flink,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A line for each, as `curl --header @-` takes them
    #[default]
    Text,
    /// An object of JSON
    Json,
}

type Header = (&'static str, String);

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = options.settings.resolve()?;
    if options.settings.explain {
        print(&settings.explained())?;
        return Ok(ExitCode::SUCCESS);
    }
    let headers = match options.api {
        Api::ControlPlane => control_plane(&settings)?,
        api => data_plane(&settings, api)?,
    };
    let text = match options.output {
        Format::Text => {
            let lines = headers.iter().map(|(name, value)| {
                [
                    name, ": ", value, "
",
                ]
                .concat()
            });
            lines.collect::<Vec<String>>().concat()
        }
        Format::Json => {
            let all = headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Value::from(value)));
            format!("{}\n", Value::Object(all.collect::<Map<String, Value>>()))
        }
    };
    deliver(&text, None, "a token")?;
    Ok(ExitCode::SUCCESS)
}

fn control_plane(settings: &Settings) -> Result<Vec<Header>, Failure> {
    let (tokens, source) = settings.provider()?;
    let waited_for = settings.waited_for(&source);
    let token = block_on(async { Ok(progress::during(&waited_for, tokens.token()).await?) })?;
    Ok(vec![authorization(token.secret().expose_secret())])
}

fn data_plane(settings: &Settings, api: Api) -> Result<Vec<Header>, Failure> {
    let pools = settings.pools()?.value();
    let cluster = (api == Api::SchemaRegistry)
        .then(|| schema_registry(settings))
        .transpose()?;
    let source = settings.source()?;
    let waited_for = format!("a token ({})", source.name());
    let tokens = settings.external_provider_of(source)?;
    let token = block_on(async { Ok(progress::during(&waited_for, tokens.token()).await?) })?;
    let mut headers = vec![authorization(token.secret().expose_secret())];
    headers.extend(pools.map(|pools| ("Confluent-Identity-Pool-Id", pools)));
    headers.extend(cluster.map(|cluster| ("target-sr-cluster", cluster)));
    Ok(headers)
}

fn authorization(token: &str) -> Header {
    ("Authorization", format!("Bearer {token}"))
}

fn schema_registry(settings: &Settings) -> Result<String, Failure> {
    let cluster = settings.look_up("CONFLUENT_STS_SCHEMA_REGISTRY");
    let cluster = cluster.filter(|id| {
        let id = id.expose_secret();
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !id.starts_with("eyJ")
    });
    cluster.map(|id| id.expose_secret().to_owned()).ok_or_else(|| {
        Failure::usage(
            "the Schema Registry cluster is not set, or is no id; set --schema-registry or CONFLUENT_STS_SCHEMA_REGISTRY to \
             one such as lsrc-123",
        )
    })
}
