//! The file itself: what it is, and its bytes.

use std::{
    fs::{self, File, FileType},
    io::{self, Read},
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags, open};

use super::way::{Way, check_file};
use crate::LoadError;

/// No plugin is longer; a file that is would only fill the memory.
const LIMIT: u64 = 512 * 1024 * 1024;

/// The file's canonical path and bytes.
pub(super) fn read(path: &Path) -> Result<(PathBuf, Vec<u8>), LoadError> {
    // A bare name would otherwise be searched for by the dynamic linker.
    let way = Way::to(path)?;
    let path = way.end().to_owned();
    // Before it is opened: opening a socket fails, and opening a device may do something.
    check_kind(fs::symlink_metadata(&path).map_err(missing)?.file_type())?;
    // Opening a pipe would wait for its writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = File::from(open(&path, flags, Mode::empty()).map_err(|e| missing(e.into()))?);
    // Of the open file, so that it can't be exchanged between the questions.
    let metadata = file.metadata().map_err(LoadError::Read)?;
    check_kind(metadata.file_type())?;
    check_file(&path, &metadata)?;
    way.check()?;
    let too_large = |length| LoadError::TooLarge {
        length,
        limit: LIMIT,
    };
    if metadata.len() > LIMIT {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    let mut limited = file.take(LIMIT + 1);
    limited.read_to_end(&mut bytes).map_err(LoadError::Read)?;
    if bytes.len() as u64 > LIMIT {
        return Err(too_large(bytes.len() as u64));
    }
    Ok((path, bytes))
}

fn missing(error: io::Error) -> LoadError {
    if error.kind() == io::ErrorKind::NotFound {
        LoadError::Missing
    } else {
        LoadError::Read(error)
    }
}

fn check_kind(kind: FileType) -> Result<(), LoadError> {
    let found = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_symlink() {
        "a symbolic link that was put there this moment"
    } else {
        "a device"
    };
    Err(LoadError::NotRegular { found })
}
