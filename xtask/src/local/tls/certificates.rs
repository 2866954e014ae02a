//! The certificates of the local database: an authority whose key is thrown away at once, and
//! one server certificate signed by it. Made anew, both together, before they expire.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::error::{Error, Result};
use crate::local::files;

/// The names under which the front is reached.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const LIFE: Duration = Duration::days(397);
const RENEWED_BEFORE: Duration = Duration::days(30);

/// The certificate files of one checkout.
#[derive(Clone, Debug)]
pub(crate) struct Certificates {
    folder: PathBuf,
}

/// The authority's certificate in the folder of certificates: what clients trust.
pub(crate) fn ca_file(folder: &Path) -> PathBuf {
    folder.join("ca.pem")
}

impl Certificates {
    /// Those in a folder.
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The server's certificate.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("server.pem")
    }

    /// The server's key.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.join("server.key")
    }

    fn expiry(&self) -> PathBuf {
        self.folder.join("expires")
    }

    /// Whether they are there and will be for a while.
    pub(crate) fn are_good(&self, now: OffsetDateTime) -> bool {
        let files = [ca_file(&self.folder), self.certificate(), self.key()];
        let expires = std::fs::read_to_string(self.expiry())
            .ok()
            .and_then(|text| OffsetDateTime::parse(text.trim(), &Rfc3339).ok());
        files.iter().all(|file| file.is_file())
            && expires.is_some_and(|expires| expires - now > RENEWED_BEFORE)
    }

    /// Makes them unless they are good.
    pub(crate) fn ensure(&self, now: OffsetDateTime) -> Result<()> {
        if self.are_good(now) {
            return Ok(());
        }
        let made = make(now)
            .map_err(|source| Error::failed("could not make the certificates").because(source))?;
        // The expiry is written last: without it, none of them is good.
        files::write(&ca_file(&self.folder), made.authority.as_bytes(), 0o644)?;
        files::write(&self.certificate(), made.server.as_bytes(), 0o644)?;
        files::write(&self.key(), made.key.as_bytes(), 0o600)?;
        files::write(&self.expiry(), made.expires.as_bytes(), 0o644)
    }
}

struct Made {
    authority: String,
    server: String,
    key: String,
    expires: String,
}

fn make(now: OffsetDateTime) -> anyhow::Result<Made> {
    let until = now + LIFE;
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "Collections local database authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = now - Duration::hours(1);
    authority.not_after = until;
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);

    let mut server = CertificateParams::new(NAMES.map(str::to_owned))?;
    server
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    server.not_before = now - Duration::hours(1);
    server.not_after = until;
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &issuer)?;
    Ok(Made {
        authority: authority_certificate.pem(),
        server: certificate.pem(),
        key: key.serialize_pem(),
        expires: until.format(&Rfc3339)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn they_are_kept_until_shortly_before_they_expire() {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::in_folder(folder.path().to_owned());
        let now = OffsetDateTime::now_utc();
        let read = || std::fs::read(certificates.certificate()).unwrap();
        certificates.ensure(now).unwrap();
        let first = read();
        certificates
            .ensure(now + LIFE - Duration::days(31))
            .unwrap();
        assert_eq!(read(), first);
        certificates
            .ensure(now + LIFE - Duration::days(29))
            .unwrap();
        assert_ne!(read(), first);
    }
}
