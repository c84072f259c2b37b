//! What people do with an installation, from end to end.

use std::{path::PathBuf, time::Duration};

use reqwest::Method;
use serde_json::Value;

use super::{Browser, HostApp, Installation, Person, host_app::random, time::until, walk};
use crate::{
    Result,
    error::{self, wrong},
};

/// How long a signed document may take to come back.
const BACK: Duration = Duration::from_mins(1);

/// An envelope that came back signed.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// DocuSign's id.
    pub id: String,
    /// The account that was charged, as Ownhand says.
    pub account_id: String,
    /// The sender's name, as the signer saw it.
    pub sender_name: String,
    /// The sender's e-mail address, as the signer saw it.
    pub sender_email: String,
    /// Where it stands, as Ownhand says.
    pub status: String,
    /// The signed document in the host app.
    pub signed_copy: PathBuf,
}

/// A user links, sends their document, the signer signs, and the signed copy comes back.
///
/// # Errors
/// Whatever does not go as it must.
pub async fn link_send_sign(
    installation: &Installation,
    host: &HostApp,
    person: &Person,
) -> Result<Envelope> {
    walk::link(host, &Browser::open()?, person).await?;
    send_sign(installation, host, person).await
}

/// The same for a user who has linked already.
///
/// # Errors
/// Whatever does not go as it must.
pub async fn send_sign(
    installation: &Installation,
    host: &HostApp,
    person: &Person,
) -> Result<Envelope> {
    let session = host.session(person).await?;
    let sent = host.send(person, &session, &random()).await?.expect(201)?;
    let id = text(&sent.json(), "envelope_id")?;
    let mail = installation
        .simulator
        .mail_to_sign(&id, person.signer.1)
        .await?;
    if mail["sender_email"] != person.email || mail["account_id"] != person.account {
        return Err(wrong(format!(
            "the signer's mail does not come from {}: {mail}",
            person.email
        )));
    }
    installation.simulator.sign(&mail).await?;
    let view = signed_and_back(host, &session, &id).await?;
    Ok(Envelope {
        account_id: text(&view, "account_id")?,
        status: text(&view, "status")?,
        sender_name: text(&mail, "sender_name")?,
        sender_email: text(&mail, "sender_email")?,
        signed_copy: signed_copy(installation, host, &view)?,
        id,
    })
}

/// Waits until Ownhand says that an envelope is completed and its files are back; answers what it says.
///
/// # Errors
/// When that takes too long; with what Ownhand said last.
pub async fn signed_and_back(host: &HostApp, session: &str, id: &str) -> Result<Value> {
    let mut last = Value::Null;
    let path = format!("envelopes/{id}");
    let waited = until("the signed document", BACK, async || {
        let answer = host.call(Method::GET, &path, session, None).await?;
        last = answer.expect(200)?.json();
        let back = last["write_backs"].as_array().is_some_and(|files| {
            files.len() == 2 && files.iter().all(|file| file["state"] == "done")
        });
        Ok((last["status"] == "completed" && back).then(|| last.clone()))
    })
    .await;
    waited.map_err(|error| wrong(format!("{error}; Ownhand said: {last}")))
}

/// Sends under an idempotency key, again and again while Ownhand says that this may help; answers DocuSign's id.
///
/// # Errors
/// When nobody answers, or Ownhand refuses for good.
pub async fn send_until_out(host: &HostApp, person: &Person, key: &str) -> Result<String> {
    until("the send to be taken", BACK, async || {
        let session = host.session(person).await?;
        let answer = host.send(person, &session, key).await?;
        match answer.status {
            200 | 201 => text(&answer.json(), "envelope_id").map(Some),
            _ if answer.json()["retryable"] == true => Ok(None),
            _ => Err(wrong(answer.text())),
        }
    })
    .await
}

/// Waits until the user's newest envelope is out, though nobody asks for it; answers DocuSign's id.
///
/// # Errors
/// When that takes too long.
pub async fn sent_in_the_background(host: &HostApp, session: &str) -> Result<String> {
    until("the envelope to go out", BACK, async || {
        let answer = host.call(Method::GET, "envelopes", session, None).await?;
        let newest = answer.expect(200)?.json()["envelopes"][0].clone();
        (newest["status"] == "sent")
            .then(|| text(&newest, "envelope_id"))
            .transpose()
    })
    .await
}

/// The signed document, if it is one.
fn signed_copy(installation: &Installation, host: &HostApp, view: &Value) -> Result<PathBuf> {
    let file = view["write_backs"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|file| file["part"] == "combined")
        .ok_or_else(|| wrong(format!("no signed document came back: {view}")))?;
    let path = installation.document(&host.tenant, &text(file, "reference")?);
    let bytes = std::fs::read(&path).map_err(error::io(path.display().to_string()))?;
    if bytes.starts_with(b"%PDF") {
        Ok(path)
    } else {
        Err(wrong(format!("{} is no PDF", path.display())))
    }
}

/// Checks that DocuSign holds these envelopes and no other, each in its sender's own account and made by its sender's own token.
///
/// # Errors
/// The envelope or call that must not be.
pub async fn nobody_else_sent(installation: &Installation, sent: &[(&Person, &str)]) -> Result<()> {
    let envelopes = installation.simulator.envelopes().await?;
    for envelope in &envelopes {
        let owner = sent.iter().find(|(_, id)| envelope["envelopeId"] == *id);
        if owner.is_none_or(|(person, _)| envelope["accountId"] != person.account) {
            return Err(wrong(format!(
                "an envelope lies where it must not: {envelope}"
            )));
        }
    }
    if envelopes.len() != sent.len() {
        return Err(wrong(format!(
            "DocuSign holds {} envelopes instead of {}",
            envelopes.len(),
            sent.len()
        )));
    }
    let journal = installation.simulator.journal().await?;
    for (person, _) in sent {
        let made = |call: &Value| {
            call["method"] == "POST"
                && call["account_id"] == person.account
                && call["path"]
                    .as_str()
                    .is_some_and(|path| path.ends_with("/envelopes"))
        };
        if !journal.iter().any(made) {
            return Err(wrong(format!(
                "the journal shows no envelope of {}",
                person.name
            )));
        }
    }
    for call in journal {
        let Some(account) = call["account_id"].as_str() else {
            continue;
        };
        let own = sent.iter().any(|(person, _)| {
            account == person.account && call["user_id"] == person.docusign_user
        });
        if !own {
            return Err(wrong(format!(
                "a call reached an account that is not its user's: {call}"
            )));
        }
    }
    Ok(())
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| wrong(format!("there is no `{name}` in {value}")))
}
