//! The token provider of the SDK.

use sts_sdk::testing;
use sts_sdk_benchmarks::token;
use tokio::runtime::Runtime;

use super::{Visitor, ready};

pub(super) fn visit(runtime: &Runtime, visitor: &mut impl Visitor) {
    let tokens = testing::fixed(token::jwt());
    let token = runtime.block_on(tokens.warm_up());
    token.expect("the stand-in issues a token");

    visitor.visit("sts-sdk token", || {
        ready(tokens.token()).expect("a token is cached")
    });
    visitor.visit("sts-sdk authorization", || {
        ready(tokens.authorization()).expect("a token is cached")
    });
}
