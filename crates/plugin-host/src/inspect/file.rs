//! The file itself: where it is, what it is, who may write it.

use std::{
    fs::{self, File, FileType, Metadata},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags, open};

use crate::LoadError;

/// No plugin is longer; a file that is would only fill the memory.
const LIMIT: u64 = 512 * 1024 * 1024;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// The file's canonical path and bytes.
pub(super) fn read(path: &Path) -> Result<(PathBuf, Vec<u8>), LoadError> {
    // A bare name would otherwise be searched for by the dynamic linker.
    let path = fs::canonicalize(path).map_err(missing)?;
    // Opening a pipe would wait for its writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = File::from(open(&path, flags, Mode::empty()).map_err(|e| missing(e.into()))?);
    // Of the open file, so that it can't be exchanged between the questions.
    let metadata = file.metadata().map_err(LoadError::Read)?;
    if !metadata.is_file() {
        return Err(LoadError::NotRegular {
            found: name(metadata.file_type()),
        });
    }
    check_writers(&path, &metadata)?;
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

fn name(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// Refuses a file that everybody may write or replace.
fn check_writers(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    let writable = |path: &Path| LoadError::Writable {
        path: path.to_owned(),
    };
    if metadata.mode() & OTHERS_WRITE != 0 {
        return Err(writable(path));
    }
    for (distance, directory) in path.ancestors().skip(1).enumerate() {
        let mode = fs::metadata(directory).map_err(LoadError::Read)?.mode();
        // In a sticky directory such as /tmp nobody may rename what is not theirs, but anybody may have put the file there.
        let trusted = mode & OTHERS_WRITE == 0 || (distance > 0 && mode & STICKY != 0);
        if !trusted {
            return Err(writable(directory));
        }
    }
    Ok(())
}
