//! Streams of bytes, in both directions.

use abi_stable::{
    sabi_trait,
    std_types::{RBox, ROption, RResult},
};
use async_ffi::{FfiContext, FfiPoll};

use crate::{AbiBytes, AbiError};

/// The next piece; none at the end. After an error or the end a stream is not polled again.
pub type StreamItem = ROption<RResult<AbiBytes, AbiError>>;

/// The reading end of a stream of the other side. Its making side pumps it from a task of its own; dropping it ends that task.
#[sabi_trait]
pub trait RawStream: Send + 'static {
    /// Polls for the next piece.
    #[sabi(last_prefix_field)]
    fn poll_next(&mut self, cx: &mut FfiContext<'_>) -> FfiPoll<StreamItem>;

    /// How many bytes are left, if that is known.
    fn left(&self) -> ROption<u64> {
        ROption::RNone
    }
}

/// A stream of the other side.
pub type StreamBox = RawStream_TO<RBox<()>>;
