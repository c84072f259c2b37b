#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod apart;
mod check;
mod environment;
mod id;
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
pub use load::{load, read};
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
pub use report::{Diagnostic, Position, Report, Style};
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

impl Installation {
    /// The tenant that somebody who wrote `id` may have meant.
    pub fn nearest_tenant(&self, id: &str) -> Option<&str> {
        suggest::nearest(id, self.tenants.keys().map(String::as_str))
    }
}
