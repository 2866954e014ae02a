//! Whose certificates the database may show.

use std::path::Path;

use anyhow::{Context, Result};

/// RDS's own authorities of the regions in use. Another region is another file here.
const RDS: &[&[u8]] = &[include_bytes!("../../ca/rds-us-east-1.pem")];

/// What RDS Proxy's certificates hang on.
const PROXY: &[u8] = include_bytes!("../../ca/amazon-trust.pem");

/// The authorities of RDS and RDS Proxy, as PEM.
pub fn built_in() -> Vec<u8> {
    RDS.iter()
        .copied()
        .chain([PROXY])
        .collect::<Vec<_>>()
        .concat()
}

/// The authorities in a file, instead of the built-in ones.
pub fn from_file(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| {
        format!(
            "read the database's certificate authorities from {}",
            file.display()
        )
    })
}
