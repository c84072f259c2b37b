//! Opens the verified bytes as a library.

use std::{
    ffi::CString,
    fs::File,
    io::{self, Write},
    mem::ManuallyDrop,
    os::fd::{AsRawFd, IntoRawFd},
};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use ownhand_plugin_bridge::{
    abi::{AbiHeaderRef, HEADER_SYMBOL, ModuleError, PluginModuleRef, open_module},
    plain,
};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::LoadError;

/// Longest message of the linker, which may quote names of the library.
const WORDS: usize = 1024;

/// Opens a library from its verified bytes and gives its root module, with the ABI version that its header names. Runs the library's
/// initialisers. Once opened it stays open for good.
pub(crate) fn open(bytes: &[u8]) -> Result<(PluginModuleRef, String), LoadError> {
    let file = seal(bytes).map_err(LoadError::Seal)?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let library = library(&path)?;
    // Kept open for good from here on: the dynamic linker knows libraries by path, and a number that is used again would mean this one.
    let _kept_open = file.into_raw_fd();
    open_module(header(&library)?).map_err(|error| {
        if let ModuleError::Layout { report, .. } = &error {
            tracing::debug!(report, "the types at the boundary differ");
        }
        LoadError::Layout {
            reason: error.to_string(),
        }
    })
}

/// A file in memory that nobody can change any more.
fn seal(bytes: &[u8]) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("ownhand-plugin", flags)?);
    file.write_all(bytes)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    Ok(file)
}

#[expect(
    unsafe_code,
    reason = "opening a library runs its initialisers, which no compiler has checked"
)]
fn library(path: &str) -> Result<ManuallyDrop<Library>, LoadError> {
    // SAFETY: runs the initialisers of a file that was verified to be a whole library that claims to be a plugin; that these do no
    // harm is the trust that the operator puts into a plugin.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    // Never unloaded: its code may have destructors waiting in any thread.
    library
        .map(ManuallyDrop::new)
        .map_err(|error| LoadError::Open {
            reason: words(&error),
        })
}

#[expect(
    unsafe_code,
    reason = "a symbol of a promised type can't be checked by the compiler"
)]
fn header(library: &Library) -> Result<AbiHeaderRef, LoadError> {
    let no_header = |reason| LoadError::NoHeader { reason };
    let symbol = CString::new(HEADER_SYMBOL).map_err(|error| no_header(error.to_string()))?;
    // SAFETY: the kit exports an `abi_stable` header under this name; `upgrade` checks its magic text before anything else is read.
    unsafe { library.get::<AbiHeaderRef>(symbol.as_bytes_with_nul()) }
        .map(|header| *header)
        .map_err(|error| no_header(words(&error)))
}

/// The linker's words stand in the cause only.
fn words(error: &libloading::Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let words = cause.unwrap_or_else(|| error.to_string());
    plain(words.as_bytes(), WORDS)
}
