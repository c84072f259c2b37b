//! A library that was written by hand against the present version of the plugin ABI, without the kit for authors.

#![expect(
    unsafe_code,
    reason = "what the kit does for authors is done by hand here, and what it prevents is done on purpose"
)]

mod export;
mod hostile;
mod plugin;
mod source;
