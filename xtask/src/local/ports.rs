//! Ports on loopback: each checkout starts looking at a place of its own, and remembers.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Below the range from which systems hand out ports to outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Whether nobody listens on this port.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A free port that is not among `taken`, looked for from a place that depends on the checkout.
pub(super) fn choose(root: &Path, taken: &[u16]) -> Result<u16> {
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let start = u16::from_be_bytes([digest[0], digest[1]]) % COUNT;
    (0..COUNT)
        .map(|step| FIRST + (start + step) % COUNT)
        .find(|port| !taken.contains(port) && is_free(*port))
        .ok_or_else(|| {
            Error::machine(format!(
                "no free port between {FIRST} and {}",
                FIRST + COUNT - 1
            ))
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_checkout_gets_the_same_port_again_and_another_one_when_it_is_taken() {
        let root = Path::new("/somewhere/a checkout");
        let port = choose(root, &[]).unwrap();
        assert_eq!(choose(root, &[]).unwrap(), port);
        assert_ne!(choose(root, &[port]).unwrap(), port);
        let _holder = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert!(!is_free(port));
        assert_ne!(choose(root, &[]).unwrap(), port);
    }
}
