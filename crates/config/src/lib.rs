#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod check;
mod environment;
mod literal;
mod load;
mod operator;
mod origin;
mod report;
mod schema;
mod secret;
mod settings;
mod shape;
mod source;
mod suggest;
mod tenant;
mod tree;
mod word;

use std::collections::BTreeMap;

pub use environment::{Environment, ProcessEnvironment};
pub use load::load;
pub use operator::{
    Operator,
    docusign::{Docusign, DocusignEnvironment},
    keys::{Keys, SealingKey},
    ledger::Ledger,
    limits::Limits,
    log::{Log, LogFormat},
    plugin::{Plugin, PluginLocation},
    server::{Server, Tls},
    tenants::TenantBounds,
    tokens::Tokens,
};
pub use report::{Diagnostic, Location, Position, Report, Style};
pub use schema::{schema_operator, schema_tenant};
pub use settings::Settings;
pub use tenant::{
    Tenant,
    docusign::{AllowedAccounts, TenantDocusign},
    roles::{PluginUse, Section},
    users::User,
    write_back::WriteBack,
};

/// A whole configuration: the operator's file and all tenants' files, checked together.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The operator's file.
    pub operator: Operator,
    /// The tenants by id.
    pub tenants: BTreeMap<String, Tenant>,
}
