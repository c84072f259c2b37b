//! What stands before each route of the server. A route that is not here fails the matrix.

/// What a stranger must bring, and does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// A credential of the host app's; an assertion that is fresh.
    Assertion,
    /// A credential of the host app's; a session will do.
    Session,
    /// A one-time value that needs no browser yet: its bearer begins the walk.
    Ticket,
    /// A one-time value, and the browser that began.
    Browser,
    /// A signature over the body.
    Signature,
    /// Nothing: it says nothing of anybody.
    Open,
}

/// A route: method, path, what stands before it, and what is seen by another user of the tenant and by the user of the same
/// name at another tenant, both with good credentials and links of their own, and with somebody else's values.
pub(super) struct Known {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) guard: Guard,
    pub(super) other_user: &'static str,
    pub(super) other_tenant: &'static str,
}

const fn api(
    method: &'static str,
    path: &'static str,
    guard: Guard,
    other_user: &'static str,
    other_tenant: &'static str,
) -> Known {
    Known {
        method,
        path,
        guard,
        other_user,
        other_tenant,
    }
}

const fn page(method: &'static str, path: &'static str, guard: Guard) -> Known {
    api(method, path, guard, "", "")
}

/// All routes.
pub(super) const ROUTES: &[Known] = &[
    page("GET", "/", Guard::Open),
    page("GET", "/assets/ownhand.css", Guard::Open),
    page("GET", "/healthz", Guard::Open),
    page("POST", "/hooks/docusign", Guard::Signature),
    page("GET", "/link/{tenant}/again/{token}", Guard::Browser),
    page("GET", "/link/{tenant}/confirm/{token}", Guard::Browser),
    page("POST", "/link/{tenant}/confirm/{token}", Guard::Browser),
    page("GET", "/link/{tenant}/done/{token}", Guard::Browser),
    page("GET", "/link/{tenant}/start/{ticket}", Guard::Ticket),
    page("POST", "/link/{tenant}/start/{ticket}", Guard::Ticket),
    page("GET", "/oauth/callback", Guard::Browser),
    page("GET", "/readyz", Guard::Open),
    api(
        "GET",
        "/v1/tenants/{tenant}/envelopes",
        Guard::Session,
        "200",
        "200",
    ),
    api(
        "POST",
        "/v1/tenants/{tenant}/envelopes",
        Guard::Session,
        "201",
        "201",
    ),
    api(
        "GET",
        "/v1/tenants/{tenant}/envelopes/{id}",
        Guard::Session,
        "404 envelope_unknown",
        "404 envelope_unknown",
    ),
    api(
        "GET",
        "/v1/tenants/{tenant}/me",
        Guard::Session,
        "200",
        "200",
    ),
    api(
        "GET",
        "/v1/tenants/{tenant}/me/accounts",
        Guard::Session,
        "200",
        "200",
    ),
    api(
        "PUT",
        "/v1/tenants/{tenant}/me/accounts/default",
        Guard::Session,
        "403 account_not_allowed",
        "403 account_not_allowed",
    ),
    api(
        "DELETE",
        "/v1/tenants/{tenant}/me/link",
        Guard::Session,
        "200",
        "200",
    ),
    api(
        "POST",
        "/v1/tenants/{tenant}/me/link",
        Guard::Assertion,
        "201",
        "201",
    ),
    api(
        "POST",
        "/v1/tenants/{tenant}/me/link/finish",
        Guard::Assertion,
        "403 link_wrong_user",
        "410 link_flow_gone",
    ),
    api(
        "POST",
        "/v1/tenants/{tenant}/me/session",
        Guard::Assertion,
        "201",
        "201",
    ),
];
