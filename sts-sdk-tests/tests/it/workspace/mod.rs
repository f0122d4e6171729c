//! What the workspace says of itself: its examples, its manifests.

mod examples;
mod imports;
mod rust_version;
