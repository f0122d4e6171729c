//! The settings, as far as they can be used.

use std::time::Duration;

use sts_sdk::subject_token::{self, ChosenSource};
use sts_sdk::{Client, Secret};

use super::step::Step;
use crate::failure::Kind;
use crate::settings::Settings;
use crate::shown::shown;

const CONFIGURATION: &str = "configuration";
const PRODUCTION: &str = "https://api.confluent.cloud";

/// What an exchange needs.
pub(super) struct Setup {
    pub(super) client: Client,
    pub(super) pool: Option<String>,
    /// In seconds.
    pub(super) lifetime: Option<u64>,
}

/// The settings but the source; `None` for a server that cannot be one.
pub(super) fn configuration(settings: &Settings, timeout: Duration) -> (Step, Option<Setup>) {
    let look_up = |name: &str| {
        let value = settings.look_up(name)?;
        let value = value.expose_secret().trim().to_owned();
        (!value.is_empty()).then_some(value)
    };
    let failed = |why: String| Step::failed(CONFIGURATION, Kind::Usage, "configuration", why);
    let url = look_up("CONFLUENT_STS_URL").unwrap_or_else(|| PRODUCTION.to_owned());
    let allow_http = look_up("CONFLUENT_STS_ALLOW_HTTP").as_deref() == Some("true");
    let builder = Client::builder().base_url(&url).timeout(timeout);
    let builder = if allow_http {
        builder.allow_http()
    } else {
        builder
    };
    let client = match builder
        .user_agent(concat!("confluent-sts/", env!("CARGO_PKG_VERSION")))
        .build()
    {
        Ok(client) => client,
        Err(error) => return (failed(error.to_string()), None),
    };
    let pool = look_up("CONFLUENT_STS_IDENTITY_POOL_ID");
    let lifetime = look_up("CONFLUENT_STS_LIFETIME").map(|text| text.parse::<u64>());
    let step = match (&pool, &lifetime) {
        (None, _) => failed(
            "no identity pool is named; give its id by --identity-pool-id, CONFLUENT_STS_IDENTITY_POOL_ID or a profile"
                .to_owned(),
        ),
        (_, Some(Err(_))) => failed("the lifetime is no number of seconds; 900 is the most that can be asked \
            for".to_owned()),
        (Some(pool), _) => Step::ok(
            CONFIGURATION,
            format!("identity pool {} at {}", shown(pool), shown(client.base_url())),
        ),
    };
    let setup = Setup {
        client,
        pool,
        lifetime: lifetime.and_then(Result::ok),
    };
    (step, Some(setup))
}

/// The source of subject tokens, or the step that says why there is none.
pub(super) fn source(name: &'static str, settings: &Settings) -> Result<ChosenSource, Step> {
    subject_token::from_settings(|name| -> Option<Secret> { settings.look_up(name) }).map_err(
        |error| {
            let why = error.to_string();
            // What a job lacks is no setting of this command.
            let lacks_permission = why.contains(": the environment variable ");
            let (kind, cause) = if lacks_permission {
                (Kind::Source, "permission")
            } else {
                (Kind::Usage, "no_source")
            };
            Step::failed(name, kind, cause, why)
        },
    )
}
