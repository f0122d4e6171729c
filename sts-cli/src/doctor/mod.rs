//! `confluent-sts doctor`.

mod command;
mod connection;
mod differences;
mod exchange;
mod pool;
mod report;
mod server;
mod setup;
mod source;
mod step;
mod subject_token;

pub(crate) use command::{Options, run};
