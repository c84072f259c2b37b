//! Documents on their way from the host app to DocuSign: streamed, hashed on the way, never held whole.

use std::{
    error::Error as StdError,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use ownhand_docusign::rest::DocumentPart;
use ownhand_spi::{
    AdapterError, ByteStream, CallContext, DocumentReference, ErrorKind, OpenedDocument,
};

use super::definition::HostDocument;
use crate::{Caller, Error, ledger::SentDocument};

/// The digest of a stream, once it has ended.
#[derive(Clone, Default)]
pub(super) struct StreamDigest(Arc<Mutex<Option<Seen>>>);

/// SHA-256 and length of a whole stream.
type Seen = ([u8; 32], u64);

impl StreamDigest {
    /// SHA-256 and length; `None` before the end.
    pub(super) fn get(&self) -> Option<Seen> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hashes a stream while it passes.
    pub(super) fn watch(&self, content: ByteStream) -> ByteStream {
        let seen = Arc::clone(&self.0);
        let state = (content, digest::Context::new(&digest::SHA256), 0_u64, seen);
        Box::pin(futures_util::stream::try_unfold(
            state,
            |(mut content, mut context, mut length, seen)| async move {
                if let Some(bytes) = content.try_next().await? {
                    context.update(&bytes);
                    length += bytes.len() as u64;
                    Ok(Some((bytes, (content, context, length, seen))))
                } else {
                    let mut out = [0; 32];
                    out.copy_from_slice(context.finish().as_ref());
                    *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((out, length));
                    Ok(None)
                }
            },
        ))
    }
}

/// A document that is open, with what will be remembered of it.
pub(super) struct OpenDocument {
    document: HostDocument,
    revision: Option<String>,
    digest: StreamDigest,
}

impl OpenDocument {
    /// What the ledger remembers. The digest is there once the stream has ended.
    pub(super) fn remembered(&self) -> SentDocument {
        SentDocument {
            document_id: self.document.document_id.to_string(),
            reference: self.document.reference.clone(),
            revision: self.revision.clone(),
            sha256: self.digest.get().map(|(sha256, _)| hex::encode(sha256)),
        }
    }
}

/// A document that could not be read to its end, or turned out too large, while it was being sent.
#[derive(Debug, thiserror::Error)]
#[error("document `{reference}` could not be read to its end")]
struct Broken {
    reference: String,
    kind: ErrorKind,
    message: String,
}

/// The document that broke off, if that is why a call failed.
pub(super) fn broken(error: &(dyn StdError + 'static)) -> Option<Error> {
    let found = std::iter::successors(Some(error), |error: &&(dyn StdError + 'static)| {
        (*error).source()
    })
    .find_map(|error| error.downcast_ref::<Broken>())?;
    Some(Error::Document {
        reference: found.reference.clone(),
        source: AdapterError::new(found.kind, found.message.clone()),
    })
}

/// Ends a stream with an error that names its document, also when more than `most` bytes come.
fn named(
    content: ByteStream,
    reference: &str,
    most: u64,
) -> BoxStream<'static, Result<Bytes, Box<dyn StdError + Send + Sync>>> {
    let reference = reference.to_owned();
    let mut passed = 0_u64;
    content
        .map(move |piece| {
            let piece = piece.and_then(|bytes| {
                passed += bytes.len() as u64;
                if passed > most {
                    Err(too_large(most))
                } else {
                    Ok(bytes)
                }
            });
            piece.map_err(|error| {
                Broken {
                    reference: reference.clone(),
                    kind: error.kind(),
                    message: error.message().to_owned(),
                }
                .into()
            })
        })
        .boxed()
}

fn too_large(most: u64) -> AdapterError {
    AdapterError::new(
        ErrorKind::TooLarge,
        format!("is larger than the {most} bytes that are allowed (`limits.document_bytes`)"),
    )
}

/// Opens all documents as the caller, before a single byte goes out. One that says that it is larger than `most` bytes is refused.
pub(super) async fn open(
    caller: &Caller,
    cx: &CallContext,
    documents: &[HostDocument],
    most: u64,
) -> Result<(Vec<DocumentPart>, Vec<OpenDocument>), Error> {
    let actor = caller.actor();
    let mut parts = Vec::with_capacity(documents.len());
    let mut opened = Vec::with_capacity(documents.len());
    for document in documents {
        let reference = DocumentReference(document.reference.clone());
        let OpenedDocument { metadata, content } = caller
            .tenant
            .documents
            .open(cx, &actor, &reference)
            .await
            .map_err(|source| Error::Document {
                reference: document.reference.clone(),
                source,
            })?;
        if metadata.length.is_some_and(|length| length > most) {
            return Err(Error::Document {
                reference: document.reference.clone(),
                source: too_large(most),
            });
        }
        let digest = StreamDigest::default();
        let name = document
            .name
            .clone()
            .unwrap_or_else(|| metadata.name.clone());
        parts.push(DocumentPart {
            document_id: document.document_id,
            file_extension: extension(&metadata.name)
                .or_else(|| extension(&name))
                .unwrap_or_else(|| "pdf".to_owned()),
            name,
            content_type: metadata.content_type,
            length: metadata.length,
            stream: named(digest.watch(content), &document.reference, most),
        });
        opened.push(OpenDocument {
            document: document.clone(),
            revision: metadata.revision,
            digest,
        });
    }
    Ok((parts, opened))
}

fn extension(name: &str) -> Option<String> {
    Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .map(str::to_ascii_lowercase)
}
