//! Documents of an envelope: the list, one, all combined, the certificate.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::ApiError;
use super::caller::Caller;
use super::query::Query;
use crate::envelope::{Envelope, Status, render};
use crate::pdf;
use crate::sim::Sim;

pub(crate) async fn list(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let state = sim.state();
    let envelope = caller.readable(&sim, &state, &path["envelope"])?;
    Ok(Json(
        json!({ "envelopeId": envelope.id, "envelopeDocuments": render::documents(envelope) }),
    ))
}

pub(crate) async fn download(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    query: Query,
) -> Result<Response, ApiError> {
    let envelope = caller
        .readable(&sim, &sim.state(), &path["envelope"])?
        .clone();
    let sender = sim
        .directory()
        .user(&envelope.sender_id)
        .map(|user| user.name.clone())
        .unwrap_or_default();
    let (document, with_certificate) = (path["document"].clone(), query.flag("certificate"));
    // Stamping and joining are work for another thread.
    let file = tokio::task::spawn_blocking(move || {
        render(&envelope, &sender, &document, with_certificate)
    });
    let (name, document, bytes) = file.await.map_err(|_| unspecified())??;
    let disposition = format!(
        "file; filename=\"{}\"; documentid=\"{document}\"",
        name.replace(['"', '\\', '\r', '\n'], "_")
    );
    let disposition: String = disposition
        .chars()
        .map(|one| if one.is_ascii() { one } else { '_' })
        .collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

fn render(
    envelope: &Envelope,
    sender: &str,
    document: &str,
    with_certificate: bool,
) -> Result<(String, String, Bytes), ApiError> {
    match document {
        "combined" => {
            if envelope.documents.is_empty() {
                return Err(ApiError::no_document());
            }
            let bytes =
                pdf::combined(envelope, sender, with_certificate).ok_or_else(unspecified)?;
            Ok((
                pdf_name(&envelope.email_subject),
                document.to_owned(),
                bytes,
            ))
        }
        "certificate" => {
            if envelope.status == Status::Created {
                return Err(ApiError::no_document());
            }
            Ok((
                "Summary.pdf".to_owned(),
                document.to_owned(),
                pdf::certificate(envelope, sender),
            ))
        }
        id => {
            let found = envelope
                .documents
                .iter()
                .find(|document| document.id == id)
                .ok_or_else(ApiError::no_document)?;
            Ok((
                pdf_name(&found.name),
                found.id.clone(),
                pdf::signed(envelope, found),
            ))
        }
    }
}

fn pdf_name(name: &str) -> String {
    let has_ending = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("pdf"));
    if has_ending {
        name.to_owned()
    } else {
        format!("{name}.pdf")
    }
}

fn unspecified() -> ApiError {
    ApiError::bad("UNSPECIFIED_ERROR", "PDF validation failed")
}
