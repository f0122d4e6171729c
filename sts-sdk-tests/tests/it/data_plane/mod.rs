//! External tokens where they go: Kafka, Schema Registry and others.

mod kafka;
