//! Names of repositories and images.

use std::fmt;
use std::net::IpAddr;

use super::Digest;

/// A repository in a registry: `public.ecr.aws/lambda/provided`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// The registry's host, with a port where it has one of its own.
    pub host: String,
    /// The repository's name there.
    pub name: String,
}

/// An image in a repository, by tag or by digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it is.
    pub repository: Repository,
    /// Which one it is.
    pub version: Version,
}

/// Which image of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The one that a tag points at now.
    Tag(String),
    /// The one with this digest.
    Digest(Digest),
}

impl Repository {
    /// Reads `host/name`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} names no registry and repository");
        let (host, name) = text.split_once('/').ok_or_else(wrong)?;
        let is_host = host == "localhost" || host.contains(['.', ':']);
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte)
        };
        let is_name = !name.is_empty() && !name.contains("//") && name.bytes().all(plain);
        if !is_host || !is_name || host.contains(['@', '?', '#', ' ']) {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Whether the registry is on this machine. Only there is it spoken to without TLS.
    pub fn is_on_loopback(&self) -> bool {
        let end = self.host.rfind(':').unwrap_or(self.host.len());
        let name = self.host[..end].trim_matches(['[', ']']);
        name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// Where its API begins.
    pub(super) fn url(&self) -> String {
        let scheme = match self.is_on_loopback() {
            true => "http",
            false => "https",
        };
        format!("{scheme}://{}/v2/{}", self.host, self.name)
    }
}

impl Reference {
    /// Reads `host/name:tag` or `host/name@sha256:…`; a digest wins over a tag beside it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::try_from(digest.to_owned())?)),
            None => (text, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            // A colon before a slash belongs to a port.
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        let version = match (digest, tag) {
            (Some(digest), _) => Version::Digest(digest),
            (None, Some(tag)) if !tag.is_empty() => Version::Tag(tag.to_owned()),
            _ => return Err(format!("{text:?} has neither tag nor digest")),
        };
        Ok(Self {
            repository: Repository::parse(name)?,
            version,
        })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Version::Tag(tag) => write!(f, "{}:{tag}", self.repository),
            Version::Digest(digest) => write!(f, "{}@{digest}", self.repository),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => f.write_str(digest.as_str()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Reference, Repository};

    #[test]
    fn what_is_read_is_written_the_same() {
        let digest = format!("public.ecr.aws/lambda/provided@sha256:{}", "0a".repeat(32));
        for text in [
            "public.ecr.aws/lambda/provided:al2023",
            "127.0.0.1:5000/base:1",
            &digest,
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), text);
        }
        let both = digest.replace('@', ":al2023@");
        assert_eq!(Reference::parse(&both).unwrap().to_string(), digest);
    }

    #[test]
    fn what_names_no_image_is_refused() {
        for text in [
            "provided",
            "provided:al2023",
            "host.example/name",
            "host.example/name:",
            "host.example/Name:1",
            "host.example/a//b:1",
            "user@host.example/name:1",
            "host.example/name@sha256:short",
            "127.0.0.1:5000/base",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        let url = |text: &str| Repository::parse(text).unwrap().url();
        assert_eq!(url("127.0.0.1:5000/a"), "http://127.0.0.1:5000/v2/a");
        assert_eq!(url("localhost:5000/a"), "http://localhost:5000/v2/a");
        assert_eq!(url("[::1]:5000/a"), "http://[::1]:5000/v2/a");
        assert_eq!(url("10.0.0.1:5000/a"), "https://10.0.0.1:5000/v2/a");
        assert_eq!(url("127.0.0.1.example/a"), "https://127.0.0.1.example/v2/a");
    }
}
