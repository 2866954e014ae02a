//! Where requests may go: to the addresses of providers, and nowhere else. A name is judged by the
//! addresses that are connected to, so one that changes its mind between two look-ups gains
//! nothing; redirects are followed nowhere in this crate.

mod addresses;
mod configured;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use addresses::is_nobodys;
pub(super) use addresses::is_public;

/// How far a host is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    /// A provider on the internet: anything but a public address is an attack.
    Public,
    /// An address that this environment's operator wrote down: it may be on a private network.
    Configured,
}

/// Turns names into addresses.
#[async_trait]
pub trait Names: Send + Sync {
    /// All addresses of a host.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
struct System;

#[async_trait]
impl Names for System {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// The list of what may be reached. Built once, then only asked.
#[derive(Clone)]
pub struct Outbound {
    origins: BTreeMap<String, Trust>,
    names: Arc<dyn Names>,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Default for Outbound {
    fn default() -> Self {
        Self::resolving_with(Arc::new(System))
    }
}

impl Outbound {
    /// Nothing may be reached yet; names are looked up like this.
    pub fn resolving_with(names: Arc<dyn Names>) -> Self {
        Self {
            origins: BTreeMap::new(),
            names,
        }
    }

    /// Also this provider on the internet.
    pub fn and_public(self, url: &str) -> Result<Self> {
        self.and(url, Trust::Public)
    }

    /// Also this address of the environment's own configuration.
    pub fn and_configured(self, url: &str) -> Result<Self> {
        self.and(url, Trust::Configured)
    }

    fn and(mut self, url: &str, trust: Trust) -> Result<Self> {
        let url = Url::parse(url).with_context(|| format!("{url} is no URL"))?;
        self.origins.insert(origin(&url), trust);
        Ok(self)
    }

    /// Says why a request may not go to a URL. What its name resolves to is seen to when it is
    /// connected.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        let origin = origin(url);
        let Some(trust) = self.origins.get(&origin) else {
            return Err(format!("{origin} is no provider's address"));
        };
        let literal = url.host_str().and_then(literal);
        match literal.filter(|address| !may_connect(*address, *trust)) {
            Some(address) => Err(format!("{address} is not an address to connect to")),
            None => Ok(()),
        }
    }

    /// What names resolve to, as far as they may.
    pub(super) fn resolver(&self) -> Arc<Guard> {
        let hosts = self.origins.iter().filter_map(|(origin, trust)| {
            let url = Url::parse(origin).ok()?;
            Some((url.host_str()?.to_owned(), *trust))
        });
        let mut trusted = BTreeMap::new();
        for (host, trust) in hosts {
            // One name, one network: the stricter rule holds for all its ports.
            let known = trusted.entry(host).or_insert(trust);
            *known = trust.min(*known);
        }
        Arc::new(Guard {
            trusted,
            names: Arc::clone(&self.names),
        })
    }
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// A host that is an address already, however it is written.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Resolves the names that may be reached to the addresses that may be.
pub(super) struct Guard {
    trusted: BTreeMap<String, Trust>,
    names: Arc<dyn Names>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let trust = self.trusted.get(&host).copied().unwrap_or(Trust::Public);
        let names = Arc::clone(&self.names);
        Box::pin(async move {
            let found = names.addresses(&host).await?;
            if let Some(address) = found.iter().find(|found| !may_connect(**found, trust)) {
                return Err(format!("{host} resolves to {address}, which may not be").into());
            }
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found) as Addrs)
        })
    }
}

fn may_connect(address: IpAddr, trust: Trust) -> bool {
    match trust {
        Trust::Public => is_public(address),
        Trust::Configured => !is_nobodys(address),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::Url;

    use super::Outbound;

    #[test]
    fn only_listed_origins_are_reached() {
        let outbound = Outbound::default()
            .and_public("https://api.tavily.com")
            .and_then(|list| list.and_configured("http://127.0.0.1:11434/base"))
            .and_then(|list| list.and_configured("http://169.254.169.254"))
            .unwrap();
        for (url, allowed) in [
            ("https://api.tavily.com/search", true),
            ("http://127.0.0.1:11434/api/chat", true),
            ("http://api.tavily.com/search", false),
            ("https://api.tavily.com:8443/search", false),
            ("https://api.tavily.com.evil.example/search", false),
            ("https://api.tavily.com@evil.example/", false),
            ("http://127.0.0.1:80/", false),
            ("http://2130706433:11434/", true), // The same address as one number.
            ("http://169.254.169.254/latest/meta-data", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(
                outbound.check(&Url::parse(url).unwrap()).is_ok(),
                allowed,
                "{url}"
            );
        }
    }
}
