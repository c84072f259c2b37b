//! How the file system's answers become the adapter's.

use std::io;

use ownhand_plugin_sdk::{AdapterError, ErrorKind};

/// The one answer to what is missing and to what is not theirs.
pub(crate) fn missing() -> AdapterError {
    AdapterError::not_found("no such document, or no right to it")
}

/// Other content stands in the place.
pub(crate) fn occupied() -> AdapterError {
    AdapterError::new(
        ErrorKind::Conflict,
        "another document stands under this reference",
    )
}

/// Somebody changed the file while it was read.
pub(crate) fn changed() -> AdapterError {
    AdapterError::new(
        ErrorKind::Conflict,
        "the document was changed while it was read",
    )
}

pub(crate) fn too_large(limit: u64) -> AdapterError {
    AdapterError::new(
        ErrorKind::TooLarge,
        format!("the document has more than {limit} bytes"),
    )
}

/// Looking something up failed: not there, not to be followed, or the file system does not answer.
pub(crate) fn looking_up(error: io::Error) -> AdapterError {
    if hides(&error) {
        if error.kind() == io::ErrorKind::PermissionDenied {
            tracing::warn!(%error, "the file system denies what the rules allow");
        }
        missing()
    } else {
        AdapterError::unavailable("the documents' folder does not answer").caused_by(error)
    }
}

/// Writing failed.
pub(crate) fn writing(error: io::Error) -> AdapterError {
    AdapterError::unavailable("the document could not be written").caused_by(error)
}

/// Whether the answer means that there is nothing for us.
pub(crate) fn hides(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    /// `ELOOP`, which has no stable kind: the name is a symbolic link.
    const LOOP: i32 = 40;
    /// `ENXIO`: a socket, or a FIFO that nobody reads.
    const NO_DEVICE: i32 = 6;
    matches!(
        error.kind(),
        NotFound | NotADirectory | IsADirectory | PermissionDenied
    ) || matches!(error.raw_os_error(), Some(LOOP | NO_DEVICE))
}
