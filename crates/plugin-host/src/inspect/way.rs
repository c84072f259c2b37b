//! The way to the file: every directory and every symbolic link on it, and who may change them.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Component, Path, PathBuf},
};

use rustix::process::geteuid;

use crate::LoadError;

/// As many links as Linux follows.
const LINKS: usize = 40;
const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;
const ROOT: u32 = 0;

/// A path, followed link by link.
pub(super) struct Way {
    end: PathBuf,
    /// Each directory in which something was looked up, and whether that was the file itself or a link.
    directories: BTreeMap<PathBuf, bool>,
}

impl Way {
    /// Follows a path. Asks about each part, so that the directory of each link is known too: whoever may write there chooses where
    /// the link leads.
    pub(super) fn to(path: &Path) -> Result<Self, LoadError> {
        let path = std::path::absolute(path).map_err(LoadError::Read)?;
        let mut way = Self {
            end: PathBuf::from("/"),
            directories: BTreeMap::new(),
        };
        let mut left = Vec::new();
        push(&mut left, &path);
        let mut first_link = None;
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == ".." {
                way.end.pop();
                continue;
            }
            let next = way.end.join(&part);
            let metadata = fs::symlink_metadata(&next)
                .map_err(|error| not_there(error, first_link.as_deref()))?;
            let is_link = metadata.is_symlink();
            let decides = way.directories.entry(way.end.clone()).or_default();
            *decides |= is_link || left.is_empty();
            if !is_link {
                way.end = next;
                continue;
            }
            links += 1;
            let link = first_link.get_or_insert_with(|| next.clone());
            if links > LINKS {
                return Err(LoadError::Link {
                    link: link.clone(),
                    how: "leads round in a circle",
                });
            }
            let target = fs::read_link(&next).map_err(LoadError::Read)?;
            if target.is_absolute() {
                way.end = PathBuf::from("/");
            }
            push(&mut left, &target);
        }
        Ok(way)
    }

    /// Where it ends: no part of this is a link.
    pub(super) fn end(&self) -> &Path {
        &self.end
    }

    /// Refuses a way that others can change.
    pub(super) fn check(&self) -> Result<(), LoadError> {
        for (directory, decides) in &self.directories {
            let metadata = fs::metadata(directory).map_err(LoadError::Read)?;
            check_owner(directory, &metadata)?;
            let mode = metadata.mode();
            // In a sticky directory such as /tmp nobody may rename what is not theirs, but anybody may have put it there.
            let is_trusted = mode & OTHERS_WRITE == 0 || (!decides && mode & STICKY != 0);
            if !is_trusted {
                return Err(LoadError::Writable {
                    path: directory.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Refuses a file that others can write.
pub(super) fn check_file(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    check_owner(path, metadata)?;
    if metadata.mode() & OTHERS_WRITE != 0 {
        return Err(LoadError::Writable {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), LoadError> {
    let owner = metadata.uid();
    if owner == ROOT || owner == geteuid().as_raw() {
        return Ok(());
    }
    Err(LoadError::Foreign {
        path: path.to_owned(),
        owner,
    })
}

/// The parts of a path, to be taken from the end.
fn push(left: &mut Vec<OsString>, path: &Path) {
    for part in path.components().rev() {
        if let Component::Normal(_) | Component::ParentDir = part {
            left.push(part.as_os_str().to_owned());
        }
    }
}

fn not_there(error: io::Error, link: Option<&Path>) -> LoadError {
    match (error.kind(), link) {
        (io::ErrorKind::NotFound, Some(link)) => LoadError::Link {
            link: link.to_owned(),
            how: "leads nowhere",
        },
        (io::ErrorKind::NotFound, None) => LoadError::Missing,
        _ => LoadError::Read(error),
    }
}
