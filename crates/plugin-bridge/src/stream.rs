//! Streams, pumped by the side that makes them.

use std::{future::pending, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, future::poll_fn, stream};
use ownhand_plugin_abi::{
    AbiBytes, ContextExt, FfiContext, FfiPoll, RErr, RNone, ROk, RSome, RawStream, RawStream_TO,
    StreamBox, StreamItem, TD_Opaque,
};
use ownhand_spi::{AdapterError, ByteStream, ErrorKind};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
    time::{Timeout, timeout},
};

use crate::{
    Crosses, Garbage,
    home::{AbortOnDrop, Home, lent, spawn_in_span},
};

/// Pieces that the pump is ahead.
const AHEAD: usize = 4;
/// Longest piece that is taken.
const PIECE: usize = 64 * 1024 * 1024;

/// Makes a stream readable for the other side. A task of this side reads it, so that its timers, its panics, and whatever its pieces
/// and errors do when they are shown or dropped stay here.
///
/// # Errors
/// When this side has no runtime.
pub fn offer(
    home: &Arc<dyn Home>,
    span: u64,
    content: ByteStream,
) -> Result<StreamBox, AdapterError> {
    made(home, span, content).map(|(content, ..)| content)
}

/// A stream that was offered, as its maker sees it.
pub(crate) struct Watched {
    /// Ends the pump, and drops what it reads, even when the reader keeps its end for ever.
    pub(crate) pump: AbortOnDrop,
    /// Changes with each piece that the reader takes.
    pub(crate) taken: watch::Receiver<u64>,
}

/// As [`offer`], for a maker that looks after the stream.
pub(crate) fn offer_watched(
    home: &Arc<dyn Home>,
    span: u64,
    content: ByteStream,
) -> Result<(StreamBox, Watched), AdapterError> {
    let (content, pump, taken) = made(home, span, content)?;
    let pump = AbortOnDrop(pump);
    Ok((content, Watched { pump, taken }))
}

fn made(
    home: &Arc<dyn Home>,
    span: u64,
    content: ByteStream,
) -> Result<(StreamBox, AbortHandle, watch::Receiver<u64>), AdapterError> {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let (count, taken) = watch::channel(0);
    let pump = spawn_in_span(home, span, pump(content, sender, Arc::clone(home)))?;
    let handle = pump.0.clone();
    let offered = Offered {
        pieces,
        over: false,
        taken: count,
        _pump: pump,
    };
    let content = RawStream_TO::from_value(offered, TD_Opaque);
    Ok((content, handle, taken))
}

/// What crosses is made here, on this side: an author's error is shown and dropped, and an author's bytes are wrapped.
async fn pump(mut content: ByteStream, sender: mpsc::Sender<StreamItem>, home: Arc<dyn Home>) {
    while let Some(piece) = content.next().await {
        let (item, is_last) = match piece {
            Ok(piece) => (ROk(AbiBytes::from(lent(&home, piece))), false),
            Err(error) => (RErr(error.into_abi()), true),
        };
        if sender.send(RSome(item)).await.is_err() || is_last {
            return;
        }
    }
    // A reader that has gone needs no end.
    let _ = sender.send(RNone).await;
}

/// A channel that closes without the end is a stream that broke off.
struct Offered {
    pieces: mpsc::Receiver<StreamItem>,
    over: bool,
    taken: watch::Sender<u64>,
    _pump: AbortOnDrop,
}

impl RawStream for Offered {
    fn poll_next(&mut self, cx: &mut FfiContext<'_>) -> FfiPoll<StreamItem> {
        if self.over {
            return FfiPoll::Ready(RNone);
        }
        let item = match cx.with_context(|cx| self.pieces.poll_recv(cx)) {
            Poll::Pending => return FfiPoll::Pending,
            Poll::Ready(Some(item)) => item,
            Poll::Ready(None) => RSome(RErr(broken_off().into_abi())),
        };
        match item {
            RSome(ROk(_)) => self.taken.send_modify(|taken| *taken += 1),
            _ => self.over = true,
        }
        FfiPoll::Ready(item)
    }
}

fn broken_off() -> AdapterError {
    AdapterError::new(
        ErrorKind::Panicked,
        "the stream broke off: its maker panicked",
    )
}

/// How long a stream may take.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// Until the next piece that holds something.
    pub piece: Duration,
    /// As a whole.
    pub whole: Duration,
}

/// Reads a stream of the other side, within limits if there are any. Empty pieces are left out. Ends after the first error.
pub fn accept(content: StreamBox, limits: Option<StreamLimits>) -> ByteStream {
    let reading = Reading {
        content,
        limits: limits.map(|limits| (limits, Box::pin(timeout(limits.whole, pending())))),
    };
    Box::pin(stream::unfold(Some(reading), |reading| async move {
        let mut reading = reading?;
        let item = reading.next().await?;
        let rest = item.is_ok().then_some(reading);
        Some((item, rest))
    }))
}

/// Ends only by its time-out.
type Timer = Timeout<std::future::Pending<()>>;

struct Reading {
    content: StreamBox,
    /// With the timer of the whole.
    limits: Option<(StreamLimits, Pin<Box<Timer>>)>,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Bytes, AdapterError>> {
        let content = &mut self.content;
        let next = poll_fn(|cx| match cx.with_ffi_context(|cx| content.poll_next(cx)) {
            FfiPoll::Pending => Poll::Pending,
            FfiPoll::Panicked => Poll::Ready(Some(Err(broken_off()))),
            FfiPoll::Ready(item) => match piece(item) {
                // No progress, so the clock goes on; others have their turn.
                Some(Ok(piece)) if piece.is_empty() => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                item => Poll::Ready(item),
            },
        });
        let Some((limits, whole)) = &mut self.limits else {
            return next.await;
        };
        let late = |what: &str, limit: Duration| {
            let message = format!("the stream {what} within {limit:?}");
            Some(Err(AdapterError::new(ErrorKind::TimedOut, message)))
        };
        tokio::select! {
            biased;
            _ = whole.as_mut() => late("did not end", limits.whole),
            item = timeout(limits.piece, next) => {
                item.unwrap_or_else(|_| late("gave nothing", limits.piece))
            }
        }
    }
}

/// Holds a stream against the length that was announced for it: one that gives more, or ends before, ends with an error.
pub(crate) fn measured(content: ByteStream, length: Option<u64>) -> ByteStream {
    let Some(length) = length else {
        return content;
    };
    let wrong = move |given: &str| {
        let message = format!("a stream of {given} than the {length} bytes that were announced");
        Err(AdapterError::from(Garbage::new(message)))
    };
    Box::pin(stream::unfold(
        Some((content, 0_u64)),
        move |reading| async move {
            let (mut content, given) = reading?;
            match content.next().await {
                None if given < length => Some((wrong("fewer"), None)),
                None => None,
                Some(Err(error)) => Some((Err(error), None)),
                Some(Ok(piece)) => {
                    let given = given.saturating_add(piece.len() as u64);
                    if given > length {
                        return Some((wrong("more"), None));
                    }
                    Some((Ok(piece), Some((content, given))))
                }
            }
        },
    ))
}

fn piece(item: StreamItem) -> Option<Result<Bytes, AdapterError>> {
    match item {
        RNone => None,
        RSome(RErr(error)) => Some(Err(
            AdapterError::from_abi(error).unwrap_or_else(AdapterError::from)
        )),
        RSome(ROk(bytes)) => Some(
            bytes
                .into_bytes(PIECE)
                .map_err(|e| Garbage::new(format!("a piece of {e}")).into()),
        ),
    }
}
