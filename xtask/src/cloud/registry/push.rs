//! Storing: parts first, then the description that names them.

use std::path::Path;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Response, Url};

use super::{Digest, Registry};
use crate::cloud::images::Manifest;
use crate::cloud::{CloudError, CloudResult, Fault};

impl Registry {
    /// Whether the repository holds a layer or a configuration.
    pub async fn has_blob(&self, digest: &Digest) -> CloudResult<bool> {
        self.has("registry:HeadBlob", &format!("blobs/{digest}"))
            .await
    }

    /// Whether the repository holds an image.
    pub async fn has_image(&self, digest: &Digest) -> CloudResult<bool> {
        self.has("registry:HeadManifest", &format!("manifests/{digest}"))
            .await
    }

    async fn has(&self, call: &'static str, path: &str) -> CloudResult<bool> {
        let url = self.url(path);
        let head = |http: &reqwest::Client| http.head(&url).header(ACCEPT, super::pull::accepted());
        let found = self.retry.run(|| self.ask(call, head)).await?;
        Ok(found.is_some())
    }

    /// Stores a layer or a configuration.
    pub async fn push_blob(&self, digest: &Digest, file: &Path) -> CloudResult<()> {
        const CALL: &str = "registry:PutBlob";
        let read = tokio::fs::read(file).await.map_err(|error| {
            let words = format!("could not read {}: {error}", file.display());
            CloudError::new(CALL, Fault::Invalid, "", words)
        })?;
        let bytes = Bytes::from(read);
        if Digest::of(&bytes) != *digest {
            return Err(self.wrong(
                CALL,
                &format!("{} is not {digest} any more", file.display()),
            ));
        }
        let push = || self.push_once(CALL, digest, bytes.clone());
        self.retry.run(push).await
    }

    /// Begins an upload, sends all in one piece, and names it: what Docker's own client does, so
    /// every registry takes it.
    async fn push_once(
        &self,
        call: &'static str,
        digest: &Digest,
        bytes: Bytes,
    ) -> CloudResult<()> {
        let begin = self.url("blobs/uploads/");
        let begun = self.demand(call, |http| http.post(&begin)).await?;
        let upload = self.location(call, &begun)?;
        let patch = |http: &reqwest::Client| {
            http.patch(upload.clone())
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(bytes.clone())
        };
        let sent = self.demand(call, patch).await?;
        let mut end = self.location(call, &sent)?;
        end.query_pairs_mut().append_pair("digest", digest.as_str());
        let put = |http: &reqwest::Client| http.put(end.clone()).body(Bytes::new());
        let stored = self.demand(call, put).await?;
        self.same(call, digest, &stored)
    }

    /// Stores an image whose parts are there. By digest, without a tag: nothing can move it.
    pub async fn push_image(&self, manifest: &Manifest) -> CloudResult<()> {
        const CALL: &str = "registry:PutManifest";
        let url = self.url(&format!("manifests/{}", manifest.digest));
        let bytes = Bytes::from(manifest.bytes.clone());
        let put = |http: &reqwest::Client| {
            http.put(&url)
                .header(CONTENT_TYPE, &manifest.media_type)
                .body(bytes.clone())
        };
        let stored = self.retry.run(|| self.demand(CALL, put)).await?;
        self.same(CALL, &manifest.digest, &stored)
    }

    /// Where an upload goes on; registries say it whole or without themselves.
    fn location(&self, call: &'static str, answer: &Response) -> CloudResult<Url> {
        let location = answer.headers().get(LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let url = location.and_then(|location| answer.url().join(location).ok());
        let url = url.ok_or_else(|| self.wrong(call, "it does not say where to send"))?;
        // What is sent there carries the login.
        if url.origin() == answer.url().origin() {
            Ok(url)
        } else {
            Err(self.wrong(
                call,
                &format!(
                    "it wants the image sent to {}",
                    url.origin().ascii_serialization()
                ),
            ))
        }
    }

    /// Whether the registry means the same bytes.
    fn same(&self, call: &'static str, digest: &Digest, stored: &Response) -> CloudResult<()> {
        let named = stored.headers().get("docker-content-digest");
        match named.and_then(|value| value.to_str().ok()) {
            Some(other) if other != digest.as_str() => {
                Err(self.wrong(call, &format!("{digest} was sent, it stored {other}")))
            }
            _ => Ok(()),
        }
    }
}
