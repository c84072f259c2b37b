//! The root module: what a library exports, and how a host gets at it.

use abi_stable::{
    StableAbi,
    abi_stability::abi_checking::{
        AbiInstabilityErrors, CheckingGlobals, check_layout_compatibility_with_globals,
    },
    declare_root_module_statics,
    library::{
        __call_root_module_loader, CheckTypeLayout, ROOT_MODULE_LOADER_NAME, RootModule,
        RootModuleResult,
    },
    package_version_strings,
    prefix_type::PrefixTypeTrait,
    sabi_types::VersionStrings,
    std_types::{RResult, RString},
    type_layout::TLFieldOrFunction,
};

use std::fmt::{self, Write};

pub use abi_stable::library::{AbiHeaderRef, LibHeader};

use crate::{AbiError, AbiFuture, AbiInstanceArgs, Ext, HostLogBox, InstanceBox};

/// The version of this ABI.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The symbol under which a library exports its header.
pub const HEADER_SYMBOL: &str = "_1as_0lib_1header_0root_bmodule_bloader";

const _: () = {
    let (ours, theirs) = (HEADER_SYMBOL.as_bytes(), ROOT_MODULE_LOADER_NAME.as_bytes());
    assert!(ours.len() == theirs.len());
    let mut at = 0;
    while at < ours.len() {
        assert!(
            ours[at] == theirs[at],
            "abi_stable looks for another symbol"
        );
        at += 1;
    }
};

/// What the host gives a library, once.
#[repr(C)]
#[derive(StableAbi)]
pub struct HostServices {
    /// The host's log.
    pub log: HostLogBox,
    /// The plugin's name in the host, for its threads.
    pub plugin: RString,
    /// How many threads its runtime may have.
    pub worker_threads: u32,
    /// For later minor versions.
    pub ext: Ext,
}

/// What a library exports.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModuleRef)))]
#[sabi(missing_field(option))]
pub struct PluginModule {
    /// Takes the host's services. A second call changes nothing.
    pub init: extern "C" fn(HostServices) -> RResult<(), AbiError>,
    /// Builds an instance.
    pub build: extern "C" fn(AbiInstanceArgs) -> AbiFuture<InstanceBox>,
    /// Ends the library's own tasks, waiting at most so many milliseconds. Nothing is called afterwards.
    pub shutdown: extern "C" fn(u64) -> AbiFuture<()>,
    /// Says that the host's log filter has changed.
    #[sabi(last_prefix_field)]
    pub log_filter_changed: extern "C" fn(),
    /// A number that says how the library is; 0 is well.
    pub health: extern "C" fn() -> u32,
}

impl RootModule for PluginModuleRef {
    declare_root_module_statics! {PluginModuleRef}

    const BASE_NAME: &'static str = "ownhand_plugin";
    const NAME: &'static str = "ownhand_plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

/// A library, as the kit for authors describes it.
pub trait Plugin: 'static {
    /// Its root module.
    fn module() -> PluginModule;
}

/// The header that a library exports under [`HEADER_SYMBOL`].
pub const fn header<P: Plugin>() -> LibHeader {
    extern "C" fn constructor<P: Plugin>() -> RootModuleResult {
        __call_root_module_loader(|| P::module().leak_into_prefix())
    }
    // SAFETY: the constructor gives a `PluginModuleRef`, erased by the function that abi_stable's own macro uses.
    unsafe {
        LibHeader::from_constructor::<PluginModuleRef>(constructor::<P>, CheckTypeLayout::Yes)
    }
}

/// Why a library's header does not give a usable module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleError {
    /// Another version of the machinery underneath.
    #[error("the library was built with an incompatible version of abi_stable or of the C ABI")]
    Foundation,
    /// Another major version.
    #[error("the library speaks plugin ABI {found}, this host speaks {VERSION}")]
    Version {
        /// The library's version.
        found: String,
    },
    /// The types differ.
    #[error("the types at the boundary differ: {summary}")]
    Layout {
        /// The first difference.
        summary: String,
        /// The whole report, for debugging.
        report: String,
    },
    /// Its root module could not be made.
    #[error("the library failed to make its root module")]
    Constructor,
}

/// Checks a library's header and gives its module, with the version of the ABI that the header names.
///
/// The older side is the interface: it may be a prefix of the newer one. The checker gets fresh globals, because with shared ones
/// the verdict depends on what was loaded before.
///
/// # Errors
/// [`ModuleError`]; nothing of the library but the self-test of `abi_stable` has run then, save for `Constructor`.
pub fn open_module(header: AbiHeaderRef) -> Result<(PluginModuleRef, String), ModuleError> {
    let header = header.upgrade().map_err(|_| ModuleError::Foundation)?;
    let found = header.version_strings();
    let wrong_version = || ModuleError::Version {
        found: found.version.as_str().to_owned(),
    };
    let theirs = version(found.version.as_str()).ok_or_else(wrong_version)?;
    let ours = version(VERSION).ok_or_else(wrong_version)?;
    if theirs.0 != ours.0 {
        return Err(wrong_version());
    }
    let their_layout = header.layout().ok_or(ModuleError::Foundation)?;
    let our_layout = PluginModuleRef::LAYOUT;
    let (older, newer) = if theirs < ours {
        (their_layout, our_layout)
    } else {
        (our_layout, their_layout)
    };
    check_layout_compatibility_with_globals(older, newer, &CheckingGlobals::new()).map_err(
        |errors| ModuleError::Layout {
            summary: summary(&errors),
            report: errors.to_string(),
        },
    )?;
    // SAFETY: the layout was checked just above.
    unsafe { header.init_root_module_with_unchecked_layout::<PluginModuleRef>() }
        .map(|module| (module, found.version.as_str().to_owned()))
        .map_err(|_| ModuleError::Constructor)
}

fn version(text: &str) -> Option<(u64, u64, u64)> {
    let mut parts = text.split('.').map(str::parse);
    let mut next = || parts.next()?.ok();
    Some((next()?, next()?, next()?))
}

/// The first difference and the way to it; the whole report has hundreds of lines.
fn summary(errors: &AbiInstabilityErrors) -> String {
    // Types that only lead to the difference are listed too, without one of their own.
    let Some(error) = errors.errors.iter().find(|e| !e.errs.is_empty()) else {
        return "at no known place".to_owned();
    };
    let mut kind = FirstWord::default();
    if let Some(first) = error.errs.first() {
        // Ends early with an error, by intent: the rest is a dump of whole layouts.
        let _ = write!(kind, "{first:?}");
    }
    let place = error.stack_trace.iter().map(|step| match &step.found {
        TLFieldOrFunction::Field(field) => field.name(),
        TLFieldOrFunction::Function(function) => function.name.as_str(),
    });
    format!("{} at {}", kind.0, place.collect::<Vec<_>>().join(" > "))
}

/// Takes text up to the first character that is no letter.
#[derive(Default)]
struct FirstWord(String);

impl Write for FirstWord {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(|c: char| !c.is_alphabetic());
        self.0.push_str(&text[..end.unwrap_or(text.len())]);
        if end.is_some() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}
