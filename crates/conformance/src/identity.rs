//! What an identity mapper promises.

use std::sync::Arc;

use futures_util::future::join_all;
use ownhand_spi::{
    AdapterError, CallContext, Credential, CredentialUse, DynIdentityMapper, ErrorKind,
    ExposeSecret, Role, SecretString,
};

use crate::report::{Report, Verdict, done, ensure, shown};

/// A credential that holds.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What it is, for the report.
    pub label: String,
    /// The credential.
    pub credential: Credential,
    /// The issuer of the person.
    pub issuer: String,
    /// The person's subject.
    pub subject: String,
}

/// A credential that must be refused.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// What is wrong with it, for the report.
    pub label: String,
    /// The credential.
    pub credential: Credential,
}

/// What to try an identity mapper with.
#[derive(Clone, Debug)]
pub struct IdentityFixture {
    /// The context of every call; its time is the one at which the credentials hold.
    pub context: CallContext,
    /// Credentials that hold.
    pub accepted: Vec<Accepted>,
    /// Credentials that don't.
    pub rejected: Vec<Rejected>,
}

/// Checks an identity mapper.
pub async fn check_identity_mapper(
    mapper: Arc<dyn DynIdentityMapper>,
    fixture: &IdentityFixture,
) -> Report {
    let mut report = Report::new(Role::IdentityMapper);
    let checks = Checks {
        mapper: &*mapper,
        fixture,
    };
    report
        .run(
            "names the person behind a good credential",
            checks.accepts(),
        )
        .await;
    report
        .run(
            "names the same person every time, also at once",
            checks.is_stable(),
        )
        .await;
    report
        .run(
            "says until when a single-use credential counts",
            checks.bounds_single_use(),
        )
        .await;
    report
        .run("refuses bad credentials", checks.rejects())
        .await;
    report
        .run("refuses altered credentials", checks.rejects_altered())
        .await;
    report
        .run("refuses garbage", checks.rejects_garbage())
        .await;
    report
        .run(
            "never repeats a credential in an error",
            checks.does_not_echo(),
        )
        .await;
    report
}

struct Checks<'a> {
    mapper: &'a dyn DynIdentityMapper,
    fixture: &'a IdentityFixture,
}

impl Checks<'_> {
    async fn accepts(&self) -> Result<(), Verdict> {
        ensure(!self.fixture.accepted.is_empty(), || {
            "the fixture has no good credential".into()
        })?;
        for good in &self.fixture.accepted {
            let person = self.resolve(&good.credential).await;
            let user = done(&good.label, person)?.user;
            ensure(
                user.issuer == good.issuer && user.subject == good.subject,
                || format!("{}: named {} of {}", good.label, user.subject, user.issuer),
            )?;
        }
        Ok(())
    }

    async fn is_stable(&self) -> Result<(), Verdict> {
        for good in &self.fixture.accepted {
            let first = done(&good.label, self.resolve(&good.credential).await)?;
            let again = join_all((0..32).map(|_| self.resolve(&good.credential))).await;
            for person in again {
                let person = done(&good.label, person)?;
                ensure(person == first, || {
                    format!("{}: {person:?}, before {first:?}", good.label)
                })?;
            }
        }
        Ok(())
    }

    async fn bounds_single_use(&self) -> Result<(), Verdict> {
        let mut seen = false;
        for good in &self.fixture.accepted {
            let person = done(&good.label, self.resolve(&good.credential).await)?;
            if let CredentialUse::Single {
                id,
                expires_unix_ms,
            } = person.credential_use
            {
                seen = true;
                ensure(!id.is_empty(), || format!("{}: an empty id", good.label))?;
                ensure(expires_unix_ms > self.fixture.context.now_unix_ms, || {
                    format!("{}: it is already past", good.label)
                })?;
            }
        }
        if seen {
            Ok(())
        } else {
            Err(Verdict::not_applicable("all credentials are reusable"))
        }
    }

    async fn rejects(&self) -> Result<(), Verdict> {
        for bad in &self.fixture.rejected {
            self.is_rejected(&bad.label, &bad.credential).await?;
        }
        Ok(())
    }

    async fn rejects_altered(&self) -> Result<(), Verdict> {
        for good in &self.fixture.accepted {
            for credential in altered(&good.credential) {
                self.is_rejected(&good.label, &credential).await?;
            }
        }
        Ok(())
    }

    async fn rejects_garbage(&self) -> Result<(), Verdict> {
        for (label, value) in garbage() {
            let credential = Credential {
                scheme: "bearer".into(),
                value: SecretString::from(value),
            };
            self.is_rejected(label, &credential).await?;
        }
        Ok(())
    }

    async fn does_not_echo(&self) -> Result<(), Verdict> {
        let good = self.fixture.accepted.iter().map(|g| &g.credential);
        let bad = self.fixture.rejected.iter().map(|b| b.credential.clone());
        for credential in good.flat_map(altered).chain(bad) {
            if let Err(error) = self.resolve(&credential).await {
                ensure(!echoes(&error, &credential), || {
                    format!("a {:?} error repeats a part of it", error.kind())
                })?;
            }
        }
        Ok(())
    }

    async fn is_rejected(&self, label: &str, credential: &Credential) -> Result<(), Verdict> {
        let answer = self.resolve(credential).await;
        ensure(
            matches!(&answer, Err(e) if e.kind() == ErrorKind::CredentialRejected),
            || format!("{label}: {}", shown(&answer)),
        )
    }

    async fn resolve(
        &self,
        credential: &Credential,
    ) -> Result<ownhand_spi::ResolvedIdentity, AdapterError> {
        self.mapper
            .resolve(&self.fixture.context, credential.clone())
            .await
    }
}

/// The credential cut short, and with one character changed near its beginning and in its middle.
fn altered(credential: &Credential) -> Vec<Credential> {
    let text: Vec<char> = credential.value.expose_secret().chars().collect();
    let with = |value: String| Credential {
        scheme: credential.scheme.clone(),
        value: SecretString::from(value),
    };
    let mut all = vec![with(text[..text.len() / 2].iter().collect())];
    for at in [text.len() / 8, text.len() / 2] {
        let mut changed = text.clone();
        if let Some(c) = changed.get_mut(at) {
            *c = if *c == 'A' { 'B' } else { 'A' };
            all.push(with(changed.into_iter().collect()));
        }
    }
    all
}

fn garbage() -> Vec<(&'static str, String)> {
    vec![
        ("an empty credential", String::new()),
        ("a space", " ".into()),
        ("dots", "..".into()),
        ("text", "not a credential".into()),
        ("other letters", "ключ.ключ.ключ".into()),
        ("control characters", "a\u{0}b\r\nc".into()),
        // As much as may cross the plugin boundary as one secret.
        ("64 KiB", "x".repeat(64 * 1024)),
    ]
}

/// Whether an error shows a piece of the credential that is long enough to be no coincidence.
fn echoes(error: &AdapterError, credential: &Credential) -> bool {
    const PIECE: usize = 12;
    let shown = format!("{error} {error:?} {}", error.chain(16).join(" "));
    let value = credential.value.expose_secret().as_bytes();
    value
        .windows(PIECE)
        .filter_map(|piece| std::str::from_utf8(piece).ok())
        .any(|piece| shown.contains(piece))
}
