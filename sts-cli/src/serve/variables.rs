//! Where an endpoint is, as variables.

use super::endpoint::Place;

/// The variables that say where it is and who may ask, with their values.
pub(crate) fn variables(place: &Place<'_>) -> Vec<(&'static str, String)> {
    let access = place.access_token_url();
    let mut variables = vec![("CONFLUENT_ENDPOINT_TOKEN_URL", place.token_url())];
    variables.extend(access.map(|url| ("CONFLUENT_ENDPOINT_ACCESS_TOKEN_URL", url)));
    variables.push(("CONFLUENT_ENDPOINT_CLIENT_ID", place.client.id.clone()));
    let secret = place.client.secret.expose_secret();
    variables.push(("CONFLUENT_ENDPOINT_CLIENT_SECRET", secret.to_owned()));
    variables
}
