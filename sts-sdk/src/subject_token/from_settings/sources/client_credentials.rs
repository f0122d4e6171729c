//! OAuth 2.0 identity providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::settings::{Reader, setting};
use crate::subject_token::client_credentials::ClientCredentials;
use crate::subject_token::file::TokenFile;
use crate::subject_token::source::SubjectTokenSource;

pub(in super::super) fn source(reader: &mut Reader<'_>) -> Option<Arc<dyn SubjectTokenSource>> {
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
        source = source.parameter(name, value);
    }
    url.and(id)?;
    Some(Arc::new(source))
}

fn authenticated(reader: &mut Reader<'_>, source: ClientCredentials) -> Option<ClientCredentials> {
    let secret = reader.secret(&setting::CLIENT_SECRET);
    let file = reader.text(&setting::CLIENT_SECRET_FILE);
    let assertion = reader.text(&setting::CLIENT_ASSERTION_FILE);
    let in_body = reader.flag(&setting::SECRET_IN_BODY);
    let source = match (secret, file, assertion) {
        (Some(secret), None, None) => source.client_secret(secret),
        (None, Some(file), None) => source.client_secret_file(file),
        (None, None, Some(file)) => source.client_assertion(TokenFile::new(file)),
        (None, None, None) => {
            let what = "the file that holds the client's secret, or CONFLUENT_STS_CLIENT_SECRET to the secret itself";
            reader.missing(&setting::CLIENT_SECRET_FILE, what);
            return None;
        }
        (Some(_), Some(_), _) => {
            reader.both_are_set(&setting::CLIENT_SECRET, &setting::CLIENT_SECRET_FILE);
            return None;
        }
        (Some(_), _, _) => {
            reader.both_are_set(&setting::CLIENT_SECRET, &setting::CLIENT_ASSERTION_FILE);
            return None;
        }
        (_, Some(_), _) => {
            reader.both_are_set(
                &setting::CLIENT_SECRET_FILE,
                &setting::CLIENT_ASSERTION_FILE,
            );
            return None;
        }
    };
    Some(if in_body {
        source.secret_in_body()
    } else {
        source
    })
}
