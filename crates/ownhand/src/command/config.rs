//! `ownhand config`.

use clap::{Subcommand, ValueEnum};

use super::{ConfigFile, block_on, ending};
use crate::output::{Exit, data, fail};

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Check the operator's file and all tenants' files, with their plugins' settings
    ///
    /// Everything that is wrong is said at once, with its place. Nothing is made or changed.
    Check(ConfigFile),
    /// Print a JSON schema, for editors
    Schema {
        /// Of which file
        #[arg(value_enum, default_value = "operator")]
        of: Schema,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Schema {
    /// The operator's file
    Operator,
    /// A tenant's file
    Tenant,
}

impl Config {
    pub(super) fn run(&self) -> Exit {
        match self {
            Self::Check(file) => check(file),
            Self::Schema { of } => schema(*of),
        }
    }
}

fn check(file: &ConfigFile) -> Exit {
    ending(block_on(async {
        let checked = file.checked().await?;
        data(format!(
            "{}: ok, {} tenant(s)",
            file.config.display(),
            checked.tenants()
        ));
        Ok(())
    }))
}

fn schema(of: Schema) -> Exit {
    let schema = match of {
        Schema::Operator => ownhand_config::schema_operator(),
        Schema::Tenant => ownhand_config::schema_tenant(),
    };
    match serde_json::to_string_pretty(&schema) {
        Ok(text) => {
            data(text);
            Exit::Done
        }
        Err(error) => fail(&error),
    }
}
