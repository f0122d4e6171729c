//! What callers get when an exchange fails.

mod foreign_bodies;
mod model;
mod server_behaviours;
