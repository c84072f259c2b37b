//! The start page. Looking at it changes nothing, since previews of links look too; its form consumes the ticket.

use axum::{
    extract::{Path, State},
    http::header::SET_COOKIE,
    response::Response,
};
use secrecy::SecretString;

use super::{page, see_other, view::Start};
use crate::{
    cookie::{self, Browser},
    failure::{Failure, Refusal},
    same_origin::SameOrigin,
    settings::App,
};

pub(super) async fn show(
    State(app): State<App>,
    Path((tenant, ticket)): Path<(String, SecretString)>,
) -> Result<Response, Failure> {
    let view = app.connector.view_start(&tenant, &ticket).await?;
    page(&Start::new(&view))
}

pub(super) async fn begin(
    State(app): State<App>,
    _: SameOrigin,
    Path((tenant, ticket)): Path<(String, SecretString)>,
    Browser(browser): Browser,
) -> Result<Response, Failure> {
    let begun = app.connector.begin(&tenant, &ticket, browser).await?;
    let mut response = see_other(&begun.location)?;
    let cookie = cookie::set(&begun.browser, app.https()).map_err(|_| Refusal::Internal)?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}
