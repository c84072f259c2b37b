//! The tenant's folder: everything is reached from its handle, part by part, without following symbolic links.

use std::{fs::Metadata, io, path::Path, sync::Arc};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, DirBuilder, DirBuilderExt, OpenOptions},
};
use ownhand_plugin_sdk::AdapterError;

/// The hidden folder for our own files.
const OWN: &str = ".ownhand";
/// The operator's setting, told from the tenant's `root` as the host tells them.
const OPERATOR_ROOT: &str = "operator:root";

/// A handle of the tenant's folder.
#[derive(Clone, Debug)]
pub(crate) struct Root(Arc<Dir>);

impl Root {
    /// Opens the tenant's folder inside the operator's.
    ///
    /// # Errors
    /// When the one or the other is not there.
    pub(crate) fn open(bound: &Path, folder: &[String]) -> Result<Self, AdapterError> {
        if !bound.is_absolute() {
            return Err(AdapterError::configuration(
                OPERATOR_ROOT,
                "must be an absolute path",
            ));
        }
        let bound = Dir::open_ambient_dir(bound, ambient_authority()).map_err(|error| {
            AdapterError::configuration(OPERATOR_ROOT, "this folder can't be opened")
                .caused_by(error)
        })?;
        let dir = descend(&bound, folder).map_err(|error| {
            AdapterError::configuration(
                "root",
                format!(
                    "`{}` is no folder inside the operator's root; make it first (symbolic links are not followed)",
                    folder.join("/")
                ),
            )
            .caused_by(error)
        })?;
        Ok(Self(Arc::new(dir)))
    }

    /// A folder below.
    pub(crate) fn folder(&self, folders: &[String]) -> io::Result<Dir> {
        descend(&self.0, folders)
    }

    /// A folder below; made, with those above it, if it is missing.
    pub(crate) fn folder_made(&self, folders: &[String]) -> io::Result<Dir> {
        folders.iter().try_fold(self.0.try_clone()?, |dir, name| {
            make(&dir, name, &DirBuilder::new())
        })
    }

    /// One of our own folders, made if it is missing; nobody else looks into it.
    pub(crate) fn own_folder_made(&self, name: &str) -> io::Result<Dir> {
        let mut private = DirBuilder::new();
        private.mode(0o700);
        make(&make(&self.0, OWN, &private)?, name, &private)
    }

    /// One of our own folders, if it is there.
    pub(crate) fn own_folder(&self, name: &str) -> io::Result<Option<Dir>> {
        match descend(&self.0, &[OWN.to_owned(), name.to_owned()]) {
            Ok(dir) => Ok(Some(dir)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn descend(from: &Dir, folders: &[String]) -> io::Result<Dir> {
    folders
        .iter()
        .try_fold(from.try_clone()?, |dir, name| dir.open_dir_nofollow(name))
}

fn make(dir: &Dir, name: &str, how: &DirBuilder) -> io::Result<Dir> {
    match dir.create_dir_with(name, how) {
        Ok(()) => sync(dir)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    dir.open_dir_nofollow(name)
}

/// Makes the entries of a folder durable.
pub(crate) fn sync(dir: &Dir) -> io::Result<()> {
    dir.open(".")?.into_std().sync_all()
}

/// Opens an ordinary file for reading. A symbolic link, a FIFO or a device is "not found", and is never waited for.
pub(crate) fn open_file(dir: &Dir, name: &str) -> io::Result<(std::fs::File, Metadata)> {
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    let file = dir.open_with(name, &options)?.into_std();
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}
