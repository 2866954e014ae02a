//! Whose certificates the database may show.

use std::path::Path;

use anyhow::{Context, Result};

/// RDS's own authorities, by region. Another region is another file here.
const RDS: &[(&str, &[u8])] = &[
    (
        "eu-central-1",
        include_bytes!("../../ca/rds-eu-central-1.pem"),
    ),
    ("eu-west-1", include_bytes!("../../ca/rds-eu-west-1.pem")),
    ("us-east-1", include_bytes!("../../ca/rds-us-east-1.pem")),
    ("us-east-2", include_bytes!("../../ca/rds-us-east-2.pem")),
    ("us-west-2", include_bytes!("../../ca/rds-us-west-2.pem")),
];

/// What RDS Proxy's certificates hang on.
const PROXY: &[u8] = include_bytes!("../../ca/amazon-trust.pem");

/// The authorities of RDS and RDS Proxy, as PEM.
pub fn built_in() -> Vec<u8> {
    RDS.iter()
        .map(|(_, authorities)| *authorities)
        .chain([PROXY])
        .collect::<Vec<_>>()
        .concat()
}

/// The regions whose authorities are built in: a database of another one cannot be verified.
pub fn regions() -> impl Iterator<Item = &'static str> {
    RDS.iter().map(|(region, _)| *region)
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
