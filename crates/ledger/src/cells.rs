//! Reading rows, and writing what SQL has no type for.

use std::{fmt::Display, str::FromStr};

use ownhand_connector::{UnixMillis, ledger::Digest};
use ownhand_spi::TenantId;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, ColumnIndex, Decode, Row, Type, any::AnyRow};

use crate::fault::Fault;

/// One row of a table. Every complaint names the table and the row.
pub(crate) struct Cells<'r> {
    table: &'static str,
    key: &'static str,
    row: &'r AnyRow,
}

impl<'r> Cells<'r> {
    /// A row whose id stands in the column `key`.
    pub(crate) fn new(table: &'static str, key: &'static str, row: &'r AnyRow) -> Self {
        Self { table, key, row }
    }

    /// A complaint about this row.
    pub(crate) fn inconsistent(&self, why: impl Display) -> Fault {
        let name = |column| {
            self.row
                .try_get::<&str, _>(column)
                .unwrap_or("(unreadable)")
        };
        Fault::Inconsistent(format!(
            "the row {}/{} of {}: {why}",
            name("tenant"),
            name(self.key),
            self.table
        ))
    }

    fn get<T>(&self, column: &'static str) -> Result<T, Fault>
    where
        T: Decode<'r, Any> + Type<Any>,
        &'static str: ColumnIndex<AnyRow>,
    {
        self.row
            .try_get(column)
            .map_err(|error| self.inconsistent(error))
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Fault> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, Fault> {
        self.get(column)
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<i64, Fault> {
        self.get(column)
    }

    pub(crate) fn optional_number(&self, column: &'static str) -> Result<Option<i64>, Fault> {
        self.get(column)
    }

    pub(crate) fn optional_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, Fault> {
        self.get(column)
    }

    /// A number that the program holds in a narrower type, or one without a sign.
    pub(crate) fn count<T: TryFrom<i64, Error: Display>>(
        &self,
        column: &'static str,
    ) -> Result<T, Fault> {
        self.narrowed(column, self.number(column)?)
    }

    pub(crate) fn narrowed<T: TryFrom<i64, Error: Display>>(
        &self,
        column: &'static str,
        number: i64,
    ) -> Result<T, Fault> {
        T::try_from(number).map_err(|error| self.inconsistent(format!("{column}: {error}")))
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<UnixMillis, Fault> {
        self.number(column).map(UnixMillis)
    }

    pub(crate) fn digest(&self, column: &'static str) -> Result<Digest, Fault> {
        self.optional_digest(column)?
            .ok_or_else(|| self.inconsistent(format!("{column} is missing")))
    }

    pub(crate) fn optional_digest(&self, column: &'static str) -> Result<Option<Digest>, Fault> {
        self.optional_bytes(column)?
            .map(|bytes| {
                <[u8; 32]>::try_from(bytes)
                    .map(Digest)
                    .map_err(|_| self.inconsistent(format!("{column} is not 32 bytes")))
            })
            .transpose()
    }

    /// What the column's text names.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(
        &self,
        column: &'static str,
    ) -> Result<T, Fault> {
        self.text(column)?
            .parse()
            .map_err(|error| self.inconsistent(format!("{column}: {error}")))
    }

    pub(crate) fn tenant(&self) -> Result<TenantId, Fault> {
        TenantId::new(self.text("tenant")?).map_err(|error| self.inconsistent(error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Fault> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|error| self.inconsistent(format!("{column}: {error}")))
    }
}

/// A value as it is stored in a column of JSON text.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::Inconsistent(error.to_string()))
}

/// A number without sign as SQL holds it.
pub(crate) fn signed(number: u64) -> Result<i64, Fault> {
    i64::try_from(number)
        .map_err(|_| Fault::Inconsistent(format!("{number} is more than a column holds")))
}

/// A digest as it is stored.
pub(crate) fn bytes(digest: Digest) -> Vec<u8> {
    digest.0.to_vec()
}
