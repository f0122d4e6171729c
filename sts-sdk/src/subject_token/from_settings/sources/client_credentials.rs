//! OAuth 2.0 identity providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::secret::Secret;
use crate::settings::{Reader, setting};
use crate::subject_token::client_credentials::{self, ClientCredentials};
use crate::subject_token::file::TokenFile;
use crate::subject_token::from_settings::made::Made;

pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    let url = reader.required(
        &setting::TOKEN_URL,
        "the token URL of the identity provider",
    );
    let id = reader.required(&setting::CLIENT_ID, "the id of the client");
    // What is wrong with the rest is noted even where these are missing.
    let source = ClientCredentials::new(
        url.clone().unwrap_or_default(),
        id.clone().unwrap_or_default(),
    );
    let mut source = authenticated(reader, source)?;
    if let Some(scope) = reader.text(&setting::SCOPE) {
        source = source.scope(scope);
    }
    if let Some(audience) = reader.text(&setting::AUDIENCE) {
        source = source.audience(audience);
    }
    let parameters: Option<BTreeMap<String, String>> =
        reader.json(&setting::PARAMETERS, "an object of texts");
    for (name, value) in parameters.into_iter().flatten() {
        if let Some(own) = client_credentials::own(&name) {
            let setting = setting::PARAMETERS.name();
            reader.problem(format!(
                "{setting} has {own}, which the source sends itself; leave it out"
            ));
        }
        source = source.parameter(name, value);
    }
    url.and(id)?;
    Some(Arc::new(source))
}

fn authenticated(reader: &mut Reader<'_>, source: ClientCredentials) -> Option<ClientCredentials> {
    let secret = reader.secret(&setting::CLIENT_SECRET);
    let secret_file = reader.text(&setting::CLIENT_SECRET_FILE);
    let assertion_file = reader.text(&setting::CLIENT_ASSERTION_FILE);
    let (key, key_file) = (
        reader.secret(&setting::CLIENT_KEY),
        reader.text(&setting::CLIENT_KEY_FILE),
    );
    let in_body = reader.flag(&setting::SECRET_IN_BODY);
    let ways = [
        (&setting::CLIENT_SECRET, secret.is_some()),
        (&setting::CLIENT_SECRET_FILE, secret_file.is_some()),
        (&setting::CLIENT_ASSERTION_FILE, assertion_file.is_some()),
        (&setting::CLIENT_KEY, key.is_some()),
        (&setting::CLIENT_KEY_FILE, key_file.is_some()),
    ];
    let mut given = ways.iter().filter(|(_, given)| *given).map(|(way, _)| way);
    if let (Some(one), Some(other)) = (given.next(), given.next()) {
        reader.both_are_set(one, other);
        return None;
    }
    if in_body && let Some((way, _)) = ways[2..].iter().find(|(_, given)| *given) {
        // There is no secret to send.
        reader.both_are_set(way, &setting::SECRET_IN_BODY);
        return None;
    }
    let source = if let Some(secret) = secret {
        source.client_secret(secret)
    } else if let Some(file) = secret_file {
        source.client_secret_file(file)
    } else if let Some(file) = assertion_file {
        source.client_assertion(TokenFile::new(file))
    } else if key.is_some() || key_file.is_some() {
        with_key(reader, source, key, key_file)?
    } else {
        let what = "the file that holds the client's secret, or CONFLUENT_STS_CLIENT_SECRET to the secret itself";
        reader.missing(&setting::CLIENT_SECRET_FILE, what);
        return None;
    };
    Some(if in_body {
        source.secret_in_body()
    } else {
        source
    })
}

#[cfg(feature = "private-key")]
fn with_key(
    reader: &mut Reader<'_>,
    source: ClientCredentials,
    key: Option<Secret>,
    file: Option<String>,
) -> Option<ClientCredentials> {
    use crate::subject_token::client_credentials::PrivateKey;

    let mut key = match file {
        Some(file) => PrivateKey::file(file),
        None => PrivateKey::pem(key?),
    };
    if let Some(id) = reader.text(&setting::CLIENT_KEY_ID) {
        key = key.key_id(id);
    }
    if let Some(audience) = reader.text(&setting::CLIENT_KEY_AUDIENCE) {
        key = key.audience(audience);
    }
    Some(source.private_key(key))
}

#[cfg(not(feature = "private-key"))]
fn with_key(
    reader: &mut Reader<'_>,
    _: ClientCredentials,
    _: Option<Secret>,
    _: Option<String>,
) -> Option<ClientCredentials> {
    reader.problem(
        "the client has a private key, which this was built without; enable the feature `private-key` of sts-sdk"
            .to_owned(),
    );
    None
}
