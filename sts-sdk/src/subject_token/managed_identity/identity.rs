//! Which identity of an Azure resource is meant.

use serde::Deserialize;

#[derive(Clone, Debug)]
pub(super) enum Identity {
    SystemAssigned,
    ClientId(String),
    ObjectId(String),
    ResourceId(String),
}

/// Whose token an answer of Azure Arc says that it is.
#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(rename = "client_id")]
    client: Option<String>,
    #[serde(rename = "object_id")]
    object: Option<String>,
    /// It has had two names.
    #[serde(rename = "msi_res_id")]
    resource: Option<String>,
    #[serde(rename = "mi_res_id")]
    same_resource: Option<String>,
}

impl Identity {
    /// Whether an answer is of this identity. Case does not matter in GUIDs, nor in ids of Azure Resource Manager.
    pub(super) fn is_that_of(&self, said: &Said) -> bool {
        let (id, said) = match self {
            Self::SystemAssigned => return true,
            Self::ClientId(id) => (id, &said.client),
            Self::ObjectId(id) => (id, &said.object),
            Self::ResourceId(id) if said.resource.is_some() => (id, &said.resource),
            Self::ResourceId(id) => (id, &said.same_resource),
        };
        said.as_deref()
            .is_some_and(|said| said.eq_ignore_ascii_case(id))
    }
}
