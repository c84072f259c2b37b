//! Who is calling, found out before anything else of the request is looked at.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{header::AUTHORIZATION, request::Parts},
};
use ownhand_connector::{Caller, Error, Proof};

use crate::{
    failure::{Failure, Refusal},
    request_log::RequestId,
    settings::App,
};

/// A caller with the host app's own credential, which is burnt if it may be shown only once.
pub(crate) struct Fresh(pub(crate) Caller);

/// A caller with the host app's credential or an Ownhand session.
pub(crate) struct Known(pub(crate) Caller);

impl FromRequestParts<App> for Fresh {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        authenticate(parts, app, Proof::Fresh).await.map(Self)
    }
}

impl FromRequestParts<App> for Known {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        authenticate(parts, app, Proof::Any).await.map(Self)
    }
}

async fn authenticate(parts: &mut Parts, app: &App, proof: Proof) -> Result<Caller, Failure> {
    let tenant = tenant(parts, app).await?;
    let id = parts
        .extensions
        .get::<RequestId>()
        .cloned()
        .ok_or(Refusal::Internal)?;
    let authorization = match parts.headers.get(AUTHORIZATION) {
        None => None,
        Some(value) => Some(value.to_str().map_err(|_| {
            Error::CredentialRejected("the Authorization header is not plain text".into())
        })?),
    };
    Ok(app
        .connector
        .authenticate(&tenant, authorization, proof, id.as_str())
        .await?)
}

/// The tenant named in the path.
async fn tenant(parts: &mut Parts, app: &App) -> Result<String, Failure> {
    let params = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| Error::UnknownTenant)?;
    let tenant = params.iter().find(|(name, _)| *name == "tenant");
    Ok(tenant.ok_or(Error::UnknownTenant)?.1.to_owned())
}
