//! The notes of completed deposits: which key stands for which content in which place.

use std::{io, io::Read};

use ownhand_plugin_sdk::{AdapterError, DepositKey, ErrorKind};
use serde::{Deserialize, Serialize};

use crate::{
    errors::{looking_up, writing},
    incoming::Incoming,
    root::{Root, open_file},
};

/// Our own folder for the notes.
const FOLDER: &str = "deposits";
/// The longest key, in characters.
const MAX_KEY: usize = 200;
/// The longest note, in bytes: a reference of 1024 bytes with every byte escaped, and the rest.
const MAX_NOTE: u64 = 8 * 1024;

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    #[serde(with = "hex")]
    pub(crate) sha256: [u8; 32],
    pub(crate) length: u64,
    pub(crate) reference: String,
}

/// Checks the shape of a key, which becomes a file's name.
///
/// # Errors
/// When it has another shape than the core gives to keys.
pub(crate) fn check(key: &DepositKey) -> Result<(), AdapterError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=MAX_KEY).contains(&key.0.len()) && key.0.bytes().all(plain) {
        Ok(())
    } else {
        Err(AdapterError::invalid(
            "a deposit key is 1 to 200 letters, digits, `-` and `_`",
        ))
    }
}

/// The note of a key, if its deposit was completed.
pub(crate) fn find(root: &Root, key: &DepositKey) -> Result<Option<Note>, AdapterError> {
    let Some(dir) = root.own_folder(FOLDER).map_err(looking_up)? else {
        return Ok(None);
    };
    let file = match open_file(&dir, &key.0) {
        Ok((file, _)) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(looking_up(error)),
    };
    let mut text = Vec::new();
    file.take(MAX_NOTE)
        .read_to_end(&mut text)
        .map_err(looking_up)?;
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        AdapterError::new(
            ErrorKind::Other,
            "the note of this deposit can't be read; remove its file in `.ownhand/deposits`",
        )
        .caused_by(error)
    })
}

/// Notes a completed deposit, durably. Of two at once with one key either writes it: both read their content back.
pub(crate) fn note(root: &Root, key: &DepositKey, note: &Note) -> Result<(), AdapterError> {
    let text = serde_json::to_vec(note).map_err(|error| writing(error.into()))?;
    let dir = root.own_folder_made(FOLDER).map_err(writing)?;
    Incoming::create(root, MAX_NOTE)?
        .write(&text)?
        .finish()?
        .link(&dir, &key.0)
        .map(|_| ())
}
