//! What no host should have to bear.

use std::{fmt, thread};

use ownhand_plugin_sdk::AdapterError;

/// An answer that harms, by its name; none for a name that is not known.
pub(crate) fn answer(name: &str) -> Option<Result<String, AdapterError>> {
    Some(match name {
        "an error that panics when shown at once" => Err(Bomb::when_shown()),
        "an error that panics when dropped at once" => Err(Bomb::when_dropped()),
        "huge" => Ok("x".repeat(256 * 1024 * 1024)),
        "flood" => {
            for number in 0..20_000_u32 {
                tracing::warn!(number, "flood");
            }
            Ok(String::new())
        }
        "several lines" => {
            tracing::warn!(
                text = "a\nERROR forged \u{1b}[2J",
                "first\nsecond {}",
                "x".repeat(100_000)
            );
            Ok(String::new())
        }
        "threads" => {
            for _ in 0..50 {
                thread::spawn(|| {
                    loop {
                        thread::park();
                    }
                });
            }
            Ok(String::new())
        }
        "leak" => {
            let leaked = vec![1_u8; 16 * 1024 * 1024].leak();
            Ok(leaked.len().to_string())
        }
        _ => return None,
    })
}

/// Panics when it is shown, or when it is dropped.
#[derive(Debug)]
pub(crate) struct Bomb;

/// Panics when it is shown only.
#[derive(Debug)]
struct Shown;

impl Bomb {
    pub(crate) fn when_shown() -> AdapterError {
        AdapterError::unavailable("it failed").caused_by(Shown)
    }

    pub(crate) fn when_dropped() -> AdapterError {
        AdapterError::unavailable("it failed").caused_by(Self)
    }
}

impl AsRef<[u8]> for Bomb {
    fn as_ref(&self) -> &[u8] {
        b"bytes"
    }
}

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bomb")
    }
}

impl std::error::Error for Bomb {}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(thread::panicking(), "when it is dropped");
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("when it is shown")
    }
}

impl std::error::Error for Shown {}
