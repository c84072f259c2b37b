//! Why a file is not loaded.

use std::{io, path::PathBuf, time::Duration};

/// A plugin file is not, or can't be, loaded. Each message says what to do; the file's name is the caller's to add.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// No such file.
    #[error(
        "there is no such file; check the plugin's `path`, which is relative to the configuration file"
    )]
    Missing,
    /// A directory, a pipe, a device.
    #[error("this is {found}, not a regular file; `path` must name the library itself")]
    NotRegular {
        /// What it is.
        found: &'static str,
    },
    /// The file can't be read.
    #[error("the file can't be read")]
    Read(#[source] io::Error),
    /// The path leads over symbolic links to nothing.
    #[error(
        "`{}` is a symbolic link that {how}; let `path` name the library itself, or mend the link",
        link.display()
    )]
    Link {
        /// The link.
        link: PathBuf,
        /// Where it does not lead.
        how: &'static str,
    },
    /// Others could replace it.
    #[error(
        "`{}` is writable by others than its owner, so the plugin could be replaced; run `chmod go-w` on it",
        path.display()
    )]
    Writable {
        /// The file, or a directory on the way to it.
        path: PathBuf,
    },
    /// Somebody else could replace it.
    #[error(
        "`{}` belongs to user {owner}, neither to root nor to the user that runs this, so the plugin could be replaced; \
         run `chown` on it",
        path.display()
    )]
    Foreign {
        /// The file, or a directory on the way to it.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
    },
    /// Larger than any plugin.
    #[error("the file has {length} bytes, more than the {limit} that a plugin may have")]
    TooLarge {
        /// Its length.
        length: u64,
        /// The most that is read.
        limit: u64,
    },
    /// Not the pinned file.
    #[error(
        "its sha256 is {found}, the configuration pins {pinned}; if the new file is meant, change the pin"
    )]
    Pin {
        /// The file's digest.
        found: String,
        /// The configured one.
        pinned: String,
    },
    /// Not a library at all.
    #[error("this is not a shared library ({reason}); build the adapter as a `cdylib`")]
    NotALibrary {
        /// What is wrong with it.
        reason: String,
    },
    /// Cut off.
    #[error("the file is cut off: it has {length} bytes and needs {needed}; copy it again")]
    Truncated {
        /// Its length.
        length: u64,
        /// How long it must at least be.
        needed: u64,
    },
    /// Built for another machine.
    #[error("it was built for {found}, this host runs on {expected}; build it for this target")]
    Architecture {
        /// Its architecture.
        found: String,
        /// Ours.
        expected: &'static str,
    },
    /// A library, but not a plugin.
    #[error(
        "this is not an Ownhand plugin (no `.ownhand` section); export an adapter with `export_adapter!`"
    )]
    NotAPlugin,
    /// The manifest is damaged.
    #[error("its manifest can't be read ({reason}); build it again with the plugin kit")]
    Manifest {
        /// What is wrong with it.
        reason: String,
    },
    /// Its panics would end the host.
    #[error(
        "it was not built with panic = \"unwind\", so its first panic would end this program; take `panic` out of its profile"
    )]
    Aborts,
    /// Another major version of the ABI.
    #[error(
        "it was built for plugin ABI {found}, this host speaks {ours}; build it with a plugin kit of that major version"
    )]
    Abi {
        /// Its version.
        found: String,
        /// Ours.
        ours: &'static str,
    },
    /// The types at the boundary, or the machinery, differ in spite of the version.
    #[error("{reason}; build it again with the plugin kit of this host")]
    Layout {
        /// What differs.
        reason: String,
    },
    /// The dynamic linker refused.
    #[error("the system can't open the library: {reason}")]
    Open {
        /// The linker's words.
        reason: String,
    },
    /// No header.
    #[error(
        "it has a manifest but exports no plugin header ({reason}); export an adapter with `export_adapter!`"
    )]
    NoHeader {
        /// The linker's words.
        reason: String,
    },
    /// Manifest and header name different versions.
    #[error(
        "its manifest says plugin ABI {manifest}, its code was built for {header}; build it again with the plugin kit"
    )]
    AbiMismatch {
        /// What the manifest says.
        manifest: String,
        /// What the header says.
        header: String,
    },
    /// Opening or starting it did not end.
    #[error("the plugin did not start: {reason}")]
    Start {
        /// What happened instead.
        reason: String,
    },
    /// The same bytes failed before, after some of their code had run.
    #[error("{reason} (it was tried before; it is not started again before a restart)")]
    FailedBefore {
        /// The failure.
        reason: String,
    },
    /// No sealed memory file.
    #[error("the verified bytes can't be kept in memory; is /proc mounted?")]
    Seal(#[source] io::Error),
    /// `init` failed.
    #[error("the plugin failed to start: {reason}")]
    Init {
        /// The plugin's words.
        reason: String,
    },
    /// Another file was loaded from this path before.
    #[error(
        "another version of this file is loaded already (sha256 {loaded}); restart to use the new one"
    )]
    Replaced {
        /// The digest of the loaded file.
        loaded: String,
    },
    /// The trial load in a child process ended the process.
    #[error(
        "opening the file ended the process ({how}): it is damaged, or does something at load time that it must not; build or copy it again"
    )]
    Crashed {
        /// How it ended.
        how: String,
    },
    /// The trial load ended by itself, before the library was loaded.
    #[error(
        "opening the file ended the process as if all were well: it does something at load time that it must not; build it again"
    )]
    EndedEarly,
    /// The trial load could not be made.
    #[error("the trial load in a process of its own could not be made")]
    Spawn(#[source] io::Error),
    /// The trial load did not end.
    #[error("opening the file did not end within {0:?}")]
    ProbeTimedOut(Duration),
    /// The trial load failed in an orderly way.
    #[error("{reason}")]
    Probe {
        /// The child's words.
        reason: String,
    },
}
