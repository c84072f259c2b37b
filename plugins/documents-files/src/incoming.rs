//! A document on its way in: a file of our own that nobody sees until it is whole.

use std::{
    fs::{File, TryLockError},
    io::{self, Write},
    os::fd::AsRawFd,
};

use aws_lc_rs::{
    digest::{Context, SHA256},
    rand,
};
use cap_fs_ext::{FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt};
use cap_std::fs::{Dir, OpenOptions};
use ownhand_plugin_sdk::AdapterError;
use rustix::fs::{AtFlags, CWD, linkat};

use crate::{
    errors::{too_large, writing},
    read::sha256,
    root::{Root, open_file, sync},
};

/// Our own folder for such files.
const FOLDER: &str = "incoming";

/// A file of ours; removed when this is dropped. The lock on it tells others that it is still in use.
struct Slot {
    dir: Dir,
    name: String,
    file: File,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let removed = match is_at(&self.dir, &self.name, &self.file) {
            Ok(true) => self.dir.remove_file(&self.name),
            // Somebody else's file by now.
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = removed {
            tracing::warn!(name = self.name, %error, "an incoming file could not be removed");
        }
    }
}

/// Whether this very file still has this name.
fn is_at(dir: &Dir, name: &str, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    match dir.symlink_metadata(name) {
        Ok(found) => Ok((found.dev(), found.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A name that nobody else takes or foresees, whatever the instance, the process and the machine.
fn random_name() -> io::Result<String> {
    let mut random = [0; 16];
    rand::fill(&mut random).map_err(|_| io::Error::other("the system gives no randomness"))?;
    Ok(hex::encode(random))
}

/// An incoming file.
pub(crate) struct Incoming {
    slot: Slot,
    sum: Context,
    length: u64,
    limit: u64,
}

/// An incoming file that is complete and durable.
pub(crate) struct Received {
    slot: Slot,
    pub(crate) sha256: [u8; 32],
    pub(crate) length: u64,
}

impl Incoming {
    /// Makes an empty one.
    pub(crate) fn create(root: &Root, limit: u64) -> Result<Self, AdapterError> {
        let dir = root.own_folder_made(FOLDER).map_err(writing)?;
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .follow(FollowSymlinks::No);
        let (name, file) = loop {
            let name = random_name().map_err(writing)?;
            let file = dir.open_with(&name, &options).map_err(writing)?.into_std();
            file.lock().map_err(writing)?;
            // Before it was locked, another instance may have taken it for a leftover and removed it.
            if is_at(&dir, &name, &file).map_err(writing)? {
                break (name, file);
            }
        };
        Ok(Self {
            slot: Slot { dir, name, file },
            sum: Context::new(&SHA256),
            length: 0,
            limit,
        })
    }

    /// Appends.
    pub(crate) fn write(mut self, piece: &[u8]) -> Result<Self, AdapterError> {
        self.length += piece.len() as u64;
        if self.length > self.limit {
            return Err(too_large(self.limit));
        }
        self.sum.update(piece);
        self.slot.file.write_all(piece).map_err(writing)?;
        Ok(self)
    }

    /// Makes it durable.
    pub(crate) fn finish(self) -> Result<Received, AdapterError> {
        self.slot.file.sync_all().map_err(writing)?;
        Ok(Received {
            slot: self.slot,
            sha256: sha256(self.sum),
            length: self.length,
        })
    }
}

impl Received {
    /// Gives the file its name in a folder, in one step and never over another; false if the name is taken. The file is the one that
    /// is open here, whatever stands under its name in our folder by now.
    pub(crate) fn link(&self, dir: &Dir, name: &str) -> Result<bool, AdapterError> {
        let open = format!("/proc/self/fd/{}", self.slot.file.as_raw_fd());
        let linked = linkat(CWD, open, dir, name, AtFlags::SYMLINK_FOLLOW);
        match linked.map_err(io::Error::from) {
            Ok(()) => {
                sync(dir).map_err(writing)?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(writing(error)),
        }
    }
}

/// Removes what a killed process left. A file whose lock is held belongs to somebody who still writes it.
pub(crate) fn clean(root: &Root) -> Result<(), AdapterError> {
    let Some(dir) = root.own_folder(FOLDER).map_err(writing)? else {
        return Ok(());
    };
    for entry in dir.entries().map_err(writing)? {
        let name = entry.map_err(writing)?.file_name();
        let Some(name) = name.to_str() else { continue };
        // Gone again, or nothing that we made.
        let Ok((file, _)) = open_file(&dir, name) else {
            continue;
        };
        match file.try_lock() {
            // Between opening and locking it may have been removed, and its name taken.
            Ok(()) if is_at(&dir, name, &file).map_err(writing)? => {
                dir.remove_file(name).map_err(writing)?;
                tracing::info!(name, "removed an incoming file that was never finished");
            }
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(writing(error)),
        }
    }
    Ok(())
}
