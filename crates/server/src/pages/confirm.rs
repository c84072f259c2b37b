//! The confirm page: shows who would be linked to whom, and asks.

use axum::{
    extract::{Path, State},
    response::Response,
};
use ownhand_connector::{ConfirmForm, ConfirmPage, Error};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    page, see_other,
    view::{Cancelled, Confirm},
};
use crate::{
    cookie::Browser, extract::Form, failure::Failure, same_origin::SameOrigin, settings::App,
};

pub(super) async fn show(
    State(app): State<App>,
    Path((tenant, token)): Path<(String, SecretString)>,
    Browser(browser): Browser,
) -> Result<Response, Failure> {
    let view = app
        .connector
        .view_confirm(&tenant, &token, browser.as_ref())
        .await?;
    match view {
        ConfirmPage::Ask(view) => page(&Confirm::new(&view)),
        ConfirmPage::Answered(done) => see_other(&done),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Confirm,
    Another,
    Cancel,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    action: Action,
    csrf: SecretString,
    account_id: Option<String>,
}

pub(super) async fn decide(
    State(app): State<App>,
    _: SameOrigin,
    Path((tenant, token)): Path<(String, SecretString)>,
    Browser(browser): Browser,
    Form(Decision {
        action,
        csrf,
        account_id,
    }): Form<Decision>,
) -> Result<Response, Failure> {
    let browser = browser.as_ref();
    match action {
        Action::Confirm => {
            let account_id = account_id.ok_or_else(|| Error::Invalid {
                place: "account_id".into(),
                message: "choose one of the accounts".into(),
            })?;
            let form = ConfirmForm { csrf, account_id };
            see_other(
                &app.connector
                    .confirm(&tenant, &token, browser, form)
                    .await?,
            )
        }
        Action::Another => see_other(
            &app.connector
                .use_another(&tenant, &token, browser, &csrf)
                .await?,
        ),
        Action::Cancel => match app
            .connector
            .cancel(&tenant, &token, browser, &csrf)
            .await?
        {
            Some(url) => see_other(&url.into()),
            None => page(&Cancelled),
        },
    }
}
