//! Reading a document.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
};

use aws_lc_rs::digest::{Context, SHA256, digest};
use bytes::Bytes;
use cap_std::fs::Dir;
use futures_util::stream;
use ownhand_plugin_sdk::{AdapterError, ByteStream, DocumentMetadata, OpenedDocument};

use crate::{
    blocking::blocking,
    errors::{changed, looking_up, too_large},
    media_type,
    place::Place,
    root::{Root, open_file},
};

/// The size of the pieces.
const CHUNK: u64 = 256 * 1024;

/// A document being read, with what it looked like when it was opened.
struct Reader {
    file: File,
    left: u64,
    revision: String,
}

/// Opens a document.
///
/// # Errors
/// When it is not there, is no ordinary file, or is larger than `limit` bytes.
pub(crate) fn open(root: &Root, place: &Place, limit: u64) -> Result<OpenedDocument, AdapterError> {
    let (file, found) = root
        .folder(&place.folders)
        .and_then(|dir| open_file(&dir, &place.name))
        .map_err(looking_up)?;
    if found.len() > limit {
        return Err(too_large(limit));
    }
    let revision = revision(&found);
    Ok(OpenedDocument {
        metadata: DocumentMetadata {
            name: place.name.clone(),
            content_type: media_type::of(&place.name).to_owned(),
            length: Some(found.len()),
            revision: Some(revision.clone()),
        },
        content: content(Reader {
            file,
            left: found.len(),
            revision,
        }),
    })
}

fn content(reader: Reader) -> ByteStream {
    Box::pin(stream::try_unfold(reader, |reader| {
        blocking(move || reader.next())
    }))
}

impl Reader {
    fn next(mut self) -> Result<Option<(Bytes, Self)>, AdapterError> {
        let mut piece = Vec::new();
        (&mut self.file)
            .take(self.left.min(CHUNK))
            .read_to_end(&mut piece)
            .map_err(looking_up)?;
        self.left -= piece.len() as u64;
        let ended_early = piece.is_empty() && self.left > 0;
        // At the end, so that no mixture of two versions passes for a document.
        let at_end = piece.is_empty() || self.left == 0;
        if ended_early || at_end && self.is_changed()? {
            return Err(changed());
        }
        Ok((!piece.is_empty()).then(|| (piece.into(), self)))
    }

    fn is_changed(&self) -> Result<bool, AdapterError> {
        let now = self.file.metadata().map_err(looking_up)?;
        Ok(revision(&now) != self.revision)
    }
}

/// A text that differs for every version of a file, as far as the file system tells.
pub(crate) fn revision(found: &Metadata) -> String {
    let facts = format!(
        "{}.{}.{}.{}",
        found.ino(),
        found.len(),
        found.mtime(),
        found.mtime_nsec()
    );
    hex::encode(&digest(&SHA256, facts.as_bytes()).as_ref()[..16])
}

/// What stands under a name: its digest, its length and its revision.
pub(crate) struct Found {
    pub(crate) sha256: [u8; 32],
    pub(crate) length: u64,
    pub(crate) revision: String,
}

/// Reads the whole file under a name.
///
/// # Errors
/// The file system's, also when no ordinary file stands there.
pub(crate) fn digest_of(dir: &Dir, name: &str) -> io::Result<Found> {
    let (mut file, metadata) = open_file(dir, name)?;
    let mut sum = Context::new(&SHA256);
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        sum.update(&buffer[..n]);
        length += n as u64;
    }
    Ok(Found {
        sha256: sha256(sum),
        length,
        revision: revision(&metadata),
    })
}

/// The digest of what was fed in.
pub(crate) fn sha256(sum: Context) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(sum.finish().as_ref());
    bytes
}
