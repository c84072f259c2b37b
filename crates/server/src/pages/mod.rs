//! The pages in the user's browser.

mod assets;
mod confirm;
mod failed;
mod headers;
mod home;
mod start;
mod view;
mod walk;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header::LOCATION},
    middleware::from_fn_with_state,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use ownhand_connector::paths;
use secrecy::{ExposeSecret as _, SecretString};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    failure::{Failure, Refusal, panicked},
    settings::App,
};

pub(crate) use failed::failed;

pub(crate) fn router(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route(assets::STYLE, get(assets::style))
        .route(paths::START, get(start::show).post(start::begin))
        .route(paths::CALLBACK, get(walk::callback))
        .route(paths::AGAIN, get(walk::again))
        .route(paths::CONFIRM, get(confirm::show).post(confirm::decide))
        .route(paths::DONE, get(walk::done))
        .layer(DefaultBodyLimit::max(app.settings.limits.small))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), headers::layer))
}

/// A page from its template.
fn page(template: &impl askama::Template) -> Result<Response, Failure> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be rendered");
            Err(Refusal::Internal.into())
        }
    }
}

/// Sends the browser on, always as a GET.
fn see_other(location: &SecretString) -> Result<Response, Failure> {
    let mut value =
        HeaderValue::from_str(location.expose_secret()).map_err(|_| Refusal::Internal)?;
    value.set_sensitive(true);
    Ok((StatusCode::SEE_OTHER, [(LOCATION, value)]).into_response())
}
