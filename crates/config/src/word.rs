//! Strings with a form of their own: URLs, origins, addresses, GUIDs.

use std::net::SocketAddr;

use url::{Host, Url};
use uuid::Uuid;

/// A form that the schema names in `format`.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    /// A URL that browsers or Ownhand open.
    Url,
    /// A URL without path, query and fragment.
    Origin,
    /// Address and port.
    SocketAddress,
    /// A GUID.
    Guid,
}

/// What is wrong with a string; the message continues "`key` …".
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Format {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "uri" => Some(Self::Url),
            "origin" => Some(Self::Origin),
            "socket-address" => Some(Self::SocketAddress),
            "uuid" => Some(Self::Guid),
            _ => None,
        }
    }

    pub(crate) fn problem(self, text: &str) -> Option<Problem> {
        let (message, help) = match self {
            Self::Url => return url_problem(text, false),
            Self::Origin => return url_problem(text, true),
            Self::SocketAddress => {
                text.parse::<SocketAddr>().err()?;
                (
                    "must be an address with a port",
                    "for example \"127.0.0.1:8080\"",
                )
            }
            Self::Guid => {
                Uuid::try_parse(text).err()?;
                (
                    "must be a GUID",
                    "the API account id, for example \"1a2b3c4d-0000-4000-8000-000000000000\"",
                )
            }
        };
        Some(Problem {
            message: message.to_owned(),
            help: Some(help.to_owned()),
        })
    }
}

fn url_problem(text: &str, origin_only: bool) -> Option<Problem> {
    let problem = |message: &str, help: Option<&str>| {
        Some(Problem {
            message: message.to_owned(),
            help: help.map(str::to_owned),
        })
    };
    let Ok(url) = Url::parse(text) else {
        return problem("must be a URL", Some("for example \"https://dms.example\""));
    };
    if !matches!(url.scheme(), "http" | "https") {
        return problem("must begin with https://", None);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return problem("must not name a user", None);
    }
    if url.fragment().is_some() {
        return problem("must have no fragment (`#…`)", None);
    }
    if origin_only && (url.path() != "/" || url.query().is_some()) {
        let origin = url.origin().ascii_serialization();
        let help = format!("write \"{origin}\"");
        return problem("must be an origin, without a path", Some(&help));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return problem(
            "must use https",
            Some("plain http is only for addresses of this machine, such as http://127.0.0.1:8080"),
        );
    }
    None
}

/// Whether a URL leads to this machine only.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
