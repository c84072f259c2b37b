//! `ownhand links`.

use clap::Subcommand;
use ownhand_config::Installation;
use ownhand_connector::{LinkSummary, id::LinkId, ledger::LinkStore as _};
use ownhand_ledger::SqlLedger;
use ownhand_spi::TenantId;

use super::{ConfigFile, block_on, ending};
use crate::{
    Checked, ambient,
    installation::{Wired, existing_ledger},
    output::{Exit, data, fail, say, show, writable},
};

/// How many links are read at once.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Links {
    /// List a tenant's links, one JSON object a line
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// The tenant
        #[arg(long)]
        tenant: TenantId,
    },
    /// Remove a link: its tokens are erased, its user must link again
    Revoke {
        #[command(flatten)]
        config: ConfigFile,
        /// The tenant
        #[arg(long)]
        tenant: TenantId,
        /// The link, as `links list` names it
        link: LinkId,
    },
}

impl Links {
    pub(super) fn run(&self) -> Exit {
        ending(match self {
            Self::List { config, tenant } => block_on(list(config, tenant)),
            Self::Revoke {
                config,
                tenant,
                link,
            } => block_on(revoke(config, tenant, *link)),
        })
    }
}

async fn list(config: &ConfigFile, tenant: &TenantId) -> Result<(), Exit> {
    let installation = config.load()?;
    let ledger = open(&installation, tenant).await?;
    let listed = list_from(&ledger, &installation, tenant).await;
    ledger.close().await;
    listed
}

async fn list_from(
    ledger: &SqlLedger,
    installation: &Installation,
    tenant: &TenantId,
) -> Result<(), Exit> {
    known(ledger, installation, tenant).await?;
    let mut after = None;
    while writable() {
        let page = ledger
            .links(tenant, after, PAGE)
            .await
            .map_err(|error| fail(&error))?;
        for link in &page {
            data(serde_json::to_string(&LinkSummary::of(link)).map_err(|error| fail(&error))?);
        }
        after = page.last().map(|link| link.id);
        if page.len() < PAGE as usize {
            break;
        }
    }
    Ok(())
}

async fn revoke(config: &ConfigFile, tenant: &TenantId, link: LinkId) -> Result<(), Exit> {
    let checked = config.checked().await?;
    let ledger = open(&checked.installation, tenant).await?;
    // Only closing folds the write-ahead log, with what was erased, into the file.
    let revoked = revoke_from(&ledger, &checked, tenant, link).await;
    ledger.close().await;
    revoked
}

async fn revoke_from(
    ledger: &SqlLedger,
    checked: &Checked,
    tenant: &TenantId,
    link: LinkId,
) -> Result<(), Exit> {
    known(ledger, &checked.installation, tenant).await?;
    let found = ledger.link(tenant, link).await;
    if found.map_err(|error| fail(&error))?.is_none() {
        say(format!(
            "error: tenant `{tenant}` has no link {link}; `ownhand links list --tenant {tenant}` shows them"
        ));
        return Err(Exit::Refused);
    }
    let wired = Wired::with(checked, ledger.clone(), ambient::system())
        .await
        .map_err(|report| show(&report))?;
    let gone = wired
        .connector
        .revoke(tenant, link)
        .await
        .map_err(|error| fail(&error))?;
    data(serde_json::to_string(&gone).map_err(|error| fail(&error))?);
    Ok(())
}

/// The ledger as it is. Before there is one, nobody but the tenants with a file can be meant.
async fn open(installation: &Installation, tenant: &TenantId) -> Result<SqlLedger, Exit> {
    let operator = &installation.operator;
    if !operator.ledger.file.exists() && !installation.tenants.contains_key(tenant.as_str()) {
        return Err(unknown(installation, tenant));
    }
    existing_ledger(operator)
        .await
        .map_err(|report| show(&report))
}

/// Refuses a tenant that has neither a file nor, from former times, a link.
async fn known(
    ledger: &SqlLedger,
    installation: &Installation,
    tenant: &TenantId,
) -> Result<(), Exit> {
    if installation.tenants.contains_key(tenant.as_str()) {
        return Ok(());
    }
    let former = ledger.links(tenant, None, 1).await;
    if former.map_err(|error| fail(&error))?.is_empty() {
        Err(unknown(installation, tenant))
    } else {
        Ok(())
    }
}

fn unknown(installation: &Installation, tenant: &TenantId) -> Exit {
    let mend = match installation.nearest_tenant(tenant.as_str()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "each tenant has a file in {}",
            installation.operator.tenants.dir.display()
        ),
    };
    say(format!("error: there is no tenant `{tenant}`; {mend}"));
    Exit::Refused
}
