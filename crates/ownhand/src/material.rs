//! What the core is made of besides tenants and stores: keys, certificates, the way to DocuSign. Each is made from the configuration, and
//! what can't be made is said at the line that is wrong.

use std::path::{self, Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ownhand_config::{Diagnostic, Docusign, DocusignEnvironment, Operator};
use ownhand_connector::{
    chain,
    seal::{KeyRing, SealingKey},
};
use ownhand_docusign::{CustomEnvironment, Environment, EnvironmentError};
use ownhand_egress::Client;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

/// What is wrong with keys, certificates, the way to DocuSign, the log and the stores' files. Opens and makes nothing.
pub(crate) fn check(operator: &Operator) -> Vec<Diagnostic> {
    let mut wrong = key_ring(operator).err().unwrap_or_default();
    wrong.extend(docusign(operator).err());
    wrong.extend(tls(operator).err());
    if let Err(error) = EnvFilter::try_new(&operator.log.filter) {
        let message = format!("`log.filter` can't be read: {}", chain(&error));
        wrong.push(
            operator
                .diagnostic("log.filter", message)
                .with_help("for example \"info\" or \"info,ownhand_server=debug\""),
        );
    }
    wrong.extend(one_file_for_both(operator));
    wrong
}

/// The keys that seal tokens.
pub(crate) fn key_ring(operator: &Operator) -> Result<KeyRing, Vec<Diagnostic>> {
    let mut keys = Vec::with_capacity(operator.keys.ring.len());
    let mut wrong = Vec::new();
    for (index, key) in operator.keys.ring.iter().enumerate() {
        if let Some(bytes) = sealing_key(&key.key) {
            keys.push(SealingKey {
                id: key.id.clone(),
                key: bytes,
            });
        } else {
            let place = format!("keys.ring[{index}].key");
            let message = format!("sealing key `{}` is not 32 bytes in base64", key.id);
            wrong.push(
                operator
                    .diagnostic(&place, message)
                    .with_help("`ownhand keys generate` makes one"),
            );
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    KeyRing::new(keys).map_err(|error| {
        let message = format!("`keys.ring`: {}", chain(&error));
        vec![operator.diagnostic("keys.ring", message)]
    })
}

/// The 32 bytes of a key, as `ownhand keys generate` prints them.
fn sealing_key(text: &SecretString) -> Option<SecretBox<[u8; 32]>> {
    let decoded = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).ok()?);
    let fits = decoded.len() == 32;
    fits.then(|| SecretBox::init_with_mut(|key: &mut [u8; 32]| key.copy_from_slice(&decoded)))
}

/// DocuSign's hosts, and the client that reaches them and nothing else.
pub(crate) fn docusign(operator: &Operator) -> Result<(Environment, Client), Diagnostic> {
    let configured = &operator.docusign;
    let at = |place: &str, error: &dyn std::error::Error| {
        operator.diagnostic(place, format!("`{place}`: {}", chain(error)))
    };
    let environment =
        environment(configured).map_err(|error| at("docusign.environment", &error))?;
    let mut policy = environment
        .egress_policy()
        .map_err(|error| at("docusign.environment", &error))?;
    let ca = "docusign.ca_file";
    if let DocusignEnvironment::Custom {
        ca_file: Some(path),
        ..
    } = &configured.environment
    {
        let pem = std::fs::read(path).map_err(|error| at(ca, &error))?;
        if !holds_certificates(&pem) {
            let message = format!("`{ca}` holds no certificate in PEM");
            return Err(operator.diagnostic(ca, message));
        }
        policy.extra_roots.push(pem);
    }
    let client = Client::new(policy).map_err(|error| at(ca, &error))?;
    Ok((environment, client))
}

fn holds_certificates(pem: &[u8]) -> bool {
    let mut certificates = CertificateDer::pem_slice_iter(pem).peekable();
    certificates.peek().is_some() && certificates.all(|certificate| certificate.is_ok())
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

/// The listener's certificate and key, if it speaks TLS.
pub(crate) fn tls(operator: &Operator) -> Result<Option<rustls::ServerConfig>, Diagnostic> {
    let Some(tls) = &operator.server.tls else {
        return Ok(None);
    };
    let wrong = |key: &str, message: String| {
        let place = format!("server.tls.{key}");
        operator.diagnostic(&place, format!("`{place}`: {message}"))
    };
    let chain_of = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong("certificate", error.to_string()))?;
    if chain_of.is_empty() {
        let message = "the file holds no certificate in PEM".to_owned();
        return Err(wrong("certificate", message));
    }
    let key = PrivateKeyDer::from_pem_slice(tls.key.expose_secret().as_bytes())
        .map_err(|_| wrong("key", "holds no private key in PEM".to_owned()))?;
    rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain_of, key)
        .map(Some)
        .map_err(|error| wrong("key", format!("does not go with the certificate: {error}")))
}

/// The ledger's file belongs to the ledger alone: a token store that is a library brings an SQLite of its own, and two of them in one
/// process damage a file that both open.
fn one_file_for_both(operator: &Operator) -> Option<Diagnostic> {
    let url = operator.tokens.settings.value["url"].as_str()?;
    let tokens = Path::new(url.strip_prefix("sqlite://")?);
    (resolved(tokens) == resolved(&operator.ledger.file)).then(|| {
        let message = "the token store must have a file of its own, and this one is the ledger's";
        operator.tokens_diagnostic("url", message)
    })
}

/// The place of a file that may not be there yet, with the links of those folders on its way that are.
fn resolved(file: &Path) -> PathBuf {
    let file = path::absolute(file).unwrap_or_else(|_| file.to_owned());
    for above in file.ancestors() {
        if let (Ok(real), Ok(rest)) = (above.canonicalize(), file.strip_prefix(above)) {
            // Joined with nothing, a path would end in a slash.
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    file
}
