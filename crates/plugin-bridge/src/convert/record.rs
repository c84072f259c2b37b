//! Sealed records.

use ownhand_plugin_abi::{AbiPage, AbiPut, AbiRecord, RNone, RVec, codes::put};
use ownhand_spi::{PutOutcome, RecordKey, RecordPage, SealedRecord};

use super::{list, text};
use crate::{Crosses, Garbage};

/// Longest key.
const KEY: usize = 200;
/// Most bytes of a record.
pub(crate) const SEALED: usize = 1024 * 1024;
/// Most keys of a page.
const KEYS: usize = 10_000;

impl Crosses for RecordKey {
    type Abi = <String as Crosses>::Abi;

    fn into_abi(self) -> Self::Abi {
        self.0.into_abi()
    }

    fn from_abi(abi: Self::Abi) -> Result<Self, Garbage> {
        let key = Self(text(&abi, KEY)?);
        if !may_cross(&key) {
            return Err(Garbage::new("a record key of wrong shape"));
        }
        Ok(key)
    }
}

/// Whether a key has the shape that all stores know.
pub(crate) fn may_cross(key: &RecordKey) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=KEY).contains(&key.0.len()) && key.0.bytes().all(plain)
}

impl Crosses for SealedRecord {
    type Abi = AbiRecord;

    fn into_abi(self) -> AbiRecord {
        AbiRecord {
            version: self.version,
            sealed: self.sealed.into(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiRecord) -> Result<Self, Garbage> {
        let sealed = abi.sealed.into_bytes(SEALED);
        Ok(Self {
            version: abi.version,
            sealed: sealed.map_err(|e| Garbage::new(format!("a record of {e}")))?,
        })
    }
}

impl Crosses for PutOutcome {
    type Abi = AbiPut;

    fn into_abi(self) -> AbiPut {
        let (outcome, found) = match self {
            Self::Stored => (put::STORED, RNone),
            Self::Conflict { found } => (put::CONFLICT, found.into()),
        };
        AbiPut {
            outcome,
            found,
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiPut) -> Result<Self, Garbage> {
        match abi.outcome {
            put::STORED => Ok(Self::Stored),
            put::CONFLICT => Ok(Self::Conflict {
                found: abi.found.into(),
            }),
            other => Err(Garbage::new(format!("outcome {other} of a write"))),
        }
    }
}

impl Crosses for RecordPage {
    type Abi = AbiPage;

    fn into_abi(self) -> AbiPage {
        AbiPage {
            keys: self.keys.into_iter().map(Crosses::into_abi).collect(),
            more: self.more,
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiPage) -> Result<Self, Garbage> {
        Ok(Self {
            keys: list("keys", abi.keys, KEYS)?,
            more: abi.more,
        })
    }
}
