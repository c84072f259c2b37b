//! The eSignature REST API v2.1, one file for each group of endpoints.

mod accounts;
mod body;
mod caller;
mod create;
mod custom_fields;
mod definition;
mod documents;
mod error;
mod folders;
mod get;
mod list;
mod query;
mod recipients;
mod update;
mod views;

use axum::Router;
use axum::routing::{get, post, put};

pub(crate) use error::ApiError;

use crate::sim::Sim;

/// DocuSign's limit on a request body.
pub(crate) const MOST_BODY_BYTES: usize = 35_651_584;

/// The routes under `/restapi`.
pub(crate) fn routes() -> Router<Sim> {
    let account = Router::new()
        .route("/", get(accounts::handle))
        .route("/envelopes", post(create::handle).get(list::handle))
        .route("/envelopes/status", put(list::handle_status))
        .route(
            "/envelopes/{envelope}",
            get(get::handle).put(update::handle),
        )
        .route("/envelopes/{envelope}/recipients", get(recipients::handle))
        .route(
            "/envelopes/{envelope}/custom_fields",
            get(custom_fields::handle),
        )
        .route("/envelopes/{envelope}/documents", get(documents::list))
        .route(
            "/envelopes/{envelope}/documents/{document}",
            get(documents::download),
        )
        .route(
            "/envelopes/{envelope}/views/recipient",
            post(views::recipient),
        )
        .route("/folders/{folder}", put(folders::handle));
    Router::new()
        .nest("/restapi/v2.1/accounts/{account}", account)
        .route(
            "/restapi/{*rest}",
            axum::routing::any(error::no_such_resource),
        )
}
