//! From configuration to a running core.

use std::{path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ownhand_config::{Docusign, DocusignEnvironment, Installation, Operator, Tls};
use ownhand_connector::{
    Ambient, Connector, Limits, Parts,
    seal::{KeyRing, SealError, SealingKey},
};
use ownhand_docusign::{
    ClientSecret, CustomEnvironment, Environment, EnvironmentError, connect::ConnectKey,
    oauth::OAuthClient, rest::RestClient,
};
use ownhand_egress::{Client, PolicyError};
use ownhand_ledger::{Hold, SqlLedger};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::{
    adapters::{Adapters, AdaptersError},
    output::{Exit, refuse},
};

/// Why the core can't be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WiringError {
    #[error(transparent)]
    Adapters(#[from] AdaptersError),
    #[error("the DocuSign environment")]
    Environment(#[from] EnvironmentError),
    #[error("outgoing connections")]
    Egress(#[from] PolicyError),
    #[error("{}", .path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("sealing key `{0}` is not 32 bytes in base64; `ownhand keys generate` makes one")]
    SealingKey(String),
    #[error("`keys.ring`")]
    Ring(#[from] SealError),
    #[error(transparent)]
    Ledger(#[from] ownhand_connector::ledger::LedgerError),
    #[error(transparent)]
    Core(#[from] ownhand_connector::Error),
    #[error("`server.tls`: {0}")]
    Tls(String),
}

impl WiringError {
    /// Tells the user.
    pub(crate) fn say(&self) -> Exit {
        match self {
            Self::Adapters(error) => error.say(),
            other => refuse(other),
        }
    }
}

/// A core with everything it needs.
pub(crate) struct Wired {
    pub(crate) connector: Connector,
    /// The origin of DocuSign's sign-in.
    pub(crate) auth_origin: String,
}

impl Wired {
    /// Puts the core together.
    pub(crate) async fn up(
        installation: &Installation,
        ambient: Ambient,
    ) -> Result<Self, WiringError> {
        let operator = &installation.operator;
        let adapters = Adapters::open(operator)?;
        let token_store = adapters.token_store(operator).await?;
        let tenants = adapters.tenants(installation).await?;
        let environment = environment(&operator.docusign)?;
        let http = client(&operator.docusign, &environment)?;
        let ledger =
            SqlLedger::open(&operator.ledger.url, ownhand_ledger::Options::default()).await?;
        let auth_origin = environment.auth_base().origin().ascii_serialization();
        let connector = Connector::new(Parts {
            ambient,
            tenants,
            ledger: Arc::new(ledger),
            token_store,
            keys: key_ring(operator)?,
            oauth: OAuthClient::new(
                http.clone(),
                environment.clone(),
                operator.docusign.integration_key.clone(),
            ),
            client_secrets: operator
                .docusign
                .client_secrets
                .iter()
                .cloned()
                .map(ClientSecret::from)
                .collect(),
            rest: RestClient::new(http, environment),
            connect_keys: operator
                .docusign
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

    /// Puts the core together for the one process that serves from this ledger, and goes on with what the one before it left.
    /// The hold is kept for as long as it serves: two on one file would take each other's leases for a dead one's.
    pub(crate) async fn to_serve(
        installation: &Installation,
        ambient: Ambient,
    ) -> Result<(Self, Hold), WiringError> {
        let hold = Hold::of(&installation.operator.ledger.url)?;
        let wired = Self::up(installation, ambient).await?;
        wired.connector.take_over().await?;
        Ok((wired, hold))
    }
}

/// Whether keys, certificates and outgoing connections can be used as configured. Opens and makes nothing.
pub(crate) fn check(operator: &Operator) -> Result<(), WiringError> {
    key_ring(operator)?;
    client(&operator.docusign, &environment(&operator.docusign)?)?;
    operator.server.tls.as_ref().map(tls).transpose()?;
    Ok(())
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

fn environment(docusign: &Docusign) -> Result<Environment, EnvironmentError> {
    match &docusign.environment {
        DocusignEnvironment::Demo => Environment::demo(),
        DocusignEnvironment::Production => Environment::production(),
        DocusignEnvironment::Custom {
            auth_url,
            rest_hosts,
            ..
        } => Environment::custom(CustomEnvironment {
            name: "custom".to_owned(),
            auth: auth_url.clone(),
            rest: rest_hosts.clone(),
        }),
    }
}

fn client(docusign: &Docusign, environment: &Environment) -> Result<Client, WiringError> {
    let mut policy = environment.egress_policy()?;
    if let DocusignEnvironment::Custom {
        ca_file: Some(path),
        ..
    } = &docusign.environment
    {
        policy.extra_roots.push(read(path)?);
    }
    Ok(Client::new(policy)?)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, WiringError> {
    std::fs::read(path).map_err(|source| WiringError::File {
        path: path.clone(),
        source,
    })
}

fn key_ring(operator: &Operator) -> Result<KeyRing, WiringError> {
    let keys = operator.keys.ring.iter().map(|key| {
        let bytes = sealing_key(&key.key).ok_or_else(|| WiringError::SealingKey(key.id.clone()))?;
        Ok(SealingKey {
            id: key.id.clone(),
            key: bytes,
        })
    });
    Ok(KeyRing::new(keys.collect::<Result<_, WiringError>>()?)?)
}

/// The 32 bytes of a key, as `ownhand keys generate` prints them.
fn sealing_key(text: &SecretString) -> Option<SecretBox<[u8; 32]>> {
    let decoded = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).ok()?);
    let fits = decoded.len() == 32;
    fits.then(|| SecretBox::init_with_mut(|key: &mut [u8; 32]| key.copy_from_slice(&decoded)))
}

/// The listener's certificate and key.
pub(crate) fn tls(tls: &Tls) -> Result<rustls::ServerConfig, WiringError> {
    let wrong =
        |what: &str, error: &dyn std::error::Error| WiringError::Tls(format!("{what}: {error}"));
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong("certificate", &error))?;
    let key = PrivateKeyDer::from_pem_slice(tls.key.expose_secret().as_bytes())
        .map_err(|error| wrong("key", &error))?;
    rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| wrong("certificate and key", &error))
}
