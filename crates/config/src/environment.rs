//! Where environment variables come from.

use std::{collections::BTreeMap, env::VarError, fmt};

/// Looks up environment variables.
pub trait Environment: fmt::Debug + Sync {
    /// The value of a variable.
    ///
    /// # Errors
    /// [`VarError::NotPresent`] when there is none, [`VarError::NotUnicode`] when it is not text.
    fn var(&self, name: &str) -> Result<String, VarError>;
}

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn var(&self, name: &str) -> Result<String, VarError> {
        std::env::var(name)
    }
}

/// A given set of variables, for callers that bring their own.
impl Environment for BTreeMap<String, String> {
    fn var(&self, name: &str) -> Result<String, VarError> {
        self.get(name).cloned().ok_or(VarError::NotPresent)
    }
}
