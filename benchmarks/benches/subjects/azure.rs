//! `azure_identity`, with a client assertion: a subject token for an access token, as here.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::http::headers::Headers;
use azure_core::http::{
    AsyncRawResponse, ClientMethodOptions, ClientOptions, HttpClient, Request, StatusCode,
    Transport,
};
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions,
};
use serde_json::json;
use sts_sdk_benchmarks::token;

use super::{Visitor, ready};

const SCOPES: [&str; 1] = ["https://management.azure.com/.default"];

/// Answers in place of the server, since only https is accepted for that.
#[derive(Debug)]
struct StandIn;

#[async_trait]
impl HttpClient for StandIn {
    async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
        let reply = json!({
            "access_token": token::jwt(),
            "token_type": "Bearer",
            "expires_in": 3600,
            "ext_expires_in": 3600,
        });
        Ok(AsyncRawResponse::from_bytes(
            StatusCode::Ok,
            Headers::default(),
            reply.to_string(),
        ))
    }
}

#[derive(Debug)]
struct Assertion;

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        Ok(token::jwt())
    }
}

pub(super) fn visit(visitor: &mut impl Visitor) {
    let options = ClientAssertionCredentialOptions {
        client_options: ClientOptions {
            transport: Some(Transport::new(Arc::new(StandIn))),
            ..ClientOptions::default()
        },
    };
    let (tenant, client) = ("tenant".to_owned(), "client".to_owned());
    let credential = ClientAssertionCredential::new(tenant, client, Assertion, Some(options))
        .expect("the options are complete");
    let call = || ready(credential.get_token(&SCOPES, None)).expect("a token is cached");
    call();
    visitor.visit("azure_identity get_token", call);
}
