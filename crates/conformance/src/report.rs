//! What came out.

use std::fmt;

use ownhand_spi::Role;

/// What came out of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The promise was kept.
    Passed,
    /// It was not.
    Failed {
        /// What was seen instead.
        why: String,
    },
    /// The fixture gives nothing to try it with, or the adapter does not promise it.
    NotApplicable {
        /// What is missing.
        why: String,
    },
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The promise, in a few words.
    pub name: &'static str,
    /// What came out.
    pub outcome: Outcome,
}

/// All checks of one role, in the order in which they ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The role.
    pub role: Role,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    pub(crate) fn new(role: Role) -> Self {
        Self {
            role,
            checks: Vec::new(),
        }
    }

    /// Runs a check and notes what came out.
    pub(crate) async fn run(
        &mut self,
        name: &'static str,
        check: impl Future<Output = Result<(), Verdict>>,
    ) {
        let outcome = match check.await {
            Ok(()) => Outcome::Passed,
            Err(Verdict::Failed(why)) => Outcome::Failed { why },
            Err(Verdict::NotApplicable(why)) => Outcome::NotApplicable { why },
        };
        self.checks.push(Check { name, outcome });
    }

    /// Whether no check failed.
    pub fn is_passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| matches!(check.outcome, Outcome::Failed { .. }))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.role)?;
        for Check { name, outcome } in &self.checks {
            match outcome {
                Outcome::Passed => writeln!(f, "  passed  {name}")?,
                Outcome::Failed { why } => writeln!(f, "  FAILED  {name}: {why}")?,
                Outcome::NotApplicable { why } => writeln!(f, "  -       {name}: {why}")?,
            }
        }
        Ok(())
    }
}

/// Why a check did not pass.
#[derive(Debug)]
pub(crate) enum Verdict {
    Failed(String),
    NotApplicable(String),
}

impl Verdict {
    pub(crate) fn not_applicable(why: impl Into<String>) -> Self {
        Self::NotApplicable(why.into())
    }
}

impl From<String> for Verdict {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Fails the check unless `holds`.
pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), Verdict> {
    if holds {
        Ok(())
    } else {
        Err(Verdict::Failed(why()))
    }
}

/// What an error looked like, for a report.
pub(crate) fn shown(result: &Result<impl fmt::Debug, ownhand_spi::AdapterError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

/// The value, or the check fails: `doing` names the step.
pub(crate) fn done<T>(
    doing: &str,
    result: Result<T, ownhand_spi::AdapterError>,
) -> Result<T, Verdict> {
    result.map_err(|error| Verdict::Failed(format!("{doing}: {:?}: {error}", error.kind())))
}
