//! Putting a received document in its place, exactly once.

use std::io;

use cap_std::fs::Dir;
use ownhand_plugin_sdk::{AdapterError, DepositKey, ErrorKind, Receipt};

use crate::{
    deposits::{self, Note},
    errors::{hides, looking_up, occupied, writing},
    incoming::Received,
    place::Place,
    read::{Found, digest_of},
    root::Root,
};

/// One deposit: what it needs beside the content.
#[derive(Clone)]
pub(crate) struct Settling {
    pub(crate) root: Root,
    pub(crate) key: DepositKey,
    pub(crate) place: Place,
}

impl Settling {
    /// Decides without the content, when the core told its digest: `None` means that the content is needed.
    pub(crate) fn ahead(&self, sha256: [u8; 32]) -> Result<Option<Receipt>, AdapterError> {
        let noted = self.noted(sha256)?;
        let dir = match self.root.folder(&self.place.folders) {
            Ok(dir) => dir,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(looking_up(error)),
        };
        match dir.symlink_metadata(&self.place.name) {
            Ok(_) => self.present(&dir, sha256, noted).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(looking_up(error)),
        }
    }

    /// Puts the content in its place and reads it back.
    pub(crate) fn place(&self, received: &Received) -> Result<Receipt, AdapterError> {
        let noted = self.noted(received.sha256)?;
        let dir = self
            .root
            .folder_made(&self.place.folders)
            .map_err(|error| {
                // A document, or a symbolic link, where a folder should be.
                if hides(&error) && error.kind() != io::ErrorKind::PermissionDenied {
                    occupied()
                } else {
                    writing(error)
                }
            })?;
        if !received.link(&dir, &self.place.name)? {
            return self.present(&dir, received.sha256, noted);
        }
        let found = self
            .read_back(&dir)?
            .filter(|found| found.sha256 == received.sha256)
            .ok_or_else(|| {
                AdapterError::new(
                    ErrorKind::Conflict,
                    "the document was changed before it could be read back",
                )
            })?;
        self.complete(found, noted.is_some(), false)
    }

    /// Something stands in the place: this very content, this deposit's content as somebody changed it since, or another.
    fn present(
        &self,
        dir: &Dir,
        sha256: [u8; 32],
        noted: Option<Note>,
    ) -> Result<Receipt, AdapterError> {
        match (self.read_back(dir)?, noted) {
            (Some(found), noted) if found.sha256 == sha256 => {
                self.complete(found, noted.is_some(), true)
            }
            // It was read back when it was noted. What people did with it afterwards is theirs.
            (Some(_), Some(noted)) => Ok(Receipt {
                reference: self.place.reference(),
                revision: None,
                sha256: noted.sha256,
                length: noted.length,
                already_present: true,
            }),
            _ => Err(occupied()),
        }
    }

    fn complete(
        &self,
        found: Found,
        is_noted: bool,
        already_present: bool,
    ) -> Result<Receipt, AdapterError> {
        let reference = self.place.reference();
        if !is_noted {
            let note = Note {
                sha256: found.sha256,
                length: found.length,
                reference: reference.0.clone(),
            };
            deposits::note(&self.root, &self.key, &note)?;
        }
        Ok(Receipt {
            reference,
            revision: Some(found.revision),
            sha256: found.sha256,
            length: found.length,
            already_present,
        })
    }

    /// The note of this key.
    ///
    /// # Errors
    /// When the key stands for other content or another place.
    fn noted(&self, sha256: [u8; 32]) -> Result<Option<Note>, AdapterError> {
        let noted = deposits::find(&self.root, &self.key)?;
        let same =
            |note: &Note| note.sha256 == sha256 && note.reference == self.place.reference().0;
        if noted.as_ref().is_some_and(|note| !same(note)) {
            return Err(AdapterError::new(
                ErrorKind::Conflict,
                "this deposit key stands for another document",
            ));
        }
        Ok(noted)
    }

    /// What stands in the place; `None` when it is no ordinary file.
    fn read_back(&self, dir: &Dir) -> Result<Option<Found>, AdapterError> {
        match digest_of(dir, &self.place.name) {
            Ok(found) => Ok(Some(found)),
            Err(error) if hides(&error) => Ok(None),
            Err(error) => Err(looking_up(error)),
        }
    }
}
