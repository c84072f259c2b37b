//! Documents on their way back.

use std::fmt;

use bytes::Bytes;
use futures_core::stream::BoxStream;
use http::{HeaderValue, Method};
use ownhand_egress::EgressError;

use super::{Caller, RestClient};
use crate::EnvelopeId;
use crate::error::CallError;

/// Which file of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Download {
    /// One document, by its number.
    Document(u32),
    /// All documents as one PDF, with the certificate of completion or without.
    Combined {
        /// Whether the certificate is appended.
        certificate: bool,
    },
    /// The certificate of completion alone.
    Certificate,
}

/// A file that is being downloaded.
pub struct DownloadStream {
    /// The media type that DocuSign names.
    pub content_type: Option<String>,
    /// The length in bytes, if it was announced.
    pub length: Option<u64>,
    /// The bytes; an error at the end if the file is not whole.
    pub stream: BoxStream<'static, Result<Bytes, EgressError>>,
}

impl fmt::Debug for DownloadStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadStream")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl RestClient {
    /// Begins the download of a file.
    ///
    /// # Errors
    /// [`CallError`]; later ones come in the stream.
    pub async fn download(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        which: Download,
    ) -> Result<DownloadStream, CallError> {
        let envelope = envelope.to_string();
        let (document, query) = match which {
            Download::Document(number) => (number.to_string(), None),
            // Always said: the default hangs on an account setting.
            Download::Combined { certificate } => (
                "combined".to_owned(),
                Some(("certificate", if certificate { "true" } else { "false" })),
            ),
            Download::Certificate => ("certificate".to_owned(), None),
        };
        let segments = ["envelopes", &envelope, "documents", &document];
        let request = self
            .call(caller, Method::GET, &segments, query.as_slice())?
            .header(
                http::header::ACCEPT,
                HeaderValue::from_static("application/pdf"),
            );
        let response = self.send(caller, request).await?;
        Ok(DownloadStream {
            content_type: response
                .headers()
                .get(http::header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            length: response.content_length(),
            stream: response.into_stream(),
        })
    }
}
