//! External tokens where they go: Kafka, Schema Registry and others.

mod headers;
mod kafka;
mod schema_registry;
