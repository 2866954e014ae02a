//! Where requests may go: to the addresses of providers, and nowhere else. A name is judged by the
//! addresses that are connected to, so one that changes its mind between two look-ups gains
//! nothing; redirects are followed nowhere in this crate.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

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

/// Whether the whole internet means the same by an address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let reserved = a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !(reserved
        || v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [first, second, ..] = v6.segments();
    // 2000::/3 is all that is given out; within it documentation, 6to4 and Teredo, which carry
    // other addresses.
    let given_out = (first & 0xe000) == 0x2000;
    let carries = first == 0x2002 || (first == 0x2001 && matches!(second, 0 | 0x0db8));
    given_out && !carries
}

/// Addresses that no configuration can mean: a machine's metadata service, groups, nothing.
fn is_nobodys(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_multicast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => {
            let link_local = (v6.segments()[0] & 0xffc0) == 0xfe80;
            // Where EC2 serves its metadata over IPv6: fd00:ec2::/32.
            let metadata = v6.segments()[..2] == [0xfd00, 0x0ec2];
            link_local || metadata || v6.is_multicast() || v6.is_unspecified()
        }
    }
}

/// An IPv4 address that is dressed as IPv6, undressed: mapped, compatible, or through NAT64.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let segments = v6.segments();
    let nat64 = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let compatible = segments[..6] == [0; 6] && !v6.is_loopback() && !v6.is_unspecified();
    if nat64 || compatible {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    v6.to_ipv4_mapped().map_or(address, IpAddr::V4)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::IpAddr;

    use reqwest::Url;

    use super::{Outbound, Trust, may_connect};

    #[test]
    fn private_addresses_are_not_public_however_they_are_written() {
        let check = |addresses: &[&str], trust, allowed| {
            for text in addresses {
                let address: IpAddr = text.parse().unwrap();
                assert_eq!(may_connect(address, trust), allowed, "{text} {trust:?}");
            }
        };
        let never = [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "fd00:ec2::254",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
        ];
        let private = [
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd12::1",
        ];
        let public = ["1.1.1.1", "160.79.104.10", "2606:4700::1111"];
        check(&never, Trust::Public, false);
        check(&never, Trust::Configured, false);
        check(&private, Trust::Public, false);
        check(&private, Trust::Configured, true);
        check(&public, Trust::Public, true);
        check(
            &[
                "2002:a9fe:a9fe::1",
                "2001:db8::1",
                "198.18.0.1",
                "255.255.255.255",
            ],
            Trust::Public,
            false,
        );
    }

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
