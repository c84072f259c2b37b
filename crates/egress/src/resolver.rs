//! Resolves names, and hands out only addresses that the policy permits. The connection is made to one of these very
//! addresses, so a name that changes its mind between check and use gains nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::policy::Reach;

/// Every address of the name was refused.
#[derive(Debug, thiserror::Error)]
#[error("{host} leads to no permitted address")]
pub(crate) struct NoPermittedAddress {
    host: String,
}

impl NoPermittedAddress {
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

/// The resolver of the clients with this reach.
pub(crate) struct FilteringResolver {
    pub(crate) reach: Reach,
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let host = name.as_str();
            let found = look_up(host).await?;
            let permitted = permitted(host, &found, reach)?;
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

async fn look_up(host: &str) -> io::Result<Vec<IpAddr>> {
    if host == "localhost" || host.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    Ok(tokio::net::lookup_host((host, 0))
        .await?
        .map(|socket| socket.ip())
        .collect())
}

fn permitted(
    host: &str,
    found: &[IpAddr],
    reach: Reach,
) -> Result<Vec<SocketAddr>, NoPermittedAddress> {
    let permitted: Vec<SocketAddr> = found
        .iter()
        .filter(|address| reach.permits(**address))
        // Port 0 stands for the port of the URL.
        .map(|address| SocketAddr::new(*address, 0))
        .collect();
    if permitted.is_empty() {
        return Err(NoPermittedAddress {
            host: host.to_owned(),
        });
    }
    Ok(permitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_permitted_addresses_of_a_name_remain() {
        let found: Vec<IpAddr> = ["169.254.169.254", "1.1.1.1", "::1", "10.0.0.1"]
            .map(|a| a.parse().unwrap())
            .to_vec();

        let public = permitted("mixed.example", &found, Reach::Public).unwrap();
        assert_eq!(public, ["1.1.1.1:0".parse::<SocketAddr>().unwrap()]);
        let loopback = permitted("mixed.example", &found, Reach::Loopback).unwrap();
        assert_eq!(loopback, ["[::1]:0".parse::<SocketAddr>().unwrap()]);
        assert_eq!(
            permitted("mixed.example", &found, Reach::Any)
                .unwrap()
                .len(),
            4
        );
        assert!(permitted("inner.example", &found[3..], Reach::Public).is_err());
    }
}
