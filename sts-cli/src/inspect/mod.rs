//! `confluent-sts inspect`.

mod command;
mod fetch;
mod input;
mod report;
mod signature;

pub(crate) use command::{Options, run};
