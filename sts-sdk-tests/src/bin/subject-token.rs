//! Asks a source of subject tokens once, as a process whose environment is a platform's, and prints what came of it:
//! `token …`, `transient …` or `permanent …`. Before the source may stand, in this order, `logged`, which writes all that is
//! logged to standard error; `twice`; and `until`, which adds the end of the token in seconds since 1970. Or makes one exchange,
//! or has a provider make it.

use std::error::Error;
use std::fmt::Debug;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sts_sdk::reqwest;
use sts_sdk::subject_token::{
    self, AzurePipelines, ClientCredentials, Command, EnvironmentVariable, GitHubActions,
    GoogleMetadata, HttpToken, HttpValue, ManagedIdentity, PrivateKey, StaticToken,
    SubjectTokenSource,
};
use sts_sdk::testing::{self, FakeSts, ManualClock};
use sts_sdk::{BuildError, Client, Secret, TokenExchangeRequest, TokenProvider, settings};
use sts_sdk_tests::JWT;

/// A source that can be printed, as each of this crate can.
trait Source: SubjectTokenSource + Debug {}
impl<S: SubjectTokenSource + Debug> Source for S {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut is_first = |word| {
        let is_there = arguments.first() == Some(&word);
        arguments.drain(..usize::from(is_there));
        is_there
    };
    if is_first("logged") {
        log();
    }
    let (times, until) = (1 + u8::from(is_first("twice")), is_first("until"));
    match arguments[..] {
        ["chosen"] => match subject_token::from_env() {
            Ok(source) => println!("{source}"),
            Err(error) => println!("not built: {error}"),
        },
        ["provider"] => provider(TokenProvider::from_env()).await,
        ["plain-provider"] => {
            let builder = TokenProvider::builder()
                .identity_pool_id("pool")
                .subject_token(StaticToken::new(JWT));
            provider(builder.build()).await;
        }
        ["exchange", url, address, ref options @ ..] => match exchange(url, address, options).await
        {
            Ok(()) => println!("exchanged"),
            Err(error) => println!("{error}"),
        },
        ["written", url, ref options @ ..] => match written(url, options).await {
            Ok(count) => println!("{count}"),
            Err(error) => println!("{error}"),
        },
        ["traced-provider"] => {
            log();
            let builder = TokenProvider::builder().settings(settings::environment);
            // Nobody waits for another attempt.
            provider(builder.and_then(|builder| builder.max_retries(0).build())).await;
        }
        ["until-interrupted", ref arguments @ ..] => until_interrupted(arguments).await,
        #[cfg(feature = "aws")]
        ["aws-and-copy-of-profile", profile, ref options @ ..] => {
            let source = aws(options);
            println!("{}", ask(&source, false).await);
            println!("{}", ask(&source.profile(profile), false).await);
        }
        ["retried", ref arguments @ ..] => retried(arguments).await,
        ["faults", count, ref arguments @ ..] => faults(count, arguments).await,
        _ => {
            if let Some(source) = source(&arguments) {
                for _ in 0..times {
                    println!("{}", ask(&*source, until).await);
                }
            }
        }
    }
    ExitCode::SUCCESS
}

/// The source that the arguments name. Why there is none is printed.
fn source(arguments: &[&str]) -> Option<Arc<dyn Source>> {
    let made: Result<Arc<dyn Source>, BuildError> = match *arguments {
        #[cfg(feature = "aws")]
        ["aws", ref options @ ..] => Ok(Arc::new(aws(options))),
        ["azure-pipelines", connection] => Ok(Arc::new(AzurePipelines::new(connection))),
        ["azure-workload-identity", scope] => {
            ClientCredentials::azure_workload_identity(scope).map(|source| Arc::new(source) as _)
        }
        ["client-credentials", url, how, secret] => {
            let source = ClientCredentials::new(url, "my-client");
            Ok(Arc::new(match how {
                "assertion" => source.client_assertion(StaticToken::new(secret)),
                "key" => source.private_key(PrivateKey::file(secret)),
                "body" => source.client_secret(secret).secret_in_body(),
                _ => source.client_secret(secret),
            }))
        }
        ["command", script] => Ok(Arc::new(Command::new("/bin/sh").args(["-c", script]))),
        ["github", audience] => Ok(Arc::new(GitHubActions::new(audience))),
        ["github", audience, "proxy", proxy] => Ok(Arc::new(
            GitHubActions::new(audience).http_client(through(proxy)),
        )),
        ["azure-pipelines", connection, "proxy", proxy] => Ok(Arc::new(
            AzurePipelines::new(connection).http_client(through(proxy)),
        )),
        ["google", audience] => Ok(Arc::new(GoogleMetadata::new(audience))),
        ["http-token", url, key] => Ok(Arc::new(
            HttpToken::post(url)
                .header("authorization", HttpValue::variable(key).prefix("Key "))
                .body("text/plain", HttpValue::variable(key))
                .token_at("/token"),
        )),
        ["managed-identity", resource] => Ok(Arc::new(ManagedIdentity::new(resource))),
        ["managed-identity", resource, "client-id", id] => {
            Ok(Arc::new(ManagedIdentity::new(resource).client_id(id)))
        }
        ["managed-identity", resource, "object-id", id] => {
            Ok(Arc::new(ManagedIdentity::new(resource).object_id(id)))
        }
        ["managed-identity", resource, "resource-id", id] => {
            Ok(Arc::new(ManagedIdentity::new(resource).resource_id(id)))
        }
        ["managed-identity", resource, "arc-keys", folder] => {
            let source = ManagedIdentity::new(resource);
            Ok(Arc::new(source.arc_key_folder(folder)))
        }
        #[cfg(feature = "spiffe")]
        ["spiffe", audience] => Ok(Arc::new(subject_token::Spiffe::new(audience))),
        ["variable", name] => Ok(Arc::new(EnvironmentVariable::new(name))),
        ["vault", role] => Ok(Arc::new(HttpToken::vault(role))),
        _ => {
            println!("no such source");
            return None;
        }
    };
    made.map_err(|error| println!("not built: {error}")).ok()
}

/// Sends all requests through the proxy at `url`.
fn through(
    url: &str,
) -> impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + use<> {
    let url = url.to_owned();
    move |builder| match reqwest::Proxy::all(&url) {
        Ok(proxy) => builder.proxy(proxy),
        Err(_) => builder,
    }
}

async fn ask(source: &dyn Source, until: bool) -> String {
    match source.subject_token().await {
        Ok(token) if until => {
            let end = token.expires_at();
            let end = end.and_then(|end| end.duration_since(SystemTime::UNIX_EPOCH).ok());
            let end = end.map_or_else(|| "no end".to_owned(), |end| end.as_secs().to_string());
            format!("token {} until {end}", token.secret().expose_secret())
        }
        Ok(token) => format!("token {}", token.secret().expose_secret()),
        Err(error) => {
            let kind = if error.is_transient() {
                "transient"
            } else {
                "permanent"
            };
            let wait = error.retry_after().map(|wait| format!("({wait:?})"));
            format!("{kind}{} {error}", wait.unwrap_or_default())
        }
    }
}

/// Writes all that is logged to standard error.
fn log() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}

/// What a provider gives.
async fn provider(tokens: Result<TokenProvider, BuildError>) {
    match tokens {
        Ok(tokens) => match tokens.token().await {
            Ok(token) => println!("token {}", token.secret().expose_secret()),
            Err(error) => println!("{error}"),
        },
        Err(error) => println!("not built: {error}"),
    }
}

/// One exchange with the server at `url`, whose host has this `address` for whoever asks no proxy.
async fn exchange(url: &str, address: &str, options: &[&str]) -> Result<(), Box<dyn Error>> {
    let address = address.parse()?;
    let builder = Client::builder()
        .base_url(url)
        .allow_http()
        .http_client(move |builder| builder.resolve("sts.example.com", address));
    let builder = match *options {
        [] => builder,
        ["no-proxy"] => builder.no_proxy(),
        // In place of the options above.
        ["verbose"] => builder.http_client(move |builder| {
            let builder = builder.resolve("sts.example.com", address);
            builder.connection_verbose(true)
        }),
        ["roots", file] => builder.root_certificates(std::fs::read(file)?),
        _ => return Err("no such option".into()),
    };
    let request = TokenExchangeRequest::builder();
    let request = request.identity_pool_id("pool").subject_token(JWT);
    builder.build()?.exchange(request).await?;
    Ok(())
}

/// Has a provider make two exchanges: how many variables and arguments of this process hold one of the tokens after that.
/// As a control, the access token is written to a file if one is named.
async fn written(url: &str, options: &[&str]) -> Result<usize, Box<dyn Error>> {
    let tokens = TokenProvider::builder()
        .base_url(url)
        .identity_pool_id("pool")
        .subject_token(StaticToken::new(JWT))
        .build()?;
    tokens.token().await?;
    let token = tokens.refresh().await?;
    let token = token.secret().expose_secret();
    if let [file, ..] = options {
        std::fs::write(file, token)?;
    }
    let texts = std::env::vars_os()
        .map(|(_, value)| value)
        .chain(std::env::args_os());
    let texts = texts.map(|text| text.to_string_lossy().into_owned());
    Ok(texts
        .filter(|text| [JWT, token].iter().any(|token| text.contains(token)))
        .count())
}

/// Stops waiting for the source when this process is interrupted.
async fn until_interrupted(arguments: &[&str]) {
    let Some(source) = source(arguments) else {
        return;
    };
    tokio::select! {
        // Listens before the program starts, which says when it may be interrupted.
        biased;
        _ = tokio::signal::ctrl_c() => println!("interrupted"),
        said = ask(&*source, false) => println!("{said}"),
    }
}

/// What a provider makes of it on a clock that jumps from one attempt to the next: the subject token that it exchanges.
async fn retried(arguments: &[&str]) {
    let Some(source) = source(arguments) else {
        return;
    };
    let clock = ManualClock::default();
    let sts = FakeSts::new(sts_sdk_tests::token);
    let builder = sts.provider().clock(clock.clone()).subject_token(source);
    let tokens = match builder.build() {
        Ok(tokens) => tokens,
        Err(error) => return println!("not built: {error}"),
    };
    let jumping = async {
        loop {
            clock.advance(testing::until_retry(&tokens).await);
        }
    };
    tokio::select! {
        asked = tokens.token() => match asked {
            Ok(_) => {
                let sent = sts.last_request().map(|request| request.subject_token);
                println!("token {}", sent.as_ref().map_or("", Secret::expose_secret));
            }
            Err(error) => println!("{error}"),
        },
        () = jumping => {}
    }
}

/// Asks `count` times, and then once by a provider whose deadline passes. Whatever can be printed or logged is.
async fn faults(count: &str, arguments: &[&str]) {
    log();
    let Some(source) = source(arguments) else {
        return;
    };
    for _ in 0..count.parse().unwrap_or(0) {
        println!("{}", ask(&*source, false).await);
        eprintln!("{source:?} {source:#?} {}", source.describe());
    }
    let clock = ManualClock::default();
    let sts = FakeSts::new(|_| sts_sdk::testing::Answer::status(500));
    let tokens = sts.provider().clock(clock.clone()).max_retries(0);
    let tokens = tokens.subject_token(source).name("a test").build();
    let tokens = match tokens {
        Ok(tokens) => tokens,
        Err(error) => return println!("not built: {error}"),
    };
    let waiting = tokens.token();
    tokio::pin!(waiting);
    let error = loop {
        tokio::select! {
            biased;
            token = &mut waiting => break token.err(),
            () = clock.until_waiting(1) => clock.advance(Duration::from_secs(10)),
        }
    };
    if let Some(error) = error {
        println!("{error}");
        eprintln!("{error:?} {error:#?}");
    }
    eprintln!("{tokens:?} {:?}", tokens.status());
}

/// `audience A`, any number of times, `lifetime SECONDS`, `region R`, `profile P`, `endpoint URL` and `es384 -`.
#[cfg(feature = "aws")]
fn aws(options: &[&str]) -> subject_token::AwsWebIdentity {
    use subject_token::{AwsSigningAlgorithm, AwsWebIdentity};

    let mut source: Option<AwsWebIdentity> = None;
    for option in options.chunks_exact(2) {
        let (name, value) = (option[0], option[1]);
        source = Some(match source {
            None => AwsWebIdentity::new(value),
            Some(source) => match name {
                "audience" => source.audience(value),
                "lifetime" => {
                    source.lifetime(Duration::from_secs_f64(value.parse().unwrap_or(0.0)))
                }
                "region" => source.region(value),
                "profile" => source.profile(value),
                "endpoint" => source.endpoint(value),
                "proxy" => source.http_client(through(value)),
                _ => source.signing_algorithm(AwsSigningAlgorithm::Es384),
            },
        });
    }
    source.unwrap_or_else(|| AwsWebIdentity::new(""))
}
