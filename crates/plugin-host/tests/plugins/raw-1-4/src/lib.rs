//! A library that was written by hand against version 1.4, which breaks the rules of the plugin ABI, without the kit for authors.

#![expect(
    unsafe_code,
    reason = "what the kit does for authors is done by hand here, and what it prevents is done on purpose"
)]

#[path = "../../raw-1-0/src/export.rs"]
mod export;
#[path = "../../raw-1-0/src/hostile.rs"]
mod hostile;
#[path = "../../raw-1-0/src/plugin.rs"]
mod plugin;
#[path = "../../raw-1-0/src/source.rs"]
mod source;
