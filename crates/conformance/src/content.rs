//! Content to deposit, and reading it back.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use ownhand_spi::{
    Actor, AdapterError, ByteStream, CallContext, Deposit, DepositKey, DocumentMetadata,
    DocumentReference, DynDocumentSource,
};

/// Content of a length, different for every seed and without a period that a mixed-up order of pieces could hide in.
pub(crate) fn content(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

pub(crate) fn sha256(content: &[u8]) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, content).as_ref());
    sum
}

/// The content in pieces of uneven sizes.
fn pieces(content: &[u8]) -> impl Iterator<Item = Bytes> + Send + 'static {
    let content = Bytes::copy_from_slice(content);
    let sizes = [1, 4096, 65_536, 7, 100_003];
    let mut at = 0;
    sizes.into_iter().cycle().map_while(move |size| {
        let end = (at + size).min(content.len());
        let piece = (at < content.len()).then(|| content.slice(at..end));
        at = end;
        piece
    })
}

pub(crate) fn whole(content: &[u8]) -> ByteStream {
    Box::pin(stream::iter(pieces(content).map(Ok)))
}

/// The content, then an error.
pub(crate) fn broken(content: &[u8]) -> ByteStream {
    let error = stream::once(async { Err(AdapterError::unavailable("the sender went away")) });
    Box::pin(stream::iter(pieces(content).map(Ok)).chain(error))
}

/// The content, then nothing more, and no end either; `waiting` is told when the reader waits for more.
pub(crate) fn stalled(content: &[u8], waiting: tokio::sync::oneshot::Sender<()>) -> ByteStream {
    let stall = stream::once(async move {
        // The reader may be gone; then nobody waits.
        let _ = waiting.send(());
        future::pending().await
    });
    Box::pin(stream::iter(pieces(content).map(Ok)).chain(stall))
}

/// A deposit of a PDF.
pub(crate) fn deposit(key: &str, reference: &DocumentReference, content: &[u8]) -> Deposit {
    let name = reference
        .0
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    Deposit {
        key: DepositKey(key.to_owned()),
        reference: reference.clone(),
        metadata: DocumentMetadata {
            name,
            content_type: "application/pdf".into(),
            length: Some(content.len() as u64),
            revision: None,
        },
        sha256: Some(sha256(content)),
        content: whole(content),
    }
}

/// Opens a document and reads it to its end.
pub(crate) async fn read(
    source: &dyn DynDocumentSource,
    cx: &CallContext,
    actor: &Actor,
    reference: &DocumentReference,
) -> Result<(DocumentMetadata, Vec<u8>), AdapterError> {
    let opened = source.open(cx, actor, reference).await?;
    let bytes = opened
        .content
        .try_fold(Vec::new(), |mut all, piece| {
            all.extend_from_slice(&piece);
            future::ready(Ok(all))
        })
        .await?;
    Ok((opened.metadata, bytes))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn pieces_add_up() {
        for length in [0, 1, 5000, 300_000] {
            let all = content(7, length);
            let read: Vec<Bytes> = whole(&all).try_collect().await.unwrap();
            assert_eq!(read.concat(), all);
        }
        assert_ne!(content(1, 64), content(2, 64));
    }
}
