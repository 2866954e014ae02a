//! A Docker Engine: it builds a Dockerfile, and what it made is read back without what it added.

use std::collections::BTreeMap;
use std::io::Seek as _;
use std::path::Path;
use std::time::Duration;

use bollard::Docker;
use bollard::query_parameters::{BuildImageOptions, RemoveImageOptions};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use tokio::io::AsyncWriteExt as _;

use super::Platform;
use super::assemble::ContextFile;
use super::builder::Built;
use super::config::ConfigJson;
use super::layer::Layer;
use crate::cloud::registry::Digest;
use crate::error::{Doing as _, Error, Result};
use crate::event::{Event, Events};

const ADDRESS: &str = "DOCKER_HOST";
const PATIENCE: Duration = Duration::from_secs(5);

/// An engine that answered.
#[derive(Debug)]
pub struct Engine {
    docker: Docker,
}

impl Engine {
    /// The engine at `DOCKER_HOST`, else at the usual place; none where none answers. An engine
    /// that is named and does not answer is an error.
    pub async fn find() -> Result<Option<Self>> {
        let named = std::env::var(ADDRESS).ok().filter(|host| !host.is_empty());
        let wrong = |host: &str, why: anyhow::Error| {
            Error::machine(format!("no Docker Engine answers at {host}"))
                .because(why)
                .hint(format!(
                    "start it, or leave {ADDRESS} out: images are built without one too"
                ))
        };
        let answered = match Docker::connect_with_defaults() {
            Ok(docker) => match tokio::time::timeout(PATIENCE, docker.ping()).await {
                Ok(Ok(_)) => return Ok(Some(Self { docker })),
                Ok(Err(error)) => error.into(),
                Err(late) => late.into(),
            },
            Err(error) => error.into(),
        };
        named.map_or(Ok(None), |host| Err(wrong(&host, answered)))
    }

    /// Builds, and reads the result on top of the layers of the base.
    pub(super) async fn build(&self, order: &Build<'_>, events: &Events) -> Result<Built> {
        let id = self.run(order, events).await?;
        let exported = self.export(&id, order).await;
        let options = RemoveImageOptions {
            force: true,
            ..RemoveImageOptions::default()
        };
        // What it made is here by now; the base stays there for the next time.
        if let Err(error) = self.docker.remove_image(&id, Some(options), None).await {
            events.warn(format!("the Docker Engine keeps {id}: {error}"));
        }
        exported
    }

    /// The id of the image it made.
    async fn run(&self, order: &Build<'_>, events: &Events) -> Result<String> {
        let options = BuildImageOptions {
            dockerfile: "Dockerfile".to_owned(),
            rm: true,
            forcerm: true,
            platform: format!("linux/{}", order.platform.name()),
            ..BuildImageOptions::default()
        };
        let body = bollard::body_full(order.context()?.into());
        let mut answers = self.docker.build_image(options, None, Some(body));
        let mut id = None;
        while let Some(answer) = answers.next().await {
            let answer = answer.map_err(|error| failure(order, error.into()))?;
            if let Some(detail) = answer.error_detail {
                let words = detail.message.unwrap_or_default();
                return Err(failure(order, anyhow::Error::msg(words)));
            }
            for text in answer.stream.iter().flat_map(|text| text.lines()) {
                let text: String = text.chars().filter(|c| !c.is_control()).collect();
                if !text.is_empty() {
                    let source = "docker".to_owned();
                    events.emit(Event::Line { source, text });
                }
            }
            id = answer.aux.and_then(|made| made.id).or(id);
        }
        id.ok_or_else(|| Error::failed("the Docker Engine does not say what it built"))
    }

    /// Reads the image that the engine made: how it runs, and the layers that it put on the base.
    async fn export(&self, id: &str, order: &Build<'_>) -> Result<Built> {
        const WHAT: &str = "read the image from the Docker Engine";
        let draft = tempfile::tempfile_in(order.scratch).doing(WHAT)?;
        let mut output = tokio::fs::File::from_std(draft.try_clone().doing(WHAT)?);
        let mut bytes = Box::pin(self.docker.export_image(id));
        while let Some(chunk) = bytes.try_next().await.doing(WHAT)? {
            output.write_all(&chunk).await.doing(WHAT)?;
        }
        output.flush().await.doing(WHAT)?;
        let base = order.base.to_vec();
        tokio::task::spawn_blocking(move || read(draft, &base))
            .await
            .doing(WHAT)?
    }
}

/// What an engine is given.
pub(super) struct Build<'a> {
    pub(super) dockerfile: &'a str,
    pub(super) files: &'a [ContextFile<'a>],
    pub(super) platform: Platform,
    /// The layers of the base, unpacked.
    pub(super) base: &'a [Digest],
    /// Where drafts may lie.
    pub(super) scratch: &'a Path,
}

impl Build<'_> {
    /// The files, as a tar that is the same for the same files.
    fn context(&self) -> Result<Vec<u8>> {
        let mut context = Layer::default();
        context.add("Dockerfile", self.dockerfile.as_bytes(), 0o644)?;
        for file in self.files {
            context.add(file.name, file.bytes, file.mode)?;
        }
        context.tar()
    }
}

fn failure(order: &Build<'_>, why: anyhow::Error) -> Error {
    let from = order
        .dockerfile
        .lines()
        .find(|line| line.starts_with("FROM"));
    Error::failed("the Docker Engine could not build the image")
        .because(why)
        .hint(format!(
            "it must be able to read the base: {}",
            from.unwrap_or_default()
        ))
        .hint(format!(
            "{}=tool builds without an engine",
            super::builder::VARIABLE
        ))
}

/// The list of images in an export.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exported {
    config: String,
    layers: Vec<String>,
}

fn read(mut file: std::fs::File, base: &[Digest]) -> Result<Built> {
    const WHAT: &str = "read the image from the Docker Engine";
    let listed = take(&mut file, &["manifest.json".to_owned()])?;
    let listed = listed.get("manifest.json").map_or(&[][..], Vec::as_slice);
    let listed: Vec<Exported> = serde_json::from_slice(listed).doing(WHAT)?;
    let image = listed.into_iter().next();
    let image = image.ok_or_else(|| Error::failed("the Docker Engine exported no image"))?;
    let own = image.layers.get(base.len()..).unwrap_or_default();
    let mut wanted = own.to_vec();
    wanted.push(image.config.clone());
    let mut parts = take(&mut file, &wanted)?;
    let mut part = |name: &str| {
        let bytes = parts.remove(name);
        bytes.ok_or_else(|| Error::failed(format!("the Docker Engine's export lacks {name}")))
    };
    let config: ConfigJson = serde_json::from_slice(&part(&image.config)?).doing(WHAT)?;
    if !config.rootfs.diff_ids.starts_with(base) {
        return Err(Error::failed(
            "the Docker Engine built on another base than the registry has",
        ));
    }
    let layers = own.iter().map(|name| {
        let bytes = part(name)?;
        match bytes.starts_with(&[0x1f, 0x8b]) {
            true => Layer::read(flate2::read::GzDecoder::new(bytes.as_slice())),
            false => Layer::read(bytes.as_slice()),
        }
    });
    Ok(Built {
        layers: layers.collect::<Result<_>>()?,
        run: config.config,
    })
}

/// The files of these names in a tar.
fn take(file: &mut std::fs::File, names: &[String]) -> Result<BTreeMap<String, Vec<u8>>> {
    const WHAT: &str = "read the image from the Docker Engine";
    file.rewind().doing(WHAT)?;
    let mut found = BTreeMap::new();
    for entry in tar::Archive::new(&*file).entries().doing(WHAT)? {
        let mut entry = entry.doing(WHAT)?;
        let name = entry.path().doing(WHAT)?.display().to_string();
        if names.contains(&name) {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).doing(WHAT)?;
            found.insert(name, bytes);
        }
    }
    Ok(found)
}
