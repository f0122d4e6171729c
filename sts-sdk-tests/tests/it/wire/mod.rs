//! What enters and leaves the wire, and the types that stand for it.

mod arbitrary;
mod builders;
mod connections;
mod environment;
mod form_encoding;
mod http_client;
mod response_headers;
mod servers;
mod specification;
pub(crate) mod tls;
mod tls_features;
mod values;
