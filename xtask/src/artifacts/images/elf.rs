//! Which processor a binary is for.

use super::Platform;
use crate::error::{Error, Result};

/// Refuses a binary that the image's processor cannot run.
pub(super) fn check(function: &str, binary: &[u8], platform: Platform) -> Result<()> {
    let found = match binary.get(..20) {
        Some([0x7f, b'E', b'L', b'F', .., 62, 0]) => "amd64",
        Some([0x7f, b'E', b'L', b'F', .., 183, 0]) => "arm64",
        _ => "neither Linux on amd64 nor on arm64",
    };
    if found == platform.name() {
        return Ok(());
    }
    let wanted = platform.name();
    Err(Error::failed(format!(
        "the binary of {function} is for {found}, its image for {wanted}"
    ))
    .hint("the environment's file says the architecture"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Platform, check};

    #[test]
    fn a_binary_of_another_processor_is_refused() {
        let mut binary = vec![0; 64];
        binary[..4].copy_from_slice(b"\x7fELF");
        binary[18] = 183;
        check("api", &binary, Platform::Arm64).unwrap();
        let error = check("api", &binary, Platform::Amd64).unwrap_err();
        assert_eq!(
            error.message(),
            "the binary of api is for arm64, its image for amd64"
        );
        assert!(check("api", b"#!/bin/sh", Platform::Amd64).is_err());
    }
}
