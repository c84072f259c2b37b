//! The stations of the walk that ask nothing: back from DocuSign, once more, done.

use axum::{
    extract::{Path, State},
    response::Response,
};
use ownhand_connector::CallbackQuery;
use secrecy::SecretString;
use serde::Deserialize;

use super::{page, see_other, view::Done};
use crate::{cookie::Browser, extract::Query, failure::Failure, settings::App};

#[derive(Deserialize)]
pub(super) struct FromDocusign {
    state: Option<SecretString>,
    code: Option<SecretString>,
    error: Option<String>,
}

/// DocuSign sends the browser back here, and we send it on to the host app.
pub(super) async fn callback(
    State(app): State<App>,
    Browser(browser): Browser,
    Query(FromDocusign { state, code, error }): Query<FromDocusign>,
) -> Result<Response, Failure> {
    let query = CallbackQuery { state, code, error };
    see_other(&app.connector.callback(query, browser.as_ref()).await?)
}

/// To DocuSign once more, after a code expired that a proven finish could not redeem in time.
pub(super) async fn again(
    State(app): State<App>,
    Path((tenant, token)): Path<(String, SecretString)>,
    Browser(browser): Browser,
) -> Result<Response, Failure> {
    see_other(
        &app.connector
            .again(&tenant, &token, browser.as_ref())
            .await?,
    )
}

pub(super) async fn done(
    State(app): State<App>,
    Path((tenant, token)): Path<(String, SecretString)>,
    Browser(browser): Browser,
) -> Result<Response, Failure> {
    let view = app
        .connector
        .view_done(&tenant, &token, browser.as_ref())
        .await?;
    page(&Done::new(&view))
}
