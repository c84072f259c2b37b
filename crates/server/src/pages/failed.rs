//! Failures for people: what happened, and what to do now.

use askama::Template as _;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use ownhand_connector::{Error, LinkRefusal};

use super::{
    headers,
    view::{Failed, Words},
};
use crate::{failure::Failure, request_log::RequestId, settings::App};

/// A whole page, headers included, for where no page's layer is.
pub(crate) fn failed(app: &App, failure: &Failure, id: &RequestId) -> Response {
    let mut response = render(failure, id);
    headers::put(response.headers_mut(), app, None);
    response
}

/// The page of a failure. Writes the failure to the log.
pub(super) fn render(failure: &Failure, id: &RequestId) -> Response {
    failure.log(id);
    let status = failure.answer().status;
    let page = Failed {
        words: words(failure),
        request_id: id.as_str(),
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(request.id = %id, error = %error, "the page of a failure could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.").into_response()
        }
    }
}

const START_AGAIN: &str =
    "Go back to the application that you came from and choose “Connect DocuSign” again.";
const LATER: &str =
    "Wait a few minutes, then go back to the application that you came from and try again.";

pub(super) fn words(failure: &Failure) -> Words {
    let Some(error) = failure.core() else {
        return surface(failure.answer().status);
    };
    let (title, what, next) = match error {
        Error::FlowGone => (
            "This link no longer works",
            "It was used already, or it took too long. Each link works once and for a few minutes, so that nobody else can use it.".to_owned(),
            START_AGAIN,
        ),
        Error::WrongBrowser => (
            "This page belongs to another browser",
            "You began in another browser or in a private window, or this browser does not keep cookies. We can't know that it is still you.".to_owned(),
            "Start again in the application that you came from, and stay in one browser until the end. Cookies of this site must be allowed.",
        ),
        Error::WrongUser => (
            "Somebody else began here",
            "The user who is signed in to the application now is not the one who began. Nothing was connected.".to_owned(),
            "Sign in to the application as yourself and choose “Connect DocuSign” there.",
        ),
        Error::ConsentRefused => (
            "DocuSign was not connected",
            "Access was refused on DocuSign’s page. Nothing was connected, and a connection that you had before stays as it was.".to_owned(),
            "If you refused by mistake, go back to the application that you came from and choose “Connect DocuSign” again.",
        ),
        Error::LinkRefused(refusal) => return refused(refusal),
        Error::UnknownTenant => (
            "This address leads nowhere",
            "The organisation in this address is not set up here.".to_owned(),
            START_AGAIN,
        ),
        Error::Docusign { .. } | Error::TokenEndpoint(_) => (
            "DocuSign does not answer",
            "DocuSign is not reachable, or not working as it should. Nothing was connected.".to_owned(),
            LATER,
        ),
        Error::Invalid { .. } => (
            "This form can’t be used",
            "Something in what your browser sent is missing, or does not fit the page.".to_owned(),
            START_AGAIN,
        ),
        _ => (
            "Something went wrong on our side",
            "This is not your fault. Nothing was connected, and a connection that you had before stays as it was.".to_owned(),
            LATER,
        ),
    };
    Words { title, what, next }
}

fn refused(refusal: &LinkRefusal) -> Words {
    let (title, what, next) = match refusal {
        LinkRefusal::Email { found } => (
            "This is not the expected DocuSign user",
            format!("You signed in to DocuSign as {found}. Your organisation expects another e-mail address for you."),
            "Start again in the application that you came from, and sign in to DocuSign with your own work address. If the address is right, ask your administrator to allow it.",
        ),
        LinkRefusal::TakenByAnother => (
            "This DocuSign user is taken",
            "Another user of your organisation is connected to this DocuSign user. Each DocuSign user can be connected once.".to_owned(),
            "Start again and sign in to DocuSign as yourself. If somebody else uses your DocuSign user, tell your administrator.",
        ),
        _ => (
            "This DocuSign account is not allowed",
            "Your organisation allows only certain DocuSign accounts, and the user that you signed in with has none of them.".to_owned(),
            "Start again and sign in to DocuSign with your work account. If you did, ask your administrator to add you to the organisation’s DocuSign account.",
        ),
    };
    Words { title, what, next }
}

fn surface(status: StatusCode) -> Words {
    let (title, what, next) = match status {
        StatusCode::NOT_FOUND => (
            "There is nothing here",
            "The address is incomplete, or the page is gone.",
            "Check the address, or go back to the application that you came from.",
        ),
        status if status.is_server_error() => (
            "Something went wrong on our side",
            "This is not your fault. Nothing was connected.",
            LATER,
        ),
        _ => (
            "This form can’t be used",
            "It did not come from its own page, or something in it is missing.",
            START_AGAIN,
        ),
    };
    Words {
        title,
        what: what.to_owned(),
        next,
    }
}
