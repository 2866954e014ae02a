//! What addresses are: public to the whole internet, somebody's own, or nobody's to connect to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the whole internet means the same by an address.
pub(in crate::providers) fn is_public(address: IpAddr) -> bool {
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
pub(super) fn is_nobodys(address: IpAddr) -> bool {
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

    use crate::providers::outbound::{Trust, may_connect};

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
}
