//! Opens what it is told to, and reads what it is given.

use std::{future::poll_fn, task::Poll};

use abi::{
    AbiActor, AbiBytes, AbiContext, AbiDeposit, AbiFuture, AbiMetadata, AbiOpened, AbiReceipt,
    AbiSourceFacts, ContextExt, FfiContext, FfiPoll, FutureExt, RErr, RNone, ROk, RSome, RString,
    RVec, RawDocumentSource, RawStream, RawStream_TO, StreamBox, StreamItem, TD_Opaque, VERSION,
    codes,
};
use bytes::Bytes;

use crate::{hostile, plugin::error};

pub(crate) struct Source {
    pub(crate) hangs: bool,
}

impl RawDocumentSource for Source {
    fn facts(&self) -> AbiSourceFacts {
        if self.hangs {
            hostile::hang();
        }
        AbiSourceFacts {
            capabilities: 0,
            acting: codes::actor::SERVICE,
            ext: RVec::new(),
        }
    }

    fn open(&self, cx: AbiContext, _: AbiActor, reference: RString) -> AbiFuture<AbiOpened> {
        let piece = |bytes| RSome(ROk(bytes));
        let good = || AbiBytes::from(Bytes::from_static(b"four"));
        let (name, first) = match reference.as_str() {
            "version" => (VERSION.into(), piece(good())),
            "name that is no text" => (hostile::no_text(), piece(good())),
            "error that is no text" => {
                let error = error(codes::error::OTHER, hostile::no_text());
                return async move { RErr(error) }.into_ffi();
            }
            "bytes at no address" => ("".into(), piece(hostile::lying(good(), true, 4))),
            "bytes of any length" => ("".into(), piece(hostile::lying(good(), false, usize::MAX))),
            "spans" => (hostile::attack_spans(cx.span), piece(good())),
            "log" => (hostile::attack_log(), piece(good())),
            "many call sites" => (hostile::many_callsites(), piece(good())),
            "many spans" => (hostile::many_spans(), piece(good())),
            _ => {
                let missing = error(codes::error::NOT_FOUND_OR_DENIED, "no such document");
                return async move { RErr(missing) }.into_ffi();
            }
        };
        let opened = AbiOpened {
            metadata: metadata(name),
            content: RawStream_TO::from_value(Pieces(vec![first]), TD_Opaque),
            ext: RVec::new(),
        };
        async move { ROk(opened) }.into_ffi()
    }

    /// Counts the bytes, and says as the revision how many were announced by the stream itself.
    fn deposit(&self, _: AbiContext, _: AbiActor, deposit: AbiDeposit) -> AbiFuture<AbiReceipt> {
        async move {
            let mut content = deposit.content;
            let announced = left(&content);
            let mut length = 0;
            loop {
                let next = poll_fn(|cx| match cx.with_ffi_context(|cx| content.poll_next(cx)) {
                    FfiPoll::Ready(item) => Poll::Ready(item),
                    FfiPoll::Pending => Poll::Pending,
                    FfiPoll::Panicked => Poll::Ready(RNone),
                });
                match next.await {
                    RNone => break,
                    RSome(RErr(error)) => return RErr(error),
                    RSome(ROk(bytes)) => {
                        length += bytes.checked(usize::MAX).map_or(0, <[u8]>::len) as u64;
                    }
                }
            }
            ROk(AbiReceipt {
                reference: deposit.reference,
                revision: RSome(announced.into()),
                sha256: [0; 32],
                length,
                already_present: false,
                ext: RVec::new(),
            })
        }
        .into_ffi()
    }

    #[cfg(feature = "minor-1")]
    fn stat(&self, _: AbiContext, _: AbiActor, reference: RString) -> AbiFuture<AbiMetadata> {
        async move { ROk(metadata(format!("stat of {reference}").into())) }.into_ffi()
    }
}

#[cfg(feature = "minor-2")]
fn left(content: &StreamBox) -> String {
    format!("{:?}", content.left().into_option())
}

#[cfg(not(feature = "minor-2"))]
fn left(_: &StreamBox) -> String {
    "not asked".to_owned()
}

fn metadata(name: RString) -> AbiMetadata {
    AbiMetadata {
        name,
        content_type: "application/octet-stream".into(),
        length: RNone,
        revision: RNone,
        ext: RVec::new(),
    }
}

/// Pieces that are there, the last first.
struct Pieces(Vec<StreamItem>);

impl RawStream for Pieces {
    fn poll_next(&mut self, _: &mut FfiContext<'_>) -> FfiPoll<StreamItem> {
        FfiPoll::Ready(self.0.pop().unwrap_or(RNone))
    }
}
