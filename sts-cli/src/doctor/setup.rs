//! The settings, as far as they can be used.

use std::time::Duration;

use sts_sdk::Client;
use sts_sdk::subject_token::ChosenSource;

use super::step::Step;
use crate::failure::Kind;
use crate::settings::Settings;
use crate::shown::shown;

const CONFIGURATION: &str = "configuration";

/// What an exchange needs.
pub(super) struct Setup {
    pub(super) client: Client,
    /// `None` if the configuration is not one that an exchange can be made with.
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
    let allow_http = look_up("CONFLUENT_STS_ALLOW_HTTP").as_deref() == Some("true");
    let builder = Client::builder()
        .base_url(settings.server().trim())
        .timeout(timeout);
    let builder = if allow_http {
        builder.allow_http()
    } else {
        builder
    };
    let client = builder
        .user_agent(concat!("confluent-sts/", env!("CARGO_PKG_VERSION")))
        .build();
    let pool = look_up("CONFLUENT_STS_IDENTITY_POOL_ID");
    // What the other commands refuse is refused here, with their words.
    let checked = match pool {
        Some(pool) => settings.check().map(|()| pool).map_err(|failure| failure.to_string()),
        None => Err(
            "no identity pool is named; give its id by --identity-pool-id, CONFLUENT_STS_IDENTITY_POOL_ID or a profile"
                .to_owned(),
        ),
    };
    let client = match (client, &checked) {
        (Ok(client), _) => client,
        (Err(_), Err(why)) if settings.look_up("CONFLUENT_STS_IDENTITY_POOL_ID").is_some() => {
            return (failed(why.clone()), None);
        }
        (Err(error), _) => return (failed(error.to_string()), None),
    };
    let (step, pool) = match checked {
        Ok(pool) => {
            let found = format!(
                "identity pool {} at {}",
                shown(&pool),
                shown(client.base_url())
            );
            (Step::ok(CONFIGURATION, found), Some(pool))
        }
        Err(why) => (failed(why), None),
    };
    let lifetime = look_up("CONFLUENT_STS_LIFETIME").and_then(|text| text.parse().ok());
    let setup = Setup {
        client,
        pool,
        lifetime,
    };
    (step, Some(setup))
}

/// The source of subject tokens, or the step that says why there is none.
pub(super) fn source(name: &'static str, settings: &Settings) -> Result<ChosenSource, Step> {
    settings.source().map_err(|failure| {
        let cause = match failure.kind() {
            Kind::Source => "permission",
            _ => "no_source",
        };
        Step::failed(name, failure.kind(), cause, failure.to_string())
    })
}
