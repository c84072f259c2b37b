//! The headers of every page, and pages for failures.

use axum::{
    Extension,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    middleware::Next,
    response::Response,
};

use crate::{failure::carried, request_log::RequestId, settings::App};

const ALWAYS: [(HeaderName, &str); 3] = [
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
];

pub(super) async fn layer(
    State(app): State<App>,
    Extension(id): Extension<RequestId>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(failure) = carried(&mut response) {
        let allow = response.headers_mut().remove("allow");
        response = super::failed::render(&failure, &id);
        if let Some(allow) = allow {
            response.headers_mut().insert("allow", allow);
        }
    }
    // An address that is no text names no tenant.
    let tenant = params
        .iter()
        .flatten()
        .find(|(name, _)| *name == "tenant")
        .map(|(_, tenant)| tenant);
    put(response.headers_mut(), &app, tenant);
    response
}

/// Puts the headers of a page, of one tenant or of none.
pub(super) fn put(headers: &mut HeaderMap, app: &App, tenant: Option<&str>) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if app.https() {
        headers.insert(
            "strict-transport-security",
            HeaderValue::from_static("max-age=63072000"),
        );
    }
    headers.insert(CONTENT_SECURITY_POLICY, policy(app, tenant));
}

/// Nothing but our own stylesheet, and forms that lead to DocuSign and back to the host app: Chromium holds the redirects
/// after a form to `form-action` too, all the way through DocuSign when it asks nothing.
fn policy(app: &App, tenant: Option<&str>) -> HeaderValue {
    const STRICTEST: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    let origins = tenant
        .map(|tenant| (app.settings.form_origins)(tenant))
        .unwrap_or_default();
    let targets: Vec<&str> = std::iter::once(app.settings.auth_origin.as_str())
        .chain(origins.iter().map(String::as_str))
        // What could end the directive or begin another is no origin.
        .filter(|origin| !origin.contains([';', ',', ' ']))
        .collect();
    let text = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        targets.join(" ")
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(STRICTEST))
}
