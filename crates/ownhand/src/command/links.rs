//! `ownhand links`.

use std::sync::Arc;

use clap::Subcommand;
use ownhand_connector::{LinkSummary, Unwatched, id::LinkId};
use ownhand_spi::TenantId;

use super::{ConfigFile, block_on, ending};
use crate::{
    ambient,
    installation::Wired,
    output::{Exit, data, refuse, say},
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
        match self {
            Self::List { config, tenant } => list(config, tenant),
            Self::Revoke {
                config,
                tenant,
                link,
            } => revoke(config, tenant, *link),
        }
    }
}

fn list(config: &ConfigFile, tenant: &TenantId) -> Exit {
    ending(config.load().and_then(|installation| {
        block_on(async {
            let wired = Wired::up(&installation, ambient::system(Arc::new(Unwatched)))
                .await
                .map_err(|error| error.say())?;
            let mut after = None;
            loop {
                let page = wired
                    .connector
                    .links(tenant, after, PAGE)
                    .await
                    .map_err(|error| refuse(&error))?;
                for link in &page {
                    data(
                        serde_json::to_string(&LinkSummary::of(link))
                            .map_err(|error| refuse(&error))?,
                    );
                }
                after = page.last().map(|link| link.id);
                if page.len() < PAGE as usize {
                    return Ok(());
                }
            }
        })
    }))
}

fn revoke(config: &ConfigFile, tenant: &TenantId, link: LinkId) -> Exit {
    ending(config.load().and_then(|installation| {
        block_on(async {
            let wired = Wired::up(&installation, ambient::system(Arc::new(Unwatched))).await.map_err(|error| error.say())?;
            let gone = wired.connector.revoke(tenant, link).await.map_err(|error| refuse(&error))?;
            if !gone.was_linked {
                say(format!("error: tenant {tenant} has no link {link}; `ownhand links list --tenant {tenant}` shows them"));
                return Err(Exit::Refused);
            }
            data(serde_json::to_string(&gone).map_err(|error| refuse(&error))?);
            Ok(())
        })
    }))
}
