//! What a document source promises.

use std::sync::Arc;

use ownhand_spi::{
    Actor, ActorKind, CallContext, DocumentReference, DynDocumentSource, ErrorKind, Role,
};

use crate::{
    content::{broken, content, deposit, read, sha256, stalled},
    report::{Report, Verdict, done, ensure, shown},
};

mod races;

/// Makes the reference of a new document from a name that occurs once in a run, e.g. `round-trip.pdf`.
pub type NewReference = Box<dyn Fn(&str) -> DocumentReference + Send + Sync>;

/// What to try a document source with.
pub struct DocumentFixture {
    /// The context of every call.
    pub context: CallContext,
    /// Somebody who may write and read the new documents.
    pub actor: Actor,
    /// Names new documents.
    pub new_reference: NewReference,
    /// Begins every deposit key, so that a run meets no deposits of an earlier one; letters, digits, `-`, `_`; at most 40.
    pub run: String,
    /// A document that exists, and somebody who may not read it.
    pub denied: Option<(Actor, DocumentReference)>,
    /// References that lead out of the place, or to what is no document.
    pub escapes: Vec<DocumentReference>,
}

/// Checks a document source.
pub async fn check_document_source(
    source: Arc<dyn DynDocumentSource>,
    fixture: &DocumentFixture,
) -> Report {
    let mut report = Report::new(Role::DocumentSource);
    let c = Checks { source, fixture };
    report
        .run(
            "says truly whether it can act later",
            std::future::ready(c.acting()),
        )
        .await;
    report
        .run(
            "gives back what was deposited, byte by byte",
            c.round_trip(),
        )
        .await;
    report
        .run("takes the same deposit twice as one", c.idempotent())
        .await;
    report
        .run("never writes over other content", c.conflict())
        .await;
    report
        .run(
            "refuses content without the announced digest",
            c.wrong_digest(),
        )
        .await;
    report
        .run("leaves nothing of content that breaks off", c.broken())
        .await;
    report
        .run(
            "leaves nothing of a deposit that is cancelled",
            c.cancelled(),
        )
        .await;
    report
        .run("knows nothing of a missing document", c.missing())
        .await;
    report
        .run("answers to denied as to missing", c.denied())
        .await;
    report.run("never leaves its place", c.escapes()).await;
    report
        .run(
            "takes the same deposit many times at once as one",
            c.same_at_once(),
        )
        .await;
    report
        .run(
            "of different deposits at once one gets the place",
            c.different_at_once(),
        )
        .await;
    report
}

struct Checks<'a> {
    source: Arc<dyn DynDocumentSource>,
    fixture: &'a DocumentFixture,
}

impl Checks<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}-{name}", self.fixture.run)
    }

    fn new_reference(&self, name: &str) -> DocumentReference {
        (self.fixture.new_reference)(&format!("{name}.pdf"))
    }

    async fn put(
        &self,
        deposit: ownhand_spi::Deposit,
    ) -> Result<ownhand_spi::Receipt, ownhand_spi::AdapterError> {
        let DocumentFixture { context, actor, .. } = self.fixture;
        self.source.deposit(context, actor, deposit).await
    }

    async fn holds(&self, reference: &DocumentReference, expected: &[u8]) -> Result<(), Verdict> {
        let DocumentFixture { context, actor, .. } = self.fixture;
        let read = read(&*self.source, context, actor, reference).await;
        let (metadata, bytes) = done("reading it", read)?;
        ensure(bytes == expected, || {
            format!(
                "{} bytes read are not the {} bytes deposited",
                bytes.len(),
                expected.len()
            )
        })?;
        ensure(
            metadata.length.is_none_or(|l| l == expected.len() as u64),
            || format!("its length is told as {:?}", metadata.length),
        )
    }

    async fn is_missing(&self, reference: &DocumentReference) -> Result<(), Verdict> {
        let DocumentFixture { context, actor, .. } = self.fixture;
        let opened = self.source.open(context, actor, reference).await;
        ensure(
            matches!(&opened, Err(e) if e.kind() == ErrorKind::NotFoundOrDenied),
            || format!("opening it: {}", shown(&opened)),
        )
    }

    fn acting(&self) -> Result<(), Verdict> {
        let later = self.source.capabilities().acts_later;
        let acting = self.source.acting();
        ensure(later == (acting != ActorKind::Relay), || {
            format!("acts as {acting:?}, and acts later: {later}")
        })
    }

    async fn round_trip(&self) -> Result<(), Verdict> {
        for (name, length) in [("one-byte", 1), ("round-trip", 1_500_001)] {
            let reference = self.new_reference(name);
            let bytes = content(1, length);
            let mut asked = deposit(&self.key(name), &reference, &bytes);
            // The core does not always know the digest and the length beforehand.
            if length == 1 {
                asked.sha256 = None;
                asked.metadata.length = None;
            }
            let receipt = done("deposit", self.put(asked).await)?;
            ensure(
                receipt.sha256 == sha256(&bytes) && receipt.length == length as u64,
                || format!("the receipt is for other content: {receipt:?}"),
            )?;
            ensure(!receipt.already_present, || {
                "a new document was already present".into()
            })?;
            self.holds(&receipt.reference, &bytes).await?;
        }
        Ok(())
    }

    async fn idempotent(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("idempotent");
        let (key, bytes) = (self.key("idempotent"), content(2, 70_000));
        let first = done("first", self.put(deposit(&key, &reference, &bytes)).await)?;
        for known in [true, false] {
            let mut again = deposit(&key, &reference, &bytes);
            if !known {
                again.sha256 = None;
            }
            let second = done("again", self.put(again).await)?;
            ensure(second.already_present, || {
                "the second was taken for a new one".into()
            })?;
            ensure(
                second.reference == first.reference && second.sha256 == first.sha256,
                || format!("first {first:?}, then {second:?}"),
            )?;
        }
        self.holds(&first.reference, &bytes).await
    }

    async fn conflict(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("conflict");
        let (bytes, other) = (content(3, 5000), content(4, 5000));
        let key = self.key("conflict");
        let first = done("first", self.put(deposit(&key, &reference, &bytes)).await)?;
        let key = self.key("conflict-other");
        let second = self.put(deposit(&key, &reference, &other)).await;
        match &second {
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            // A host app may give the second one a place of its own.
            Ok(receipt) if receipt.reference != first.reference => {
                self.holds(&receipt.reference, &other).await?;
            }
            _ => return Err(format!("other content: {}", shown(&second)).into()),
        }
        self.holds(&first.reference, &bytes).await
    }

    async fn wrong_digest(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("wrong-digest");
        let mut wrong = deposit(&self.key("wrong-digest"), &reference, &content(5, 5000));
        wrong.sha256 = Some(sha256(b"something else"));
        let answer = self.put(wrong).await;
        ensure(answer.is_err(), || shown(&answer))?;
        self.is_missing(&reference).await
    }

    async fn broken(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("broken");
        let (key, bytes) = (self.key("broken"), content(6, 300_000));
        let mut breaks = deposit(&key, &reference, &bytes);
        breaks.content = broken(&bytes[..200_000]);
        let answer = self.put(breaks).await;
        ensure(answer.is_err(), || shown(&answer))?;
        self.is_missing(&reference).await?;
        let again = self.put(deposit(&key, &reference, &bytes)).await;
        let receipt = done("trying again", again)?;
        self.holds(&receipt.reference, &bytes).await
    }

    async fn cancelled(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("cancelled");
        let (key, bytes) = (self.key("cancelled"), content(7, 300_000));
        let (waiting, waits) = tokio::sync::oneshot::channel();
        let mut stalls = deposit(&key, &reference, &bytes);
        stalls.content = stalled(&bytes[..200_000], waiting);
        // Ends when the source has taken what there is and waits for more; then the deposit's future is dropped.
        tokio::select! {
            answer = self.put(stalls) => {
                return Err(format!("it ended before its content: {}", shown(&answer)).into());
            }
            _ = waits => {}
        }
        self.is_missing(&reference).await?;
        let again = self.put(deposit(&key, &reference, &bytes)).await;
        let receipt = done("trying again", again)?;
        self.holds(&receipt.reference, &bytes).await
    }

    async fn missing(&self) -> Result<(), Verdict> {
        self.is_missing(&self.new_reference("missing")).await
    }

    async fn denied(&self) -> Result<(), Verdict> {
        let Some((stranger, reference)) = &self.fixture.denied else {
            return Err(Verdict::not_applicable(
                "the fixture names no such document",
            ));
        };
        let cx = &self.fixture.context;
        let missing = self.new_reference("missing");
        let denied = self.source.open(cx, stranger, reference).await;
        let missing = self.source.open(cx, stranger, &missing).await;
        ensure(
            matches!(&denied, Err(e) if e.kind() == ErrorKind::NotFoundOrDenied),
            || format!("denied: {}", shown(&denied)),
        )?;
        ensure(shown(&denied) == shown(&missing), || {
            format!("denied: {}; missing: {}", shown(&denied), shown(&missing))
        })
    }

    async fn escapes(&self) -> Result<(), Verdict> {
        if self.fixture.escapes.is_empty() {
            return Err(Verdict::not_applicable("the fixture names none"));
        }
        let refuses = |kind| {
            matches!(
                kind,
                ErrorKind::InvalidInput | ErrorKind::NotFoundOrDenied | ErrorKind::Conflict
            )
        };
        let DocumentFixture { context, actor, .. } = self.fixture;
        for (n, reference) in self.fixture.escapes.iter().enumerate() {
            let opened = self.source.open(context, actor, reference).await;
            ensure(
                matches!(&opened, Err(e) if refuses(e.kind()) && e.kind() != ErrorKind::Conflict),
                || format!("opening {:?}: {}", reference.0, shown(&opened)),
            )?;
            let key = self.key(&format!("escape-{n}"));
            let written = self.put(deposit(&key, reference, b"%PDF-escaped")).await;
            ensure(matches!(&written, Err(e) if refuses(e.kind())), || {
                format!("writing {:?}: {}", reference.0, shown(&written))
            })?;
        }
        Ok(())
    }
}
