//! Azure's workloads.

use std::sync::Arc;

use crate::settings::{Reader, setting};
use crate::subject_token::client_credentials::ClientCredentials;
use crate::subject_token::from_settings::made::Made;
use crate::subject_token::managed_identity::ManagedIdentity;

pub(in super::super) fn workload_identity(reader: &mut Reader<'_>) -> Made {
    let scope = reader.required(&setting::SCOPE, "api://<application id>/.default");
    // What else is missing is noted even where the scope is.
    let source = ClientCredentials::azure_workload_identity(scope.clone().unwrap_or_default());
    let source = source.map_err(|error| reader.no_subject_token(error.to_string()));
    scope?;
    Some(Arc::new(source.ok()?))
}

pub(in super::super) fn managed_identity(reader: &mut Reader<'_>) -> Made {
    let what = "an application ID URI such as api://confluent";
    let resource = reader.required(&setting::RESOURCE, what);
    let ids = [setting::CLIENT_ID, setting::OBJECT_ID, setting::RESOURCE_ID];
    let given: Vec<_> = ids.iter().map(|id| (id, reader.text(id))).collect();
    let given: Vec<_> = given
        .into_iter()
        .filter_map(|(id, value)| Some((id, value?)))
        .collect();
    if let [(one, _), (other, _), ..] = &given[..] {
        reader.both_are_set(one, other);
    }
    let source = ManagedIdentity::new(resource?);
    Some(Arc::new(match given.into_iter().next() {
        Some((id, value)) if *id == setting::CLIENT_ID => source.client_id(value),
        Some((id, value)) if *id == setting::OBJECT_ID => source.object_id(value),
        Some((_, value)) => source.resource_id(value),
        None => source,
    }))
}
