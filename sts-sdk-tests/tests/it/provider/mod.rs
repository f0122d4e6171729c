//! `TokenProvider`: a valid token, always.

mod clocks;
mod concurrency;
mod customized_requests;
mod defaults;
mod external;
mod failures;
mod invalidation;
mod kept_fresh;
mod runtimes;
mod sources;
mod stages;
mod subject_tokens;
mod wire;
