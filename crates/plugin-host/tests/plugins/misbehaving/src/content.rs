//! Streams that misbehave.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{StreamExt, stream};
use ownhand_plugin_sdk::{AdapterError, ByteStream, Bytes};

use crate::hostile::Bomb;

/// Futures and streams that were dropped before they ended.
pub(crate) static DROPPED: AtomicU64 = AtomicU64::new(0);

/// Futures and streams that were begun.
pub(crate) static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Counts its making and its drop, and panics in the drop if it is told to.
pub(crate) struct Watched {
    panics: bool,
}

impl Watched {
    pub(crate) fn new(panics: bool) -> Self {
        BEGUN.fetch_add(1, Ordering::SeqCst);
        Self { panics }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "in the drop of a cancelled call");
    }
}

/// A stream by its name.
pub(crate) fn by_name(name: &str) -> Option<ByteStream> {
    Some(match name {
        "endless" => endless(false),
        "endless, panics when dropped" => endless(true),
        "broken" => after_one(|| panic!("in a stream")),
        "blocked" => after_one(|| {
            loop {
                std::thread::park();
            }
        }),
        "stuck" => {
            let first = stream::iter([Ok(Bytes::from_static(b"first"))]);
            Box::pin(first.chain(stream::pending()))
        }
        "empty pieces" => Box::pin(stream::repeat_with(|| Ok(Bytes::new()))),
        "bytes that panic when dropped" => {
            Box::pin(stream::repeat_with(|| Ok(Bytes::from_owner(Bomb))))
        }
        "an error that panics when shown" => after_one(|| Err(Bomb::when_shown())),
        "an error that panics when dropped" => after_one(|| Err(Bomb::when_dropped())),
        "failing" => after_one(|| Err(AdapterError::unavailable("the disk went away"))),
        _ => return None,
    })
}

fn endless(panics: bool) -> ByteStream {
    let watched = Watched::new(panics);
    Box::pin(stream::unfold(watched, |watched| async move {
        tokio::task::yield_now().await;
        Some((Ok(Bytes::from_static(&[7; 1024])), watched))
    }))
}

/// One piece, and then something else.
fn after_one(then: impl Fn() -> Result<Bytes, AdapterError> + Send + 'static) -> ByteStream {
    Box::pin(stream::iter([true, false]).map(move |first| {
        if first {
            Ok(Bytes::from_static(b"first"))
        } else {
            then()
        }
    }))
}
