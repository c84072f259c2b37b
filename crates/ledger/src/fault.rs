//! What can go wrong within one call.

use ownhand_connector::ledger::LedgerError;

/// Why a call failed; becomes a [`LedgerError`] where it is known what the call was doing.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database did not do it.
    Database(sqlx::Error),
    /// What is stored, or is asked for, can't be.
    Inconsistent(String),
}

impl Fault {
    pub(crate) fn while_doing(self, what: &str) -> LedgerError {
        match self {
            Self::Database(error) => LedgerError::new(what, error),
            Self::Inconsistent(why) => LedgerError::inconsistent(format!("{what}: {why}")),
        }
    }

    /// A row that had to be there is not.
    pub(crate) fn missing(table: &str, tenant: &impl ToString, id: &impl ToString) -> Self {
        Self::Inconsistent(format!(
            "no row {}/{} in {table}",
            tenant.to_string(),
            id.to_string()
        ))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Checks that exactly one row was changed.
pub(crate) fn one_row(
    affected: u64,
    table: &str,
    tenant: &impl ToString,
    id: &impl ToString,
) -> Result<(), Fault> {
    match affected {
        1 => Ok(()),
        0 => Err(Fault::missing(table, tenant, id)),
        more => Err(Fault::Inconsistent(format!(
            "{more} rows of {table} have the id {}/{}",
            tenant.to_string(),
            id.to_string()
        ))),
    }
}
