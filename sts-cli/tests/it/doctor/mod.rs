//! `confluent-sts doctor`: what it says of set-ups that work, and of those that do not.

mod broken_connections;
mod broken_sources;
mod broken_tokens;
mod output;
mod setup;
