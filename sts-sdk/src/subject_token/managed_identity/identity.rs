//! Which identity of an Azure resource is meant.

#[derive(Clone, Debug)]
pub(super) enum Identity {
    SystemAssigned,
    ClientId(String),
    ObjectId(String),
    ResourceId(String),
}
