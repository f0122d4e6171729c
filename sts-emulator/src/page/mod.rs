//! The page for people at `/`: plain HTML, no script, nothing from elsewhere.

mod escape;
mod forms;
mod view;

use axum::body::Body;
use axum::http::Response;

pub(crate) use forms::submit;

use crate::state::State;

/// The page as it is opened.
pub(crate) fn show(state: &State) -> Response<Body> {
    view::page(state, &view::Shown::default())
}
