//! The file of configuration.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::settings::Settings;
use crate::client::Client;
use crate::error::EmulatorError;
use crate::faults::Fault;
use crate::identity::{Directory, IdentityPool, IdentityProvider, Refused};
use crate::jwt::{Algorithm, KeyRing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    allow_remote: Option<bool>,
    public_url: Option<String>,
    #[serde(default)]
    allowed_hosts: Vec<String>,
    trust_any_jwt: Option<bool>,
    leeway_seconds: Option<u32>,
    signing_algorithm: Option<Algorithm>,
    #[serde(default)]
    audiences: Vec<String>,
    rate_limit: Option<RateLimit>,
    limits: Option<Limits>,
    #[serde(default)]
    identity_provider: Vec<Provider>,
    #[serde(default)]
    identity_pool: Vec<Pool>,
    #[serde(default)]
    client: Vec<ClientEntry>,
    #[serde(default)]
    fault: Vec<Spanned<Fault>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    requests: Spanned<u32>,
    window_seconds: Spanned<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    kept_requests: Option<usize>,
    body_bytes: Option<usize>,
    time_seconds: Option<u32>,
    connections: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    issuer: Spanned<String>,
    jwks_url: Option<Spanned<String>>,
    jwks_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    audiences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pool {
    id: Spanned<String>,
    identity_provider: Option<Spanned<String>>,
    identity_claim: Option<Spanned<String>>,
    filter: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientEntry {
    id: String,
    secret: String,
}

/// More than any file of configuration has, in bytes.
const LONGEST: u64 = 1 << 20;

/// Reads a file of configuration.
pub(super) fn read_file(file: &Path) -> Result<Settings, EmulatorError> {
    let name = file.display().to_string();
    let text = whole(file);
    let text =
        text.map_err(|error| EmulatorError::new(format!("{name}: cannot be read: {error}")))?;
    read(&text, &name, file.parent().unwrap_or(Path::new("")))
}

/// The text in `file`, of at most 1 MiB.
fn whole(file: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    std::fs::File::open(file)?
        .take(LONGEST + 1)
        .read_to_end(&mut text)?;
    if text.len() as u64 > LONGEST {
        let why = format!("it has more than {LONGEST} bytes");
        return Err(io::Error::other(why));
    }
    String::from_utf8(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// A place in the text.
type Span = Range<usize>;

/// Reads the text of a file of configuration called `name`, in `folder`.
pub(super) fn read(text: &str, name: &str, folder: &Path) -> Result<Settings, EmulatorError> {
    let settings = settings(text, folder);
    settings.map_err(|(span, why)| {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.split('\n').count();
        EmulatorError::new(format!("{name}: line {line}: {why}"))
    })
}

/// What the text says, or what is wrong with it, and where.
fn settings(text: &str, folder: &Path) -> Result<Settings, (Span, String)> {
    let file: File = toml::from_str(text)
        .map_err(|error| (error.span().unwrap_or_default(), error.message().to_owned()))?;
    let mut settings = Settings {
        public_url: file.public_url,
        allowed_hosts: file.allowed_hosts,
        trust_any_jwt: file.trust_any_jwt.unwrap_or(false),
        leeway: file.leeway_seconds.unwrap_or(0),
        algorithm: file.signing_algorithm.unwrap_or_default(),
        audiences: file.audiences,
        allow_remote: file.allow_remote.unwrap_or(false),
        ..Settings::default()
    };
    settings.listen = file.listen.unwrap_or(settings.listen);
    directory(
        &mut settings,
        file.identity_provider,
        file.identity_pool,
        folder,
    )?;
    for fault in file.fault {
        fault.get_ref().check().map_err(|why| (fault.span(), why))?;
        settings.faults.push(fault.into_inner());
    }
    if let Some(RateLimit {
        requests,
        window_seconds,
    }) = file.rate_limit
    {
        for number in [&requests, &window_seconds] {
            if *number.get_ref() == 0 {
                return Err((number.span(), "a rate limit counts from 1".to_owned()));
            }
        }
        settings.rate_limit = Some((requests.into_inner(), window_seconds.into_inner()));
    }
    if let Some(limits) = file.limits {
        settings.kept_requests = limits.kept_requests.unwrap_or(settings.kept_requests);
        settings.body_limit = limits.body_bytes.unwrap_or(settings.body_limit);
        settings.connections = limits.connections.unwrap_or(settings.connections).max(1);
        let time = limits
            .time_seconds
            .map(|seconds| Duration::from_secs(seconds.into()));
        settings.time_limit = time.unwrap_or(settings.time_limit);
    }
    let client = |client: ClientEntry| Client::new(client.id, client.secret);
    settings.clients = file.client.into_iter().map(client).collect();
    Ok(settings)
}

/// Takes identity providers and pools into the settings. What a directory does not take is told with its line, and not
/// only at the start.
fn directory(
    settings: &mut Settings,
    providers: Vec<Provider>,
    pools: Vec<Pool>,
    folder: &Path,
) -> Result<(), (Span, String)> {
    let (mut of_providers, mut of_pools) = (Vec::new(), Vec::new());
    for entry in providers {
        let mut span = entry.issuer.span();
        let mut provider = IdentityProvider::new(entry.issuer.into_inner());
        match (entry.jwks_url, entry.jwks_file) {
            (Some(_), Some(file)) => {
                let why = "an identity provider has jwks_url or jwks_file, not both";
                return Err((file.span(), why.to_owned()));
            }
            (Some(url), None) => {
                span = url.span();
                provider = provider.jwks_url(url.into_inner());
            }
            (None, Some(file)) => {
                span = file.span();
                provider = provider.jwks_file(folder.join(file.into_inner()));
            }
            (None, None) => {}
        }
        provider.audiences = entry.audiences;
        settings.providers.push(provider);
        of_providers.push(span);
    }
    for entry in pools {
        let id = entry.id.span();
        let span = |other: Option<&Spanned<String>>| other.map_or(id.clone(), Spanned::span);
        of_pools.push([
            id.clone(),
            span(entry.identity_provider.as_ref()),
            span(entry.identity_claim.as_ref()),
            span(entry.filter.as_ref()),
        ]);
        let mut pool = IdentityPool::new(entry.id.into_inner());
        pool.issuer = entry.identity_provider.map(Spanned::into_inner);
        pool.filter = entry.filter.map(Spanned::into_inner);
        if let Some(claim) = entry.identity_claim {
            pool.identity_claim = claim.into_inner();
        }
        settings.pools.push(pool);
    }
    let tried = Directory::new(
        "",
        &[],
        &settings.providers,
        &settings.pools,
        Arc::new(KeyRing::default()),
    );
    let Err(refused) = tried else {
        return Ok(());
    };
    let of_pool = |index: usize, part: usize| of_pools.get(index).map(|spans| spans[part].clone());
    let (span, why) = match refused {
        Refused::Provider(index, why) => (of_providers.get(index).cloned(), why),
        Refused::PoolId(index, why) => (of_pool(index, 0), why),
        Refused::PoolProvider(index, why) => (of_pool(index, 1), why),
        Refused::PoolClaim(index, why) => (of_pool(index, 2), why),
        Refused::PoolFilter(index, why) => (of_pool(index, 3), why),
    };
    Err((span.unwrap_or_default(), why))
}
