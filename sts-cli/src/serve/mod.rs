//! `confluent-sts serve`: a token endpoint on loopback.

mod answer;
mod client;
mod command;
mod endpoint;
mod form;
mod listener;
mod policy;
mod variables;

pub(crate) use client::Client;
pub(crate) use command::{Options, run};
pub(crate) use endpoint::Endpoint;
pub(crate) use listener::{bind, serve};
pub(crate) use variables::variables;
