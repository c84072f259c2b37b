//! Where an installation's parts are reached: bare loopback addresses, or names below `localhost` over TLS.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use reqwest::{Certificate, Client, ClientBuilder};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use url::Url;

use super::browser;
use crate::{
    Result,
    error::{self, wrong},
};

/// The host app's name.
const DMS: &str = "dms.localhost";
/// Ownhand's name.
const OWNHAND: &str = "ownhand.localhost";
/// DocuSign's name.
const DOCUSIGN: &str = "docusign.localhost";

/// How the parts are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Site {
    /// Plain HTTP on 127.0.0.1: all ports share one cookie jar.
    #[default]
    Loopback,
    /// HTTPS on `dms.localhost`, `ownhand.localhost` and `docusign.localhost`, which browsers keep apart.
    Localhost,
}

/// The addresses of an installation's parts, and what proves them.
pub(super) struct Place {
    authority: Option<Authority>,
}

/// What clients must trust, and where the names lead.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    roots: Vec<Certificate>,
}

impl Trust {
    /// Takes one more authority, from PEM.
    pub(super) fn add(&mut self, pem: &[u8]) -> Result<()> {
        let root = Certificate::from_pem(pem).map_err(error::http("reading a certificate"))?;
        self.roots.push(root);
        Ok(())
    }

    /// A client without cookies, for calls that no host app or browser makes.
    ///
    /// # Errors
    /// When the system's TLS set-up is unusable.
    pub fn client(&self) -> Result<Client> {
        browser::client(false, self)
    }

    /// Has a client trust accordingly.
    pub(super) fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        // The port of the URL holds. The names need no name server, and no line in /etc/hosts.
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        [DMS, OWNHAND, DOCUSIGN]
            .into_iter()
            .fold(builder, |builder, name| builder.resolve(name, here))
            .tls_certs_merge(self.roots.iter().cloned())
    }
}

impl Place {
    pub(super) fn new(site: Site) -> Result<Self> {
        let authority = match site {
            Site::Loopback => None,
            Site::Localhost => Some(Authority::new()?),
        };
        Ok(Self { authority })
    }

    /// Ownhand's public address on a port.
    pub(super) fn ownhand(&self, port: u16) -> Result<Url> {
        self.url(OWNHAND, port)
    }

    /// The host app's address on a port.
    pub(super) fn dms(&self, port: u16) -> Result<Url> {
        self.url(DMS, port)
    }

    /// The authority's certificate, if there is TLS.
    pub(super) fn authority_pem(&self) -> Option<&str> {
        Some(&self.authority.as_ref()?.pem)
    }

    /// Ownhand's certificate and key in PEM, if it speaks TLS.
    pub(super) fn ownhand_leaf(&self) -> Result<Option<(String, String)>> {
        let leaf = self.leaf(OWNHAND)?;
        Ok(leaf.map(|leaf| (leaf.certificate.pem(), leaf.key.serialize_pem())))
    }

    /// What the host app's pages serve with, if they speak TLS.
    pub(super) fn dms_tls(&self) -> Result<Option<TlsAcceptor>> {
        let Some(leaf) = self.leaf(DMS)? else {
            return Ok(None);
        };
        let chain = vec![CertificateDer::from(leaf.certificate.der().to_vec())];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
        config
            .map(|config| Some(TlsAcceptor::from(Arc::new(config))))
            .map_err(|error| wrong(format!("the host app's certificate: {error}")))
    }

    fn leaf(&self, name: &str) -> Result<Option<Leaf>> {
        self.authority
            .as_ref()
            .map(|authority| authority.leaf(name))
            .transpose()
    }

    fn url(&self, name: &str, port: u16) -> Result<Url> {
        let text = match self.authority {
            None => format!("http://127.0.0.1:{port}/"),
            Some(_) => format!("https://{name}:{port}/"),
        };
        Url::parse(&text).map_err(|error| wrong(error.to_string()))
    }
}

/// DocuSign's address over TLS, from the one that the simulator names.
pub(super) fn docusign(https: &str) -> Result<Url> {
    let mut url = Url::parse(https).map_err(|error| wrong(error.to_string()))?;
    url.set_host(Some(DOCUSIGN))
        .map_err(|error| wrong(error.to_string()))?;
    Ok(url)
}

/// DocuSign's base URI over TLS, as the simulator's seed spells it before the port is known.
pub(super) const DOCUSIGN_BASE: &str = "https://docusign.localhost:{https_port}";

/// A certificate authority that lives as long as its installation.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

struct Leaf {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Result<Self> {
        let make = || {
            let key = KeyPair::generate()?;
            let mut parameters = CertificateParams::default();
            parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            parameters
                .distinguished_name
                .push(DnType::CommonName, "Ownhand: authority of one test");
            let pem = parameters.self_signed(&key)?.pem();
            let issuer = Issuer::new(parameters, key);
            Ok(Self { pem, issuer })
        };
        make().map_err(|error| certificate(&error))
    }

    fn leaf(&self, name: &str) -> Result<Leaf> {
        let make = || {
            let key = KeyPair::generate()?;
            let mut parameters = CertificateParams::new([name.to_owned()])?;
            parameters.distinguished_name.push(DnType::CommonName, name);
            parameters.use_authority_key_identifier_extension = true;
            parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            let certificate = parameters.signed_by(&key, &self.issuer)?;
            Ok(Leaf { certificate, key })
        };
        make().map_err(|error| certificate(&error))
    }
}

fn certificate(error: &rcgen::Error) -> crate::Error {
    wrong(format!("a certificate can't be made: {error}"))
}

/// Listens over TLS. A handshake that fails is its caller's affair.
pub(crate) struct TlsListener {
    pub(crate) listener: TcpListener,
    pub(crate) acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
