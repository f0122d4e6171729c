//! How the body of an `http` request is copied, so that the request can be repeated.

/// Copies bodies of type `B`, where they can be copied.
///
/// For a function of that type, [`ByClone`] and [`SentOnce`].
pub trait CopyBody<B> {
    /// A copy of `body`; `None` if it cannot be copied, so that its request is sent once.
    fn copy_body(&self, body: &B) -> Option<B>;
}

/// Copies bodies that are `Clone`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByClone;

/// Copies no body: requests are sent once.
#[derive(Clone, Copy, Debug, Default)]
pub struct SentOnce;

impl<B: Clone> CopyBody<B> for ByClone {
    fn copy_body(&self, body: &B) -> Option<B> {
        Some(body.clone())
    }
}

impl<B> CopyBody<B> for SentOnce {
    fn copy_body(&self, _: &B) -> Option<B> {
        None
    }
}

impl<B, F: Fn(&B) -> Option<B>> CopyBody<B> for F {
    fn copy_body(&self, body: &B) -> Option<B> {
        self(body)
    }
}
