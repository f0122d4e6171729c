//! What callers get when an exchange fails.

mod build_errors;
mod foreign_bodies;
mod model;
mod proxies;
mod redacted;
mod said_once;
mod server_behaviours;
