//! From a checked configuration to a running core.

use std::sync::Arc;

use ownhand_config::{Operator, Report};
use ownhand_connector::{Ambient, Connector, Limits, Parts, chain};
use ownhand_docusign::{ClientSecret, connect::ConnectKey, oauth::OAuthClient, rest::RestClient};
use ownhand_ledger::{Hold, SqlLedger};

use crate::{check::Checked, material};

/// A core with everything it needs.
pub(crate) struct Wired {
    pub(crate) connector: Connector,
    /// The origin of DocuSign's sign-in.
    pub(crate) auth_origin: String,
}

impl Wired {
    /// Puts the core together; makes the ledger and the token store if there are none.
    ///
    /// # Errors
    /// What can't be opened or made, at its line of the configuration.
    pub(crate) async fn up(checked: &Checked, ambient: Ambient) -> Result<Self, Report> {
        let operator = &checked.installation.operator;
        let ledger = SqlLedger::open(&operator.ledger.url, ownhand_ledger::Options::default())
            .await
            .map_err(|error| ledger_report(operator, &error))?;
        Self::with(checked, ledger, ambient).await
    }

    /// Puts the core together for the one process that serves from this ledger, and goes on with what the one before it left.
    /// The hold is kept for as long as it serves: two on one file would take each other's leases for a dead one's.
    ///
    /// # Errors
    /// As [`Wired::up`], and that another process serves from it already.
    pub(crate) async fn to_serve(
        checked: &Checked,
        ambient: Ambient,
    ) -> Result<(Self, Hold), Report> {
        let operator = &checked.installation.operator;
        let hold =
            Hold::of(&operator.ledger.url).map_err(|error| ledger_report(operator, &error))?;
        let wired = Self::up(checked, ambient).await?;
        let taken = wired.connector.take_over().await;
        taken.map_err(|error| ledger_report(operator, &error))?;
        Ok((wired, hold))
    }

    /// Puts the core together on a ledger that is open already.
    ///
    /// # Errors
    /// As [`Wired::up`].
    pub(crate) async fn with(
        checked: &Checked,
        ledger: SqlLedger,
        ambient: Ambient,
    ) -> Result<Self, Report> {
        let operator = &checked.installation.operator;
        let token_store = checked.adapters.token_store(operator).await?;
        let tenants = checked.adapters.tenants(&checked.installation).await?;
        let keys = material::key_ring(operator).map_err(Report::new)?;
        let (environment, http) =
            material::docusign(operator).map_err(|wrong| Report::new(vec![wrong]))?;
        let auth_origin = environment.auth_base().origin().ascii_serialization();
        let docusign = &operator.docusign;
        let connector = Connector::new(Parts {
            ambient,
            tenants,
            ledger: Arc::new(ledger),
            token_store,
            keys,
            oauth: OAuthClient::new(
                http.clone(),
                environment.clone(),
                docusign.integration_key.clone(),
            ),
            client_secrets: docusign
                .client_secrets
                .iter()
                .cloned()
                .map(ClientSecret::from)
                .collect(),
            rest: RestClient::new(http, environment),
            connect_keys: docusign
                .connect_keys
                .iter()
                .cloned()
                .map(ConnectKey::from)
                .collect(),
            public_url: operator.server.public_url.clone(),
            limits: limits(&operator.limits),
        });
        Ok(Self {
            connector,
            auth_origin,
        })
    }
}

/// Opens the ledger as it is, for commands that look: neither makes it nor changes its schema.
///
/// # Errors
/// That there is none yet, or why it can't be used.
pub(crate) async fn existing_ledger(operator: &Operator) -> Result<SqlLedger, Report> {
    if !operator.ledger.file.exists() {
        let message = format!(
            "there is no ledger at {} yet",
            operator.ledger.file.display()
        );
        let wrong = operator
            .diagnostic("ledger.url", message)
            .with_help("`ownhand serve` makes it");
        return Err(Report::new(vec![wrong]));
    }
    SqlLedger::open_existing(&operator.ledger.url, ownhand_ledger::Options::default())
        .await
        .map_err(|error| ledger_report(operator, &error))
}

fn ledger_report(operator: &Operator, error: &dyn std::error::Error) -> Report {
    let message = format!("the ledger can't be used: {}", chain(error));
    Report::new(vec![operator.diagnostic("ledger.url", message)])
}

fn limits(configured: &ownhand_config::Limits) -> Limits {
    Limits {
        session: configured.session(),
        ticket: configured.ticket(),
        pending: configured.pending_link(),
        documents: configured.envelope_documents as usize,
        document_bytes: configured.document_bytes,
        ..Limits::default()
    }
}
