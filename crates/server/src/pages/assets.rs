//! What pages load besides themselves: one stylesheet.

use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
};

/// Its path.
pub(super) const STYLE: &str = "/assets/ownhand.css";

const CSS: &str = include_str!("../../assets/ownhand.css");

pub(super) async fn style() -> impl IntoResponse {
    // Short, so that a new version shows soon; the walk's few pages load it once.
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, CSS)
}
