//! Streams, pumped by the side that makes them.

use std::{sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, future::poll_fn, stream};
use ownhand_plugin_abi::{
    AbiBytes, ContextExt, FfiContext, FfiPoll, RErr, RNone, ROk, RSome, RawStream, RawStream_TO,
    StreamBox, StreamItem, TD_Opaque,
};
use ownhand_spi::{AdapterError, ByteStream, ErrorKind};
use tokio::sync::mpsc;

use crate::{
    Crosses, Garbage,
    home::{AbortOnDrop, Home, spawn_in_span},
};

/// Pieces that the pump is ahead.
const AHEAD: usize = 4;
/// Longest piece that is taken.
const PIECE: usize = 64 * 1024 * 1024;

/// A piece, or the end. A channel that closes without the end is a stream that broke off.
type Item = Option<Result<Bytes, AdapterError>>;

/// Makes a stream readable for the other side. A task of this side reads it, so that its timers and its panics stay here.
///
/// # Errors
/// When this side has no runtime.
pub fn offer(
    home: &Arc<dyn Home>,
    span: u64,
    content: ByteStream,
) -> Result<StreamBox, AdapterError> {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let offered = Offered {
        pieces,
        over: false,
        _pump: spawn_in_span(home, span, pump(content, sender))?,
    };
    Ok(RawStream_TO::from_value(offered, TD_Opaque))
}

async fn pump(mut content: ByteStream, sender: mpsc::Sender<Item>) {
    while let Some(piece) = content.next().await {
        let last = piece.is_err();
        if sender.send(Some(piece)).await.is_err() || last {
            return;
        }
    }
    // A reader that has gone needs no end.
    let _ = sender.send(None).await;
}

struct Offered {
    pieces: mpsc::Receiver<Item>,
    over: bool,
    _pump: AbortOnDrop,
}

impl RawStream for Offered {
    fn poll_next(&mut self, cx: &mut FfiContext<'_>) -> FfiPoll<StreamItem> {
        if self.over {
            return FfiPoll::Ready(RNone);
        }
        let item = match cx.with_context(|cx| self.pieces.poll_recv(cx)) {
            Poll::Pending => return FfiPoll::Pending,
            Poll::Ready(Some(Some(Ok(piece)))) => {
                return FfiPoll::Ready(RSome(ROk(AbiBytes::from(piece))));
            }
            Poll::Ready(Some(Some(Err(error)))) => RSome(RErr(error.into_abi())),
            Poll::Ready(Some(None)) => RNone,
            Poll::Ready(None) => RSome(RErr(broken_off().into_abi())),
        };
        self.over = true;
        FfiPoll::Ready(item)
    }
}

fn broken_off() -> AdapterError {
    AdapterError::new(
        ErrorKind::Panicked,
        "the stream broke off: its maker panicked",
    )
}

/// Reads a stream of the other side. With a limit, each piece must come within it. Ends after the first error.
pub fn accept(content: StreamBox, limit: Option<Duration>) -> ByteStream {
    Box::pin(stream::unfold(Some(content), move |content| async move {
        let mut content = content?;
        let next = poll_fn(|cx| {
            cx.with_ffi_context(|cx| match content.poll_next(cx) {
                FfiPoll::Pending => Poll::Pending,
                FfiPoll::Ready(item) => Poll::Ready(piece(item)),
                FfiPoll::Panicked => Poll::Ready(Some(Err(broken_off()))),
            })
        });
        let item = match limit {
            None => next.await,
            Some(limit) => tokio::time::timeout(limit, next).await.unwrap_or_else(|_| {
                let message = format!("the stream gave nothing for {limit:?}");
                Some(Err(AdapterError::new(ErrorKind::TimedOut, message)))
            }),
        }?;
        let rest = item.is_ok().then_some(content);
        Some((item, rest))
    }))
}

fn piece(item: StreamItem) -> Option<Result<Bytes, AdapterError>> {
    match item {
        RNone => None,
        RSome(RErr(error)) => Some(Err(
            AdapterError::from_abi(error).unwrap_or_else(AdapterError::from)
        )),
        RSome(ROk(bytes)) if bytes.as_slice().len() > PIECE => {
            Some(Err(Garbage::new("a piece of more than 64 MiB").into()))
        }
        RSome(ROk(bytes)) => Some(Ok(bytes.into())),
    }
}
