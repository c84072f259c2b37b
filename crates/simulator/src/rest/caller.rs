//! Who calls, in which account: the check in front of every REST call.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

use super::ApiError;
use crate::envelope::Envelope;
use crate::journal::{self, Slip};
use crate::sim::Sim;
use crate::store::State;

/// A caller whose token is live and who belongs to the account in the address.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
    pub(crate) account_id: String,
    pub(crate) integration_key: String,
    pub(crate) can_send: bool,
    pub(crate) slip: Slip,
}

impl FromRequestParts<Sim> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Self::Rejection> {
        let slip = parts.extensions.get::<Slip>().cloned().unwrap_or_default();
        let token = token(&parts.headers)?;
        let token = sim
            .state()
            .grants
            .access(token, sim.clock().now())
            .cloned()
            .ok_or_else(|| {
                ApiError::unauthorized(
                    "AUTHORIZATION_INVALID_TOKEN",
                    "The access token provided is expired, revoked or malformed.",
                )
            })?;
        slip.write(|facts| {
            facts.user_id = Some(token.user_id.clone());
            facts.integration_key = Some(token.key.clone());
        });
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, sim)
            .await
            .map_err(|_| ApiError::invalid_parameter("The address cannot be read."))?;
        let account = path
            .get("account")
            .and_then(|reference| sim.directory().account(reference));
        let member = account.and_then(|account| account.member(&token.user_id));
        let (Some(account), Some(member)) = (account, member) else {
            return Err(ApiError::unauthorized(
                "USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT",
                "The specified User is not a member of the specified Account.",
            ));
        };
        if !sim.directory().lives_on(account, &host(parts)) {
            // What a call to the wrong data centre gets.
            return Err(ApiError::unauthorized(
                "USER_AUTHENTICATION_FAILED",
                "One or both of Username and Password are invalid. Invalid access token",
            ));
        }
        Ok(Self {
            user_id: token.user_id,
            account_id: account.id.clone(),
            integration_key: token.key,
            can_send: member.can_send,
            slip,
        })
    }
}

impl Caller {
    /// An envelope that the caller may read: one they sent, or one they are a recipient of.
    pub(crate) fn readable<'a>(
        &self,
        sim: &Sim,
        state: &'a State,
        id: &str,
    ) -> Result<&'a Envelope, ApiError> {
        self.slip
            .write(|facts| facts.envelope_id = Some(id.to_ascii_lowercase()));
        let envelope = state
            .envelope(id)
            .filter(|envelope| envelope.account_id == self.account_id)
            .ok_or_else(ApiError::no_envelope)?;
        let email = sim
            .directory()
            .user(&self.user_id)
            .map(|user| user.email.as_str());
        let recipient = envelope
            .recipients
            .iter()
            .any(|one| email.is_some_and(|own| own.eq_ignore_ascii_case(&one.email)));
        if envelope.sender_id == self.user_id || recipient {
            Ok(envelope)
        } else {
            Err(not_theirs())
        }
    }

    /// An envelope that the caller sent, to change it.
    pub(crate) fn own<'a>(
        &self,
        state: &'a mut State,
        id: &str,
    ) -> Result<&'a mut Envelope, ApiError> {
        self.slip
            .write(|facts| facts.envelope_id = Some(id.to_ascii_lowercase()));
        let envelope = state
            .envelope_mut(id)
            .filter(|envelope| envelope.account_id == self.account_id)
            .ok_or_else(ApiError::no_envelope)?;
        if envelope.sender_id == self.user_id {
            Ok(envelope)
        } else {
            Err(not_theirs())
        }
    }

    /// Refuses a member who may not send.
    pub(crate) fn must_be_sender(&self) -> Result<(), ApiError> {
        if self.can_send {
            return Ok(());
        }
        let message = "This user lacks sufficient permissions to access this resource.";
        Err(ApiError::unauthorized("USER_LACKS_PERMISSIONS", message))
    }
}

fn token(headers: &HeaderMap) -> Result<&str, ApiError> {
    match (
        headers.contains_key(header::AUTHORIZATION),
        journal::bearer(headers),
    ) {
        (_, Some(token)) => Ok(token),
        (true, None) => Err(ApiError::unauthorized(
            "USER_AUTHENTICATION_FAILED",
            "One or both of Username and Password are invalid.",
        )),
        (false, None) => Err(ApiError::unauthorized(
            "PARTNER_AUTHENTICATION_FAILED",
            "The specified Integrator Key was not found or is disabled. An Integrator key was not specified.",
        )),
    }
}

/// The authority that the request was made to; HTTP/2 has it in the address, HTTP/1 in a header.
fn host(parts: &Parts) -> String {
    let header = || parts.headers.get(header::HOST)?.to_str().ok();
    parts
        .uri
        .authority()
        .map(Authority::as_str)
        .or_else(header)
        .unwrap_or_default()
        .to_owned()
}

fn not_theirs() -> ApiError {
    ApiError::bad(
        "USER_NOT_ENVELOPE_SENDER_OR_RECIPIENT",
        "This user is not the sender of the envelope. Only the sender or recipient of the envelope may perform the \
         requested operation.",
    )
}
