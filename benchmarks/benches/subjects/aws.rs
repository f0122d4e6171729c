//! The identity cache of the AWS SDK, with a bearer token.

use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::auth::http::BearerAuthScheme;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::endpoints::StaticUriEndpointResolver;
use aws_smithy_runtime::client::retries::strategy::NeverRetryStrategy;
use aws_smithy_runtime_api::client::auth::http::HTTP_BEARER_AUTH_SCHEME_ID;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::identity::http::Token;
use aws_smithy_runtime_api::client::identity::{ResolveCachedIdentity, SharedIdentityResolver};
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_types::config_bag::ConfigBag;
use sts_sdk_benchmarks::token;

use super::{Visitor, ready};

pub(super) fn visit(visitor: &mut impl Visitor) {
    let expiry = SystemTime::now() + Duration::from_hours(1);
    let resolver = SharedIdentityResolver::new(Token::new(token::jwt(), Some(expiry)));
    let components = components(&resolver);
    let settings = ConfigBag::base();
    let cache = components.identity_cache();
    visitor.visit("aws-smithy-runtime identity cache", || {
        ready(cache.resolve_cached_identity(resolver.clone(), &components, &settings))
            .expect("an identity is cached")
    });
}

/// The defaults of a client, as far as the cache uses them, and whatever serves for the rest.
fn components(resolver: &SharedIdentityResolver) -> RuntimeComponents {
    RuntimeComponentsBuilder::new("benchmark")
        .with_identity_cache(Some(IdentityCache::lazy().build()))
        .with_sleep_impl(Some(TokioSleep::new()))
        .with_time_source(Some(SystemTimeSource::new()))
        .with_auth_scheme(BearerAuthScheme::new())
        .with_identity_resolver(HTTP_BEARER_AUTH_SCHEME_ID, resolver.clone())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(Vec::new())))
        .with_endpoint_resolver(Some(StaticUriEndpointResolver::http_localhost(1)))
        .with_retry_strategy(Some(NeverRetryStrategy::new()))
        .build()
        .expect("all components are there")
}
