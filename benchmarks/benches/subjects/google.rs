//! google-cloud-auth, of whose credentials the external account's are the ones nearest to ours.

use std::net::TcpListener;
use std::thread;

use google_cloud_auth::credentials::{CredentialsProvider, external_account};
use http::Extensions;
use serde_json::json;
use sts_sdk_benchmarks::server;
use tokio::runtime::Runtime;

use super::{Visitor, ready};

pub(super) fn visit(runtime: &Runtime, visitor: &mut impl Visitor) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("the port is known");
    thread::spawn(move || server::serve(&listener));

    let configuration = json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("http://{address}/token"),
        "credential_source": { "url": format!("http://{address}/subject") },
    });
    // Makes its cache in a task of the runtime.
    let entered = runtime.enter();
    let credentials = external_account::Builder::new(configuration)
        .build_access_token_credentials()
        .expect("the configuration is complete");
    drop(entered);
    let token = runtime.block_on(credentials.access_token());
    token.expect("the stand-in issues a token");

    visitor.visit("google-cloud-auth access_token", || {
        ready(credentials.access_token()).expect("a token is cached")
    });
    visitor.visit("google-cloud-auth headers", || {
        ready(credentials.headers(Extensions::new())).expect("a token is cached")
    });
}
