//! `/`: says what this is to whoever comes by.

use axum::response::Response;

use super::{page, view::Home};
use crate::failure::Failure;

pub(super) async fn show() -> Result<Response, Failure> {
    page(&Home)
}
