//! External tokens where they go: Kafka, Schema Registry and others.

mod headers;
mod kafka;
mod librdkafka;
mod schema_registry;
