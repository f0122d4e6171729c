//! `confluent-sts exec`: a child that never sees an expired token.

mod child;
mod command;
mod init;
mod renewal;
mod signals;
mod terminal;
mod token_file;

pub(crate) use command::{Options, run};
