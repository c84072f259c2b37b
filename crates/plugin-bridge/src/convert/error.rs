//! The one error and its chain.

use std::{error::Error as StdError, fmt, time::Duration};

use ownhand_plugin_abi::{AbiError, RNone, RSome, RString, RVec, codes::error as code};
use ownhand_spi::{AdapterError, ErrorKind};

use crate::{Crosses, Garbage, plain, redact::redact};

const MESSAGE: usize = 4 * 1024;
const CHAIN: usize = 16;

const CODES: [(ErrorKind, u32); 13] = [
    (ErrorKind::Other, code::OTHER),
    (ErrorKind::NotFoundOrDenied, code::NOT_FOUND_OR_DENIED),
    (ErrorKind::RateLimited, code::RATE_LIMITED),
    (ErrorKind::Locked, code::LOCKED),
    (ErrorKind::Conflict, code::CONFLICT),
    (ErrorKind::CredentialRejected, code::CREDENTIAL_REJECTED),
    (ErrorKind::InvalidInput, code::INVALID_INPUT),
    (ErrorKind::TooLarge, code::TOO_LARGE),
    (ErrorKind::Unsupported, code::UNSUPPORTED),
    (ErrorKind::Configuration, code::CONFIGURATION),
    (ErrorKind::Unavailable, code::UNAVAILABLE),
    (ErrorKind::TimedOut, code::TIMED_OUT),
    (ErrorKind::Panicked, code::PANICKED),
];

impl Crosses for AdapterError {
    type Abi = AbiError;

    fn into_abi(self) -> AbiError {
        let code = CODES.iter().find(|(kind, _)| *kind == self.kind());
        AbiError {
            code: code.map_or(code::OTHER, |(_, code)| *code),
            retryable: self.is_transient(),
            retry_after_ms: self.wait().map_or(RNone, |w| {
                RSome(u64::try_from(w.as_millis()).unwrap_or(u64::MAX))
            }),
            message: cut(&redact(self.message())).into(),
            path: self.path().map_or(RNone, |p| RSome(cut(p).into())),
            chain: self
                .chain(CHAIN)
                .iter()
                .map(|cause| RString::from(cut(&redact(cause))))
                .collect(),
            ext: RVec::new(),
        }
    }

    /// Never fails: an error that is garbage is still an error.
    fn from_abi(abi: AbiError) -> Result<Self, Garbage> {
        let kind = CODES
            .iter()
            .find(|(_, code)| *code == abi.code)
            .map_or_else(|| fallback(abi.retryable), |(kind, _)| *kind);
        let mut error = Self::new(kind, shown(&abi.message));
        if let RSome(wait) = abi.retry_after_ms {
            error = error.retry_after(Duration::from_millis(wait));
        }
        if let RSome(path) = &abi.path {
            error = error.at(shown(path));
        }
        let causes = abi.chain.iter().take(CHAIN).rev();
        let chain = causes.fold(None, |source, message| {
            Some(Box::new(Flat {
                message: shown(message),
                source,
            }))
        });
        Ok(match chain {
            Some(cause) => error.caused_by(*cause),
            None => error,
        })
    }
}

/// What an unknown code means.
fn fallback(retryable: bool) -> ErrorKind {
    if retryable {
        ErrorKind::Unavailable
    } else {
        ErrorKind::Other
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MESSAGE)]
}

fn shown(text: &RString) -> String {
    plain(text.as_bytes(), MESSAGE)
}

/// A cause that was an error of its own type on the other side.
#[derive(Debug)]
struct Flat {
    message: String,
    source: Option<Box<Flat>>,
}

impl fmt::Display for Flat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Flat {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|e| e as &(dyn StdError + 'static))
    }
}
