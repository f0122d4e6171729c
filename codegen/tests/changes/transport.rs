//! What the generated code expects beside it.

use progenitor_client::ClientHooks;

use crate::generated::Client;

#[derive(Clone, Debug)]
pub struct Transport;

impl ClientHooks<Transport> for Client {}
