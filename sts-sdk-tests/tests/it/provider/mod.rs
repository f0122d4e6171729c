//! `TokenProvider`: a valid token, always.

mod clocks;
mod concurrency;
mod customized_requests;
mod external;
mod failures;
mod invalidation;
mod kept_fresh;
mod runtimes;
mod stages;
mod wire;
