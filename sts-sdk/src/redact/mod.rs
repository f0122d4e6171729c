//! What may be printed of text that others wrote.

pub(crate) mod credentials;
mod ngrams;
