//! Programs that are not Rust's.
