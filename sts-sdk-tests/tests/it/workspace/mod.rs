//! What the workspace says of itself: its examples, its manifests.

mod another_sdk;
pub(crate) mod examples;
mod imports;
mod promises;
mod rust_version;
