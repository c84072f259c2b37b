//! The cookie that binds a walk through the link pages to one browser.

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue,
        header::{COOKIE, InvalidHeaderValue},
        request::Parts,
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::settings::App;

/// Longer than any walk: a ticket, a sign-in at DocuSign and a confirmation.
const MAX_AGE_SECONDS: u32 = 3600;

/// With https the prefix makes browsers refuse the cookie from any other host, even a sibling; without it (which only a
/// loopback address may be) browsers would not take the prefix.
fn name(https: bool) -> &'static str {
    if https {
        "__Host-ownhand-link"
    } else {
        "ownhand-link"
    }
}

/// What the browser's cookie holds, if it brought one.
pub(crate) struct Browser(pub(crate) Option<SecretString>);

impl FromRequestParts<App> for Browser {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(read(&parts.headers, app.https())))
    }
}

fn read(headers: &HeaderMap, https: bool) -> Option<SecretString> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, value)| *found == name(https) && !value.is_empty())
        .map(|(_, value)| value.into())
}

/// The header that sets the cookie.
pub(crate) fn set(value: &SecretString, https: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let line = format!(
        "{}={}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly{secure}; SameSite=Lax",
        name(https),
        value.expose_secret()
    );
    let mut header = HeaderValue::from_str(&line)?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
    use secrecy::ExposeSecret as _;

    use super::{read, set};

    #[test]
    fn over_https_it_is_bound_to_the_host() {
        let header = set(&"abc".into(), true).unwrap();
        assert_eq!(
            header.to_str().unwrap(),
            "__Host-ownhand-link=abc; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"
        );
        assert!(header.is_sensitive());
    }

    #[test]
    fn on_plain_loopback_it_has_no_prefix() {
        assert_eq!(
            set(&"abc".into(), false).unwrap().to_str().unwrap(),
            "ownhand-link=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn it_is_found_among_others_and_only_under_its_own_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; ownhand-link=plain"));
        headers.append(
            COOKIE,
            HeaderValue::from_static("__Host-ownhand-link=bound;c=d"),
        );
        let found = |https| read(&headers, https).unwrap().expose_secret().to_owned();
        assert_eq!(found(true), "bound");
        assert_eq!(found(false), "plain");
        assert!(read(&HeaderMap::new(), true).is_none());
    }
}
