//! `…/me/accounts`: the DocuSign accounts that the caller may send from.

use axum::{Json as Answer, extract::State, http::StatusCode};
use ownhand_connector::{Error, ledger::DocusignAccount};
use serde::{Deserialize, Serialize};

use crate::{caller::Known, extract::Json, failure::Failure, settings::App};

#[derive(Serialize)]
pub(super) struct Accounts {
    accounts: Vec<DocusignAccount>,
    default_account: String,
}

pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Answer<Accounts>, Failure> {
    match app.connector.me(&caller).await?.link {
        Some(link) => Ok(Answer(Accounts {
            accounts: link.accounts,
            default_account: link.default_account,
        })),
        None => Err(Failure::of(&app, &caller, Error::NotLinked).await),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Default {
    account_id: String,
}

pub(super) async fn set_default(
    State(app): State<App>,
    Known(caller): Known,
    Json(body): Json<Default>,
) -> Result<StatusCode, Failure> {
    match app
        .connector
        .set_default_account(&caller, &body.account_id)
        .await
    {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(Failure::of(&app, &caller, error).await),
    }
}
