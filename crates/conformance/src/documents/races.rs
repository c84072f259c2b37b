//! Several deposits at once.

use ownhand_spi::{AdapterError, Deposit, DocumentReference, ErrorKind, Receipt};

use super::Checks;
use crate::{
    content::{content, deposit},
    report::{Verdict, done, ensure},
};

/// How many deposits race.
const WRITERS: u64 = 8;

impl Checks<'_> {
    pub(super) async fn same_at_once(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("same-at-once");
        let (key, bytes) = (self.key("same-at-once"), content(8, 200_000));
        let deposits = (0..WRITERS).map(|_| deposit(&key, &reference, &bytes));
        let mut new = 0;
        let mut place: Option<DocumentReference> = None;
        for answer in self.at_once(deposits).await {
            let receipt = done("one of them", answer)?;
            new += usize::from(!receipt.already_present);
            let first = place.get_or_insert_with(|| receipt.reference.clone());
            ensure(*first == receipt.reference, || {
                format!("{first} and {}", receipt.reference)
            })?;
        }
        ensure(new == 1, || format!("{new} were taken for new ones"))?;
        self.holds(&place.unwrap_or(reference), &bytes).await
    }

    pub(super) async fn different_at_once(&self) -> Result<(), Verdict> {
        let reference = self.new_reference("different-at-once");
        let contents: Vec<Vec<u8>> = (0..WRITERS).map(|n| content(100 + n, 200_000)).collect();
        let deposits = contents.iter().enumerate().map(|(n, bytes)| {
            let key = self.key(&format!("different-{n}"));
            deposit(&key, &reference, bytes)
        });
        let mut places = Vec::new();
        for (bytes, answer) in contents.iter().zip(self.at_once(deposits).await) {
            match answer {
                Ok(receipt) => {
                    self.holds(&receipt.reference, bytes).await?;
                    places.push(receipt.reference);
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return done("one of them", Err(error)),
            }
        }
        ensure(!places.is_empty(), || "none of them got it".into())?;
        places.sort_by(|a, b| a.0.cmp(&b.0));
        ensure(places.windows(2).all(|two| two[0] != two[1]), || {
            "two were told that they got the same place".into()
        })
    }

    /// Runs deposits at once, on tasks of their own; the answers in the order of the deposits.
    async fn at_once(
        &self,
        deposits: impl Iterator<Item = Deposit>,
    ) -> Vec<Result<Receipt, AdapterError>> {
        let tasks: Vec<_> = deposits
            .map(|deposit| {
                let source = self.source.clone();
                let (cx, actor) = (self.fixture.context.clone(), self.fixture.actor.clone());
                tokio::spawn(async move { source.deposit(&cx, &actor, deposit).await })
            })
            .collect();
        let mut answers = Vec::with_capacity(tasks.len());
        for task in tasks {
            answers.push(task.await.unwrap_or_else(|error| {
                Err(AdapterError::new(ErrorKind::Panicked, "a deposit panicked").caused_by(error))
            }));
        }
        answers
    }
}
