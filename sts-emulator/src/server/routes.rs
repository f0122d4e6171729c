use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{any, get, post};
use serde_json::{Value, json};

use super::cycle;
use crate::answer::Answer;
use crate::control::{self, is_allowed};
use crate::endpoint::Endpoint;
use crate::identity_provider;
use crate::jwt::Algorithm;
use crate::page;
use crate::resource;
use crate::specification::{Problem, pairs};
use crate::state::State;

type Handler = Shared<Arc<State>>;

/// What answers on which path.
pub(crate) fn routes(state: Arc<State>) -> Router {
    // What only those who run the emulator may use.
    let guarded = Router::new()
        .route(
            "/",
            get(|Shared(state): Handler| async move { page::show(&state) }),
        )
        .route("/page/{form}", post(submitted))
        .route("/idp/any-token", get(any_token))
        .route("/control/{*rest}", any(controlled))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&state), guard));
    Router::new()
        .merge(guarded)
        .route("/healthz", get(async || ok(&json!({"status": "ok"}))))
        .route(
            "/idp/token",
            any(|Shared(state): Handler, request: Request| async move {
                cycle::run(&state, Endpoint::IdentityProvider, request).await
            }),
        )
        .route(
            "/idp/jwks",
            get(|Shared(state): Handler| async move {
                ok(&identity_provider::jwks(&state.ring, &Algorithm::ALL))
            }),
        )
        .route(
            "/jwks",
            get(|Shared(state): Handler| async move {
                ok(&identity_provider::jwks(
                    &state.tokens.ring,
                    &[state.tokens.algorithm],
                ))
            }),
        )
        .route("/idp/.well-known/openid-configuration", get(idp_metadata))
        .route(
            "/.well-known/oauth-authorization-server/idp",
            get(idp_metadata),
        )
        .route("/.well-known/openid-configuration", get(sts_metadata))
        .route("/.well-known/oauth-authorization-server", get(sts_metadata))
        .route(resource::PATH, any(protected))
        .route(&format!("{}/{{pool}}", resource::PATH), any(protected))
        .fallback(other)
        .with_state(state)
}

/// The path of the operation is the specification's, and so none of the router's patterns.
async fn other(Shared(state): Handler, request: Request) -> Response<Body> {
    if request.uri().path() == state.specification.path() {
        return cycle::run(&state, Endpoint::Exchange, request).await;
    }
    let detail = format!(
        "the exchange is at {}, everything else is listed at /",
        state.specification.path()
    );
    let problem = Problem::new("not_found", "Not Found", detail);
    Answer::failure(&state.specification, StatusCode::NOT_FOUND, &[problem])
        .response
        .map(Body::from)
}

async fn protected(Shared(state): Handler, request: Request) -> Response<Body> {
    cycle::run(&state, Endpoint::Resource, request).await
}

async fn idp_metadata(Shared(state): Handler) -> Response<Body> {
    ok(&identity_provider::identity_provider(&state))
}

async fn sts_metadata(Shared(state): Handler) -> Response<Body> {
    ok(&identity_provider::sts(&state))
}

async fn any_token(Shared(state): Handler, request: Request) -> Response<Body> {
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    let token = query
        .map_err(|problem| problem.detail)
        .and_then(|query| identity_provider::any_token(&state, &query));
    let (status, text) = match token {
        Ok(token) => (StatusCode::OK, token),
        Err(why) => (StatusCode::BAD_REQUEST, why),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

async fn controlled(Shared(state): Handler, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let answer = match cycle::read(body, state.body_limit, state.time_limit, None).await {
        Ok(body) => control::answer(&state, &head.method, head.uri.path(), &body),
        Err(why) => control::refused(StatusCode::BAD_REQUEST, &why),
    };
    answer.response.map(Body::from)
}

async fn submitted(Shared(state): Handler, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    match cycle::read(body, state.body_limit, state.time_limit, None).await {
        Ok(body) => page::submit(&state, head.uri.path(), &body).await,
        Err(why) => control::refused(StatusCode::BAD_REQUEST, &why)
            .response
            .map(Body::from),
    }
}

/// Keeps web pages away: a foreign name that leads to this address (DNS rebinding), and requests that the page of another
/// site makes.
async fn guard(Shared(state): Handler, request: Request, next: Next) -> Response<Body> {
    let form = request.uri().path().starts_with("/page/");
    match is_allowed(
        &state.allowed_hosts,
        request.method(),
        request.headers(),
        form,
    ) {
        Ok(()) => next.run(request).await,
        Err(why) => control::refused(StatusCode::FORBIDDEN, &why)
            .response
            .map(Body::from),
    }
}

fn ok(body: &Value) -> Response<Body> {
    Answer::json(StatusCode::OK, body, "")
        .response
        .map(Body::from)
}
