//! A local STS and identity provider to develop and test against: the token exchange of Confluent Cloud's Security Token
//! Service (`POST /sts/v1/oauth2/token`, RFC 8693), without Confluent Cloud.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sts_emulator::{Fault, StsEmulator};
//!
//! let emulator = StsEmulator::start().await?;
//! let subject_token = emulator.subject_token("my-workload")?;
//! emulator.inject(Fault::status(429).header("retry-after", "1").times(2))?;
//!
//! // … point a client at `emulator.url()` …
//!
//! assert_eq!(emulator.count(), 0);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
//! ```
//!
//! It listens on a free port of 127.0.0.1, any number run at once, and each stops when it is dropped. It keeps nothing on
//! disk. The example `serve` of this crate runs it for other programs:
//!
//! ```sh
//! cargo run -p sts-emulator --example serve
//! ```
//!
//! # What is Confluent's, and what is not
//!
//! The form, its parameters, the replies, their statuses and headers are read from `openapi/sts-v1.yaml`, the fragment of
//! Confluent's specification: a changed fragment changes the emulator ([`Builder::specification`]). What Confluent does not
//! publish is the emulator's own, and Confluent's STS may differ in it:
//!
//! - the claims of access tokens; `iss` is the emulator's own URL and never Confluent's;
//! - the texts and codes with which an exchange is refused;
//! - the [language of filters](#filters) beyond Confluent's examples;
//! - that a lifetime of less than a second is refused, and an identity pool id that is no visible ASCII;
//! - everything but the exchange: the identity provider, the protected resource, JWKS and discovery, `/control`, the page.
//!
//! # What it takes
//!
//! Exactly the documented request. Everything else is refused with a 400 and the specification's `Failure`, which names the
//! parameter in `source.parameter` and lists all that is wrong: parameters that are missing, there twice, unknown, or in the
//! URL; values that the schema does not allow; a wrong content type, an encoded or oversized body, incomplete escapes; a
//! subject token that is no JWT or that the pool does not take. Another method is a 405 with `Allow`. One thing is taken
//! that is not documented: a read-only object, `metadata`, in the notation of Python, which clients send that
//! openapi-generator makes for it.
//!
//! A subject token is taken if
//!
//! 1. it is a JWT whose `iss` is an identity provider, and the one that the pool is of;
//! 2. it is signed by a key of that provider, with one of [`VerifyingKey::ALGORITHMS`];
//! 3. `aud` is an audience that the provider was given, if it was given any;
//! 4. `exp` is ahead, and `nbf` and `iat` are not, but for the [leeway](Builder::leeway);
//! 5. its claims match the filter of the pool, and the claim that is the identity is there.
//!
//! With [`Builder::trust_any_jwt`] the first three do not count, and `exp` may be missing. Without any configuration there is
//! one identity provider, the emulator's own, and a pool with every id.
//!
//! # Endpoints
//!
//! | endpoint | what it does |
//! | --- | --- |
//! | `POST /sts/v1/oauth2/token` | the token exchange |
//! | `GET /.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server` | about the access tokens: issuer, token endpoint, JWKS |
//! | `GET /jwks` | the key of the access tokens |
//! | `POST /idp/token` | the identity provider: a subject token for the grant `client_credentials`, with HTTP Basic or `client_id` and `client_secret`; `scope`, and `audience` or `resource`, if they are given |
//! | `GET /idp/any-token` | a subject token as text, with the claims of the query: `sub`, `aud` (again for a list), any other as text; `claims` with a JSON object; `expires_in` in seconds, also negative; `alg` |
//! | `GET /idp/.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server/idp`, `GET /idp/jwks` | about the identity provider |
//! | any method, `/resource` | a protected resource: 200 with an access token of the exchange as bearer token, else 401 |
//! | any method, `/resource/POOL` | the same; 403 with the token of another pool |
//! | `GET /control/faults`, `POST`, `DELETE` | lists, adds and clears faults |
//! | `GET /control/requests` | the last requests, oldest first, without tokens |
//! | `GET /control/counts` | how many there were |
//! | `GET /control/clock`, `POST` | the clock; `{"advance_seconds": 900}` sets it forward |
//! | `POST /control/revoke` | has the protected resource refuse all access tokens that were issued so far |
//! | `POST /control/reset` | clears faults, log, counts and rate limits, and sets the clock right |
//! | `GET /` | a page for people, with forms to make a subject token, exchange it and inject a fault |
//! | `GET /healthz` | 200 while it runs |
//!
//! # Faults
//!
//! [`Fault`] in a program, JSON for `POST /control/faults` (one, or a list), `[[fault]]` in a file. What is not set stays as
//! it would be.
//!
//! | field | what it does |
//! | --- | --- |
//! | `status` | this status, 200 to 599; the request is not carried out |
//! | `body` | with a `status`: `"errors"` (the specification's `Failure`, and usual), `"error_2025"` (the structure that Confluent documents since 2025), `"html"` (a proxy's page), `"empty"`, or `{"text": {"content_type": "…", "text": "…"}}` |
//! | `headers` | an object of headers that the answer has |
//! | `delay_ms` | the answer begins so many milliseconds later |
//! | `reset` | `true`: the connection is reset instead of an answer |
//! | `truncate` | the connection ends after so many bytes of the body |
//! | `slow_ms` | so many milliseconds pass before each byte of the body |
//! | `clock_skew` | the emulator's clock is so many seconds ahead, or behind, for this request |
//! | `times` | for the next so many requests; 1 unless told |
//! | `always` | `true`: for all requests |
//! | `schedule` | for the requests with these numbers, counted from 1 from now on |
//! | `match` | only for requests whose form has these parameters with these values |
//! | `endpoint` | `"exchange"` unless told, `"identity_provider"` or `"resource"` |
//!
//! A request gets the first fault that is for it, in the order in which they were made.
//!
//! ```sh
//! curl localhost:8080/control/faults --data '{"status": 429, "headers": {"retry-after": "1"}, "times": 2}'
//! curl localhost:8080/control/faults --data '{"delay_ms": 500, "match": {"identity_pool_id": "pool-abc"}, "always": true}'
//! curl localhost:8080/control/counts
//! ```
//!
//! # Configuration
//!
//! By the methods of [`Builder`], or by a file in TOML ([`Builder::from_file`]). An error names the line. All is optional;
//! what a pool needs is its `id`, an identity provider its `issuer`.
//!
//! ```toml
//! listen = "127.0.0.1:8080"          # a free port of 127.0.0.1 unless told
//! allow_remote = false               # true: `listen` may be where other machines get at it
//! public_url = "http://sts:8080"     # where clients reach it, if not where it listens
//! allowed_hosts = ["sts"]            # names for the page, /control and /idp/any-token, beside those of loopback
//! trust_any_jwt = false
//! leeway_seconds = 0                 # how wrong the clocks of identity providers may be
//! signing_algorithm = "ES256"        # or RS256, EdDSA
//! audiences = ["confluent"]          # of the emulator's own identity provider
//!
//! [rate_limit]                       # by client address; off unless told
//! requests = 5
//! window_seconds = 60
//!
//! [limits]
//! kept_requests = 1000               # in the log
//! body_bytes = 65536
//! time_seconds = 30                  # for the head of a request, and for its body
//! connections = 1024
//!
//! [[identity_provider]]
//! issuer = "https://idp.example"     # keys by its OpenID discovery document unless told
//! jwks_url = "https://idp.example/keys"
//! # jwks_file = "jwks.json"          # relative to the folder of this file
//! audiences = ["confluent"]
//!
//! [[identity_pool]]
//! id = "pool-abc"
//! identity_provider = "https://idp.example"    # the emulator's own unless told
//! identity_claim = "claims.sub"
//! filter = 'claims.aud == "confluent" && claims.sub.startsWith("system:")'
//!
//! [[client]]                         # of the emulator's own identity provider; every one unless told
//! id = "my-workload"
//! secret = "its-secret"
//!
//! [[fault]]
//! status = 503
//! times = 1
//! ```
//!
//! # Filters
//!
//! A subset of the Common Expression Language (CEL):
//!
//! | what | as |
//! | --- | --- |
//! | claims | `claims.sub`, `claims.a.b`, `claims["a.b"]`, `claims.groups[0]`; one that is not there makes the expression fail |
//! | values | `"text"`, `'text'`, `12`, `1.5`, `true`, `false`, `null`, `["a", "b"]` |
//! | comparison | `==`, `!=`, `<`, `<=`, `>`, `>=` |
//! | logic | `&&`, `\|\|`, `!`, parentheses; one side may fail if the other decides |
//! | membership | `"a" in claims.groups`, `claims.sub in ["a", "b"]` |
//! | functions | `has(claims.a)`, `.startsWith("x")`, `.endsWith("x")`, `.contains("x")`, `.size()`, `size(…)` |
//!
//! # Safety
//!
//! It is a tool for tests: whoever reaches it gets tokens of it, and can have it fail.
//!
//! - It listens on loopback, and elsewhere only where that is allowed by name, with a warning.
//! - The page, `/control` and `/idp/any-token` refuse requests whose `Host` is not a loopback one, so that no web page gets
//!   at them under a name that leads to 127.0.0.1, and those other than GET that the page of another site makes.
//! - The log and the page show no token, no secret, and no value of a parameter that the operation does not have. What a form
//!   of the page has just made is shown, for somebody asked for it.
//! - Bodies, the log, connections, and the time that clients may take are limited.
//!
//! # Features
//!
//! | feature | what it does |
//! | --- | --- |
//! | `rustls` (default) | reads the keys of identity providers by https; without it, by http and from files |

mod access_token;
mod answer;
mod client;
mod clock;
mod config;
mod control;
mod emulator;
mod endpoint;
mod error;
mod exchange;
mod faults;
mod identity;
mod identity_provider;
mod jwt;
mod log;
mod page;
mod random;
mod rate_limit;
mod redact;
mod resource;
mod server;
mod specification;
mod state;

pub use client::Client;
pub use config::Builder;
pub use emulator::StsEmulator;
pub use endpoint::Endpoint;
pub use error::EmulatorError;
pub use faults::{Fault, FaultBody};
pub use identity::{Filter, IdentityPool, IdentityProvider};
pub use jwt::{Algorithm, Jwt, VerifyingKey};
pub use log::{Counts, Request};
