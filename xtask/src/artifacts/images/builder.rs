//! From a binary to an image, remembered: the same input is not built twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::assemble::{ContextFile, assemble};
use super::base::Base;
use super::config::{Descriptor, ManifestJson, RunJson};
use super::engine::{Build, Engine};
use super::layer::{Layer, compress};
use super::store::{Note, Store};
use super::{Platform, dockerfile, elf};
use crate::artifacts::{Artifact, Code};
use crate::cloud::registry::Digest;
use crate::error::{Doing as _, Error, Result};
use crate::event::Events;

/// Names who builds images: `engine` or `tool`.
pub(super) const VARIABLE: &str = "COLLECTIONS_IMAGE_BUILDER";
/// Changes when the same input becomes another image.
const FORMAT: u32 = 1;

/// Who builds images.
#[derive(Debug)]
pub enum Maker {
    /// A Docker Engine.
    Engine(Engine),
    /// The tool itself.
    Tool,
}

/// Builds images on one base for one processor.
pub struct ImageBuilder {
    root: PathBuf,
    store: Store,
    base: Arc<Base>,
    platform: Platform,
    maker: Maker,
}

/// An image that is wanted.
pub struct Order<'a> {
    /// The function's short name.
    pub function: &'a str,
    /// What the function is for, in a sentence.
    pub purpose: &'a str,
    /// Its binary.
    pub binary: &'a Path,
}

/// What a Dockerfile made of a base.
#[derive(Debug)]
pub(super) struct Built {
    /// How the image runs.
    pub(super) run: RunJson,
    /// What was put on the base.
    pub(super) layers: Vec<Layer>,
}

impl Maker {
    /// An engine where one answers, unless the user says who builds.
    pub async fn choose() -> Result<Self> {
        let said = std::env::var(VARIABLE).unwrap_or_default();
        match said.as_str() {
            "tool" => Ok(Self::Tool),
            "" => Ok(Engine::find().await?.map_or(Self::Tool, Self::Engine)),
            "engine" => Engine::find().await?.map(Self::Engine).ok_or_else(|| {
                Error::machine(format!(
                    "{VARIABLE} is engine, and no Docker Engine answers"
                ))
                .hint("start one, or name its address in DOCKER_HOST")
            }),
            _ => Err(Error::input(format!("{VARIABLE} is {said}"))
                .hint("allowed: engine, tool; without it an engine is used where one answers")),
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Engine(_) => "by the Docker Engine",
            Self::Tool => "without an engine",
        }
    }
}

impl ImageBuilder {
    /// Finds the base; `folder` keeps what was built.
    pub async fn open(
        root: &Path,
        folder: PathBuf,
        base: &str,
        platform: Platform,
        maker: Maker,
    ) -> Result<Self> {
        let store = Store::open(folder)?;
        let base = Arc::new(Base::resolve(base, platform, &store).await?);
        Ok(Self {
            root: root.to_owned(),
            store,
            base,
            platform,
            maker,
        })
    }

    /// Builds an image, or finds the one that the same input became before.
    pub async fn build(&self, order: &Order<'_>, events: &Events) -> Result<Artifact> {
        let binary = tokio::fs::read(order.binary)
            .await
            .doing(format!("read {}", order.binary.display()))?;
        elf::check(order.function, &binary, self.platform)?;
        let base = self.base.pinned.to_string();
        let text = dockerfile::render(&self.root, order.function, order.purpose, &base)?;
        let files = [ContextFile {
            name: "bootstrap",
            bytes: &binary,
            mode: 0o755,
        }];
        let input = self.input(&text, &files);
        if let Some(artifact) = self.find(&input) {
            return Ok(artifact);
        }
        let step = events.start(format!("build the image of {}", order.function));
        let built = match &self.maker {
            Maker::Tool => assemble(&text, &self.base.config.config, &files)?,
            Maker::Engine(engine) => {
                let build = Build {
                    dockerfile: &text,
                    files: &files,
                    platform: self.platform,
                    base: &self.base.config.rootfs.diff_ids,
                    scratch: self.store.folder(),
                };
                engine.build(&build, events).await?
            }
        };
        let (store, base) = (self.store.clone(), self.base.clone());
        let note = tokio::task::spawn_blocking(move || finish(&store, &base, &built));
        let note = note.await.doing("write the image")??;
        self.store.note(&input, &note)?;
        step.finish_with(self.maker.words());
        self.find(&input)
            .ok_or_else(|| Error::failed(format!("{}: what was built is gone", order.function)))
    }

    /// A name for everything that an image comes from.
    fn input(&self, dockerfile: &str, files: &[ContextFile<'_>]) -> Digest {
        let files = files.iter();
        let files: Vec<_> = files
            .map(|file| json!([file.name, file.mode, Digest::of(file.bytes)]))
            .collect();
        let all = json!([
            FORMAT,
            self.platform.name(),
            self.base.named,
            dockerfile,
            files
        ]);
        Digest::of(all.to_string().as_bytes())
    }

    fn find(&self, input: &Digest) -> Option<Artifact> {
        let note = self.store.noted(input)?;
        let image = self.store.image(&note, &self.base.pinned.repository)?;
        let own = image.parts.iter().filter(|part| part.from.is_none());
        Some(Artifact {
            sha256: image.manifest.digest.hex().to_owned(),
            size: own.map(|part| part.size).sum(),
            unpacked: note.unpacked,
            code: Code::Image(image),
        })
    }
}

/// Writes down the image: layers, configuration, manifest.
fn finish(store: &Store, base: &Base, built: &Built) -> Result<Note> {
    let mut layers = base.layers.clone();
    let mut diff_ids = Vec::new();
    let mut unpacked = 0;
    for layer in &built.layers {
        let tar = layer.tar()?;
        unpacked += tar.len() as u64;
        diff_ids.push(Digest::of(&tar));
        let bytes = compress(&tar)?;
        layers.push(Descriptor::layer(store.put(&bytes)?, bytes.len() as u64));
    }
    let config = base.config.clone().with(built.run.clone(), diff_ids);
    let config = serde_json::to_vec(&config).doing("write an image's configuration")?;
    let config = Descriptor::config(store.put(&config)?, config.len() as u64);
    let named = [
        ("name", base.named.clone()),
        ("digest", base.digest.to_string()),
    ];
    let manifest = ManifestJson::new(config, layers, named);
    let manifest = serde_json::to_vec(&manifest).doing("write an image's manifest")?;
    Ok(Note {
        manifest: store.put(&manifest)?,
        own: built.layers.len(),
        unpacked,
    })
}
