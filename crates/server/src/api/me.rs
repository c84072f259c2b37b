//! `GET /v1/tenants/{t}/me`: who the caller is here, and their link.

use axum::{Json, extract::State};
use ownhand_connector::Me;

use crate::{caller::Known, failure::Failure, settings::App};

pub(super) async fn show(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Json<Me>, Failure> {
    Ok(Json(app.connector.me(&caller).await?))
}
