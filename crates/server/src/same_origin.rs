//! Forms are taken from our own pages only.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::ORIGIN, request::Parts},
};

use crate::{
    failure::{Failure, Refusal},
    settings::App,
};

/// The request comes from a page of ours, as far as the browser tells.
pub(crate) struct SameOrigin;

impl FromRequestParts<App> for SameOrigin {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if holds(&parts.headers, &app.origin()) {
            Ok(Self)
        } else {
            Err(Refusal::CrossSite.into())
        }
    }
}

/// `Sec-Fetch-Site` decides where the browser sends it. Else `Origin` must be ours, but `null` passes: our pages say
/// `no-referrer`, which makes browsers send `null` with our own forms. The one-time token in the address and the CSRF token
/// hold in every case; this is a second wall.
fn holds(headers: &HeaderMap, own: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    headers
        .get(ORIGIN)
        .is_none_or(|origin| origin == own || origin == "null")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::holds;

    #[test]
    fn table() {
        let own = "https://ownhand.example";
        for (given, expected) in [
            (&[][..], true),
            (&[("origin", own)], true),
            (&[("origin", "null")], true),
            (&[("origin", "https://ownhand.example.evil.example")], false),
            (&[("origin", "http://ownhand.example")], false),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                true,
            ),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[("sec-fetch-site", "cross-site"), ("origin", "null")],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
        ] {
            let headers: HeaderMap = given
                .iter()
                .map(|&(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    )
                })
                .collect();
            assert_eq!(holds(&headers, own), expected, "{given:?}");
        }
    }
}
