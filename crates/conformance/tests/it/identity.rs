//! An identity mapper in memory, and its faults.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use ownhand_conformance::{Accepted, IdentityFixture, Rejected, check_identity_mapper};
use ownhand_spi::{
    AdapterError, CallContext, Credential, CredentialUse, ExposeSecret, HostUser, IdentityMapper,
    ResolvedIdentity, SecretString,
};

use crate::{context, failed};

const GOOD: &str = "good-credential-of-jane-doe";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    TakesPrefixes,
    TakesAll,
    Echoes,
    NewSubjectEveryTime,
    ExpiredId,
    TellsOtherKind,
}

struct Memory {
    fault: Fault,
    calls: AtomicU64,
}

impl IdentityMapper for Memory {
    async fn resolve(
        &self,
        cx: &CallContext,
        credential: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        let value = credential.value.expose_secret();
        let holds = match self.fault {
            Fault::TakesAll => true,
            Fault::TakesPrefixes => !value.is_empty() && GOOD.starts_with(value),
            _ => value == GOOD,
        };
        if !holds {
            return Err(match self.fault {
                Fault::Echoes => AdapterError::rejected(format!("{value} does not hold")),
                Fault::TellsOtherKind => AdapterError::unavailable("it does not hold"),
                _ => AdapterError::rejected("it does not hold"),
            });
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let subject = match self.fault {
            Fault::NewSubjectEveryTime => format!("u-{call}"),
            _ => "u-0".into(),
        };
        let life = u64::from(self.fault != Fault::ExpiredId);
        Ok(ResolvedIdentity {
            user: HostUser {
                issuer: "dms".into(),
                subject,
                login: None,
                email: None,
                email_verified: false,
                name: None,
                groups: vec![],
                claims: BTreeMap::new(),
            },
            credential_use: CredentialUse::Single {
                id: "id".into(),
                expires_unix_ms: cx.now_unix_ms + life,
            },
        })
    }
}

async fn check(fault: Fault) -> Vec<&'static str> {
    let credential = |value: &str| Credential {
        scheme: "bearer".into(),
        value: SecretString::from(value),
    };
    let fixture = IdentityFixture {
        context: context("acme"),
        accepted: vec![Accepted {
            label: "good".into(),
            credential: credential(GOOD),
            issuer: "dms".into(),
            subject: "u-0".into(),
        }],
        rejected: vec![Rejected {
            label: "bad".into(),
            credential: credential("bad-credential-of-nobody"),
        }],
    };
    let mapper = Memory {
        fault,
        calls: AtomicU64::new(0),
    };
    failed(&check_identity_mapper(Arc::new(mapper), &fixture).await)
}

#[tokio::test]
async fn a_right_mapper_passes() {
    assert!(check(Fault::None).await.is_empty());
}

#[tokio::test]
async fn each_fault_is_found() {
    for (fault, finding) in [
        (Fault::TakesPrefixes, "refuses altered credentials"),
        (Fault::TakesAll, "refuses garbage"),
        (Fault::Echoes, "never repeats a credential in an error"),
        (
            Fault::NewSubjectEveryTime,
            "names the same person every time, also at once",
        ),
        (
            Fault::ExpiredId,
            "says until when a single-use credential counts",
        ),
        (Fault::TellsOtherKind, "refuses bad credentials"),
    ] {
        let found = check(fault).await;
        assert!(found.contains(&finding), "{finding}: {found:?}");
    }
}
