//! `confluent-sts kafka-config`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sts_sdk::Secret;
use sts_sdk::auth::kafka::{Extensions, OidcSettings};

use crate::environment;
use crate::failure::Failure;
use crate::output::{deliver, print};
use crate::settings::{SettingOptions, Settings};
use crate::shown::shown;

/// Options of `confluent-sts kafka-config`.
#[derive(Args)]
#[command(after_long_help = WHOSE_ENDPOINT)]
pub(crate) struct Options {
    /// For which client
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Write them to FILE, with mode 0600, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingOptions,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// librdkafka 1.9 and later, and what is built on it: confluent-kafka for Python, Go and .NET, kcat
    #[default]
    Librdkafka,
    /// A properties file of Java clients, 4.0 and later
    Java,
    /// The settings of librdkafka as an object of JSON
    Json,
}

const BROKERS: &str = "bootstrap.servers";

const WHOSE_ENDPOINT: &str = "\
The client gets its tokens from the endpoint that CONFLUENT_ENDPOINT_TOKEN_URL, CONFLUENT_ENDPOINT_CLIENT_ID and
CONFLUENT_ENDPOINT_CLIENT_SECRET name, as `exec` and `serve` set them; without these, or with --token-url, from the
token_url of the settings, with their client. Several identity pools have commas between them; without one, all that match the token apply.";

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let settings = options.settings.resolve()?;
    if options.settings.explain {
        let endpoint = explained(Endpoint::of(&settings));
        print(&format!("{}{endpoint}\n", settings.explained()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = options.write.as_deref();
    settings.refuse_to_replace("--write", file, None)?;
    let mut extensions = Extensions::new(settings.pools()?);
    if let Some(cluster) = settings.look_up("CONFLUENT_STS_LOGICAL_CLUSTER") {
        extensions = extensions.logical_cluster(cluster.expose_secret())?;
    }
    let endpoint = Endpoint::of(&settings)?;
    // They would end the line, and the rest of it would be another setting.
    let texts = [
        Some(&*endpoint.url),
        Some(&*endpoint.client_id),
        Some(endpoint.client_secret.expose_secret()),
        endpoint.scope.as_deref(),
    ];
    if texts
        .iter()
        .flatten()
        .any(|text| text.contains(char::is_control))
    {
        return Err(Failure::usage(
            "the URL, the id, the secret or the scope of the Kafka client has a control character, which no file of \
             settings can hold; correct it",
        ));
    }
    let client = OidcSettings::new(
        endpoint.url,
        endpoint.client_id,
        endpoint.client_secret,
        extensions,
    );
    let client = match endpoint.scope {
        Some(scope) => client.scope(scope),
        None => client,
    };
    let text = formatted(&client, brokers(&settings)?.as_deref(), options.format);
    deliver(&text, file, "the client's secret")?;
    Ok(ExitCode::SUCCESS)
}

/// Where the Kafka client gets its tokens.
struct Endpoint {
    /// What names it.
    origin: &'static str,
    url: String,
    client_id: String,
    client_secret: Secret,
    scope: Option<String>,
}

/// A line that says where the Kafka client gets its tokens, and why there.
fn explained(endpoint: Result<Endpoint, Failure>) -> String {
    match endpoint {
        Ok(endpoint) => format!(
            "endpoint of the Kafka client: {}, with the client {} ({})",
            shown(&endpoint.url),
            shown(&endpoint.client_id),
            endpoint.origin
        ),
        Err(failure) => format!("endpoint of the Kafka client: none: {failure}"),
    }
}

impl Endpoint {
    /// The one that counts.
    fn of(settings: &Settings) -> Result<Self, Failure> {
        let of_environment = if settings.is_flag("CONFLUENT_STS_TOKEN_URL") {
            None
        } else {
            Self::of_environment()?
        };
        of_environment.map_or_else(|| Self::of_settings(settings), Ok)
    }

    /// The one that this command serves elsewhere.
    fn of_environment() -> Result<Option<Self>, Failure> {
        let names = [
            "CONFLUENT_ENDPOINT_TOKEN_URL",
            "CONFLUENT_ENDPOINT_CLIENT_ID",
            "CONFLUENT_ENDPOINT_CLIENT_SECRET",
        ];
        let [url, id, secret] = names.map(environment::variable);
        match [url?, id?, secret?] {
            [None, None, None] => Ok(None),
            [Some(url), Some(client_id), Some(client_secret)] => Ok(Some(Self {
                origin: "variables CONFLUENT_ENDPOINT_…",
                url,
                client_id,
                client_secret: Secret::from(client_secret),
                scope: None,
            })),
            some => {
                let missing = names.iter().zip(&some).filter(|(_, value)| value.is_none());
                let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
                Err(Failure::usage(format!(
                    "the endpoint for the Kafka client is named in part: {} is not set; set all of {}, or none",
                    missing.join(", "),
                    names.join(", ")
                )))
            }
        }
    }

    /// That of the identity provider.
    fn of_settings(settings: &Settings) -> Result<Self, Failure> {
        let text = |name: &str| {
            settings
                .look_up(name)
                .map(|value| value.expose_secret().to_owned())
        };
        let (url, client_id) = (
            text("CONFLUENT_STS_TOKEN_URL"),
            text("CONFLUENT_STS_CLIENT_ID"),
        );
        let (Some(url), Some(client_id), Some(client_secret)) =
            (url, client_id, settings.client_secret()?)
        else {
            return Err(Failure::usage(
                "there is no token endpoint for the Kafka client; run this beneath confluent-sts exec, or set the variables \
                 that confluent-sts serve --output shell prints, or token_url, client_id and client_secret_file",
            ));
        };
        Ok(Self {
            origin: "the settings token_url, client_id and client_secret",
            url,
            client_id,
            client_secret,
            scope: text("CONFLUENT_STS_SCOPE"),
        })
    }
}

/// The settings, beginning with the brokers, which the client's own settings do not have.
fn formatted(client: &OidcSettings, brokers: Option<&str>, format: Format) -> String {
    let line = brokers
        .map(|brokers| format!("{BROKERS}={brokers}\n"))
        .unwrap_or_default();
    match format {
        Format::Librdkafka => line + client.librdkafka().to_lines().expose_secret(),
        Format::Java => {
            let allowed = client.jvm_argument();
            let properties = client.java().to_properties();
            format!(
                "# The JVM needs {allowed}\n{line}{}",
                properties.expose_secret()
            )
        }
        Format::Json => {
            let own = brokers.map(|brokers| (BROKERS.to_owned(), brokers.into()));
            let settings = client.librdkafka();
            let pairs = settings.iter();
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.expose_secret().into()));
            let all: serde_json::Map<String, serde_json::Value> =
                own.into_iter().chain(pairs).collect();
            format!("{:#}\n", serde_json::Value::Object(all))
        }
    }
}

/// Host names and ports with commas between, which need no escape in any of the formats.
fn brokers(settings: &Settings) -> Result<Option<String>, Failure> {
    let Some(given) = settings.look_up("CONFLUENT_STS_BOOTSTRAP_SERVERS") else {
        return Ok(None);
    };
    let given = given.expose_secret();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:,[]/".contains(&byte);
    if given.bytes().all(is_part) {
        Ok(Some(given.to_owned()))
    } else {
        Err(Failure::usage(
            "the bootstrap servers are not HOST:PORT with commas between; correct bootstrap_servers",
        ))
    }
}
