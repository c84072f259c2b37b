//! `[server]`

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::{check::Check, origin::Origin, secret::SecretRef};

/// Where the server listens and how it is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address by which browsers and DocuSign reach the server: an origin, without a path; https unless on loopback.
    pub public_url: Url,
    /// TLS on the listener; without it the server speaks plain HTTP, e.g. behind a reverse proxy.
    pub tls: Option<Tls>,
}

/// The server's certificate and its key.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate chain, a PEM file.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: SecretString,
}

/// Where the server listens and how it is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Server")]
pub(crate) struct ServerFile {
    /// Address and port to listen on, e.g. "127.0.0.1:8080".
    #[schemars(extend("format" = "socket-address"))]
    listen: SocketAddr,
    /// The origin by which browsers and DocuSign reach the server; https unless on loopback.
    public_url: Origin,
    /// TLS on the listener; without it the server speaks plain HTTP, e.g. behind a reverse proxy.
    tls: Option<TlsFile>,
}

/// The server's certificate and its key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tls")]
struct TlsFile {
    /// The certificate chain: path of a PEM file.
    certificate: PathBuf,
    /// The private key, PEM.
    key: SecretRef,
}

/// The ports at which DocuSign delivers its events.
fn docusign_reaches(port: Option<u16>) -> bool {
    port.is_some_and(|port| port % 1000 == 443 && port <= 9443)
}

impl ServerFile {
    /// Checks that DocuSign itself can reach the server: it delivers events over https, at few ports.
    pub(crate) fn check_reachable(&self, check: &mut Check<'_>) {
        let url = &self.public_url.0;
        if url.scheme() == "https" && docusign_reaches(url.port_or_known_default()) {
            return;
        }
        let message = "`server.public_url`: DocuSign delivers events only to https and the ports 443, 1443, 2443 … 9443";
        let help = "name the address by which the internet reaches this server, e.g. \"https://sign.example\"; plain http and other ports are for environment = \"custom\"";
        check.error("server.public_url", message, help.to_owned());
    }

    pub(crate) fn validate(self, folder: &Path, check: &mut Check<'_>) -> Option<Server> {
        let tls = match self.tls {
            None => None,
            Some(tls) => {
                let certificate = folder.join(tls.certificate);
                if !certificate.is_file() {
                    let message = "`server.tls.certificate`: there is no such file";
                    check.error("server.tls.certificate", message, None);
                }
                let key = check.secret("server.tls.key", &tls.key)?;
                Some(Tls { certificate, key })
            }
        };
        Some(Server {
            listen: self.listen,
            public_url: self.public_url.0,
            tls,
        })
    }
}
