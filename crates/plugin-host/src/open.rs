//! Opens the verified bytes as a library.

use std::{
    ffi::CString,
    fs::File,
    io::{self, Write},
    mem::ManuallyDrop,
    os::fd::{AsRawFd, IntoRawFd},
};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use ownhand_plugin_bridge::abi::{
    AbiHeaderRef, HEADER_SYMBOL, ModuleError, PluginModuleRef, open_module,
};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::LoadError;

/// Opens a library from its verified bytes and gives its root module. Runs the library's initialisers. It stays open for good.
pub(crate) fn open(bytes: &[u8]) -> Result<PluginModuleRef, LoadError> {
    let file = seal(bytes).map_err(LoadError::Seal)?;
    // Kept open for good: the dynamic linker knows libraries by path, and a number that is used again would mean this one.
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let _kept_open = file.into_raw_fd();
    let header = header(&path)?;
    open_module(header).map_err(|error| {
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
    reason = "opening a library and reading a symbol of a promised type can't be checked by the compiler"
)]
fn header(path: &str) -> Result<AbiHeaderRef, LoadError> {
    // SAFETY: runs the initialisers of a file that was verified to be a whole library that claims to be a plugin; that these do no
    // harm is the trust that the operator puts into a plugin.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    // Never unloaded: its code may have destructors waiting in any thread.
    let library = ManuallyDrop::new(library.map_err(|e| refused(&e))?);
    let symbol = CString::new(HEADER_SYMBOL).map_err(|_| LoadError::NotAPlugin)?;
    // SAFETY: the kit exports an `abi_stable` header under this name; `upgrade` checks its magic text before anything else is read.
    unsafe { library.get::<AbiHeaderRef>(symbol.as_bytes_with_nul()) }
        .map(|header| *header)
        .map_err(|e| refused(&e))
}

/// The linker's words stand in the cause only.
fn refused(error: &libloading::Error) -> LoadError {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    LoadError::Open {
        reason: cause.unwrap_or_else(|| error.to_string()),
    }
}
