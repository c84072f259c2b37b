//! The two symbols, and an initialiser.

use abi::{LibHeader, header};

use crate::{hostile::Mode, plugin::Raw};

const JSON: &[u8] = concat!(
    r#"{"name":"raw","version":""#,
    env!("CARGO_PKG_VERSION"),
    r#"","abi":""#,
    env!("CARGO_PKG_VERSION"),
    r#"","roles":["document_source"],"panic":"unwind"}"#
)
.as_bytes();

const fn manifest() -> [u8; JSON.len()] {
    let mut manifest = [0; JSON.len()];
    manifest.copy_from_slice(JSON);
    manifest
}

#[used]
#[unsafe(link_section = ".ownhand")]
#[unsafe(export_name = "ownhand_plugin_manifest")]
static MANIFEST: [u8; JSON.len()] = manifest();

#[used]
#[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
static HEADER: LibHeader = header::<Raw>();

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;

/// Runs when the library is opened, before anybody has asked for anything.
extern "C" fn start() {
    Mode::present().when_opened();
}
