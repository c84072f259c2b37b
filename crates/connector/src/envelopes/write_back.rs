//! Signed documents go back into the host app, as the user who sent them.

use std::time::Duration;

use futures_util::TryStreamExt;
use ownhand_docusign::rest::Download;
use ownhand_spi::{
    Actor, ActorKind, AdapterError, Deposit, DepositKey, DocumentMetadata, DocumentReference,
    ErrorKind, Receipt,
};
use serde_json::json;

use super::{documents::StreamDigest, send::parse};
use crate::{
    Checkpoint, Error, Tenant, chain,
    connector::Core,
    ledger::{Act, AuditLine, LedgerError, LinkRow, SendRow, WriteBackDone, WriteBackRow},
};

/// How long a file waits for its second try.
const FIRST_WAIT: Duration = Duration::from_secs(5);

impl Core {
    /// Tries to bring a file back. A failure is written down, and the file is tried again; it is never dropped.
    pub(crate) async fn bring_back(&self, row: &WriteBackRow) -> Result<(), Error> {
        match self.try_to_bring_back(row).await {
            Ok((done, audit)) => {
                self.ambient.reached(Checkpoint::WriteBackDeposited);
                self.ledger
                    .write_back_done(&row.tenant, row.send, &row.part.part, &done, &audit)
                    .await?;
                self.ambient.reached(Checkpoint::WriteBackNoted);
                Ok(())
            }
            Err(error) => {
                let next = self.next_try(&error, FIRST_WAIT, row.attempts);
                let said = error.to_string();
                tracing::warn!(
                    tenant = %row.tenant, send = %row.send, part = row.part.part, attempts = row.attempts + 1,
                    error = chain(&error), "a signed document could not be brought back yet"
                );
                Ok(self
                    .ledger
                    .write_back_failed(&row.tenant, row.send, &row.part.part, &said, next)
                    .await?)
            }
        }
    }

    async fn try_to_bring_back(
        &self,
        row: &WriteBackRow,
    ) -> Result<(WriteBackDone, AuditLine), Error> {
        self.ambient.reached(Checkpoint::WriteBackTaken);
        let tenant = self.tenants.get(row.tenant.as_str())?;
        let send = self
            .ledger
            .send(&row.tenant, row.send)
            .await?
            .ok_or_else(|| {
                LedgerError::inconsistent(format!("send {} of a write-back has vanished", row.send))
            })?;
        let link = self.link_of_sender(&send).await?;
        let receipt = match self
            .deposit(&tenant, &link, &send, row, row.part.reference.clone())
            .await
        {
            // Something else stands in the place: nothing is overwritten, the file goes beside it under its envelope's name.
            Err(Error::Document { source, .. }) if source.kind() == ErrorKind::Conflict => {
                let envelope = send.envelope_id.as_deref().unwrap_or_default();
                self.deposit(
                    &tenant,
                    &link,
                    &send,
                    row,
                    beside(&row.part.reference, envelope),
                )
                .await?
            }
            other => other?,
        };
        let sha256 = hex::encode(receipt.sha256);
        let detail = json!({
            "send": send.id.to_string(),
            "part": row.part.part,
            "reference": receipt.reference.0,
            "sha256": sha256,
            "acting": format!("{:?}", tenant.documents.acting()),
        });
        let (ambient, act) = (&self.ambient, Act::WrittenBack);
        let audit = AuditLine::of(ambient, &send.tenant, &send.user, "ownhand", act, detail);
        let done = WriteBackDone {
            reference: receipt.reference.0,
            sha256,
            length: receipt.length,
            at: audit.at,
        };
        Ok((done, audit))
    }

    async fn deposit(
        &self,
        tenant: &Tenant,
        link: &LinkRow,
        send: &SendRow,
        row: &WriteBackRow,
        reference: String,
    ) -> Result<Receipt, Error> {
        let failed = |source| Error::Document {
            reference: reference.clone(),
            source,
        };
        let kind = tenant.documents.acting();
        if kind == ActorKind::Relay {
            let waits = "waits for the sender: this host app lets nobody act for them";
            return Err(failed(AdapterError::new(
                ErrorKind::CredentialRejected,
                waits,
            )));
        }
        let envelope_id = send.envelope_id.clone().unwrap_or_default();
        let envelope = parse(&envelope_id)?;
        let which = match row.part.part.as_str() {
            "certificate" => Download::Certificate,
            _ => Download::Combined { certificate: false },
        };
        let download = self
            .as_user(link, &send.account_id, |rest, access| async move {
                rest.download(access.caller(), &envelope, which).await
            })
            .await?;
        let digest = StreamDigest::default();
        let content = download.stream.map_err(|error| {
            AdapterError::unavailable("DocuSign's download broke off").caused_by(error)
        });
        let deposit = Deposit {
            key: DepositKey(format!("{envelope_id}-{}", row.part.part)),
            reference: DocumentReference(reference.clone()),
            metadata: DocumentMetadata {
                name: reference.rsplit('/').next().unwrap_or_default().to_owned(),
                content_type: "application/pdf".to_owned(),
                length: download.length,
                revision: None,
            },
            sha256: None,
            content: digest.watch(Box::pin(content)),
        };
        let actor = Actor {
            user: send.user.clone(),
            kind,
            secret: None,
        };
        let cx = self.context(&tenant.id, &send.id.to_string());
        let receipt = tenant
            .documents
            .deposit(&cx, &actor, deposit)
            .await
            .map_err(failed)?;
        // A deposit that was there already was proven when it was made.
        let proven =
            receipt.already_present || digest.get() == Some((receipt.sha256, receipt.length));
        if proven {
            Ok(receipt)
        } else {
            Err(failed(AdapterError::unavailable(
                "what was read back is not what DocuSign sent",
            )))
        }
    }
}

/// The reference with the envelope's id before the ending.
fn beside(reference: &str, envelope: &str) -> String {
    match reference.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => format!("{stem} {envelope}.{ending}"),
        _ => format!("{reference} {envelope}"),
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_envelope_stands_before_the_ending() {
        assert_eq!(beside("a/nda (signed).pdf", "e1"), "a/nda (signed) e1.pdf");
        assert_eq!(beside("a.b/nda", "e1"), "a.b/nda e1");
    }
}
