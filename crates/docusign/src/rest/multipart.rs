//! DocuSign's binary multipart, written by hand: its first part has no name, its files have a disposition of their own
//! (`file`, with an unquoted `documentid`), and no library writes that.

use std::fmt;

use aws_lc_rs::hmac;
use bytes::Bytes;
use futures_core::stream::BoxStream;
use futures_util::stream::{self, StreamExt};
use ownhand_egress::BoxError;
use serde_json::Value;

use crate::AccessToken;
use crate::error::CallError;

/// The bytes of a document.
type ByteStream = BoxStream<'static, Result<Bytes, BoxError>>;

/// One document of a new envelope.
pub struct DocumentPart {
    /// Its number in the envelope, from 1.
    pub document_id: u32,
    /// Its name, as signers see it.
    pub name: String,
    /// The extension without a dot, e.g. `pdf`: DocuSign goes by it.
    pub file_extension: String,
    /// The media type, e.g. `application/pdf`.
    pub content_type: String,
    /// Its length in bytes, if it is known. The stream is held to it.
    pub length: Option<u64>,
    /// Its bytes.
    pub stream: ByteStream,
}

impl fmt::Debug for DocumentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentPart")
            .field("document_id", &self.document_id)
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A body ready to be streamed.
pub(super) struct Multipart {
    boundary: String,
    /// The JSON part.
    opening: Bytes,
    files: Vec<(Bytes, DocumentPart)>,
    closing: Bytes,
}

impl Multipart {
    pub(super) fn new(
        definition: &Value,
        documents: Vec<DocumentPart>,
        token: &AccessToken,
    ) -> Result<Self, CallError> {
        let definition = definition.to_string();
        let boundary = boundary(&definition, token);
        let opening = format!(
            "--{boundary}\r\nContent-Type: application/json\r\nContent-Disposition: form-data\r\n\r\n{definition}"
        );
        let files = documents
            .into_iter()
            .map(|part| Ok((head(&boundary, &part)?, part)))
            .collect::<Result<_, CallError>>()?;
        Ok(Self {
            opening: opening.into(),
            files,
            closing: format!("\r\n--{boundary}--\r\n").into(),
            boundary,
        })
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The length of the whole in bytes, if every document's is known.
    pub(super) fn length(&self) -> Option<u64> {
        let mut sum = (self.opening.len() + self.closing.len()) as u64;
        for (head, part) in &self.files {
            sum = sum
                .checked_add(head.len() as u64)?
                .checked_add(part.length?)?;
        }
        Some(sum)
    }

    pub(super) fn into_stream(self) -> ByteStream {
        let files = stream::iter(self.files).flat_map(|(head, part)| {
            let bytes = exactly(part.document_id, part.length, part.stream);
            once(head).chain(bytes)
        });
        let whole = once(self.opening).chain(files).chain(once(self.closing));
        until_error(whole.boxed())
    }
}

fn once(bytes: Bytes) -> impl futures_core::Stream<Item = Result<Bytes, BoxError>> + Send {
    stream::iter([Ok(bytes)])
}

/// Ends the stream with its first error, so that a failed document is never followed by a closing boundary.
fn until_error(stream: ByteStream) -> ByteStream {
    stream::unfold(Some(stream), |state| async move {
        let mut stream = state?;
        match stream.next().await? {
            Ok(bytes) => Some((Ok(bytes), Some(stream))),
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed()
}

/// Fails if a document is shorter or longer than it was announced.
fn exactly(id: u32, announced: Option<u64>, stream: ByteStream) -> ByteStream {
    let Some(announced) = announced else {
        return stream;
    };
    let state = (stream, announced, false);
    stream::unfold(state, move |(mut stream, left, over)| async move {
        if over {
            return None;
        }
        let wrong = |what: &str| -> BoxError {
            format!("document {id} is {what} than the announced {announced} bytes").into()
        };
        match stream.next().await {
            Some(Ok(bytes)) => match left.checked_sub(bytes.len() as u64) {
                Some(left) => Some((Ok(bytes), (stream, left, false))),
                None => Some((Err(wrong("longer")), (stream, 0, true))),
            },
            Some(Err(error)) => Some((Err(error), (stream, left, true))),
            None if left > 0 => Some((Err(wrong("shorter")), (stream, left, true))),
            None => None,
        }
    })
    .boxed()
}

fn head(boundary: &str, part: &DocumentPart) -> Result<Bytes, CallError> {
    let invalid = |what: &str| CallError::Invalid(format!("document {}: {what}", part.document_id));
    if part.document_id == 0 {
        return Err(invalid("ids begin at 1"));
    }
    let media_type = !part.content_type.is_empty()
        && part
            .content_type
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~'));
    if !media_type {
        return Err(invalid("the content type is not one"));
    }
    Ok(format!(
        "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Disposition: file; filename=\"{}\";documentid={}\r\n\r\n",
        part.content_type,
        quoted(&part.name),
        part.document_id,
    )
    .into())
}

/// A file name inside quotes. What could end the quotes or the line is percent-encoded, as browsers do in forms.
fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '"' => quoted.push_str("%22"),
            '\r' => quoted.push_str("%0D"),
            '\n' => quoted.push_str("%0A"),
            control if control.is_control() => quoted.push('_'),
            other => quoted.push(other),
        }
    }
    quoted
}

/// A boundary that nobody who writes a document can foresee: it hangs on the user's token. So it needs no randomness, and
/// the documents need not be searched for it.
fn boundary(definition: &str, token: &AccessToken) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.expose().as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(b"ownhand multipart boundary\0");
    context.update(definition.as_bytes());
    let tag = context.sign();
    format!("ownhand-{}", hex::encode(&tag.as_ref()[..20]))
}
