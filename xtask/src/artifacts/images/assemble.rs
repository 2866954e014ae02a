//! Carries a Dockerfile out without an engine, as an engine would.

use super::builder::Built;
use super::config::RunJson;
use super::dockerfile::{self, Instruction};
use super::layer::Layer;
use crate::error::{Error, Result};

/// What engines give an image whose base says nothing of it.
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A file that a Dockerfile may copy.
pub(super) struct ContextFile<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) mode: u32,
}

/// What the Dockerfile makes of the base and of these files.
pub(super) fn assemble(text: &str, base: &RunJson, files: &[ContextFile<'_>]) -> Result<Built> {
    let mut built = Built {
        run: base.clone(),
        layers: Vec::new(),
    };
    let run = &mut built.run;
    if !run.env.iter().any(|entry| entry.starts_with("PATH=")) {
        run.env.push(DEFAULT_PATH.to_owned());
    }
    let mut said_cmd = false;
    for instruction in dockerfile::read(text)? {
        match instruction {
            // The one base, which is resolved already.
            Instruction::From(_) => {}
            Instruction::Copy { from, to } => built.layers.push(copy(&from, &to, run, files)?),
            Instruction::Env(pairs) => pairs
                .into_iter()
                .for_each(|(name, value)| set(run, &name, &value)),
            Instruction::Label(pairs) => run.labels.extend(pairs),
            Instruction::Workdir(path) => run.working_dir = absolute(&run.working_dir, &path),
            Instruction::Cmd(words) => {
                run.cmd = words;
                said_cmd = true;
            }
            Instruction::Entrypoint(words) => {
                run.entrypoint = words;
                // The base's command was for the base's entry point.
                if !said_cmd {
                    run.cmd.clear();
                }
            }
        }
    }
    Ok(built)
}

fn set(run: &mut RunJson, name: &str, value: &str) {
    let prefix = format!("{name}=");
    let entry = format!("{prefix}{value}");
    match run.env.iter_mut().find(|entry| entry.starts_with(&prefix)) {
        Some(earlier) => *earlier = entry,
        None => run.env.push(entry),
    }
}

fn copy(from: &str, to: &str, run: &RunJson, files: &[ContextFile<'_>]) -> Result<Layer> {
    let name = from.trim_start_matches("./");
    let file = files.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| {
        let known: Vec<&str> = files.iter().map(|file| file.name).collect();
        Error::input(format!("the Dockerfile copies {from}, which is not there"))
            .hint(format!("there is {}", known.join(", ")))
    })?;
    let mut path = absolute(&run.working_dir, to);
    if path.ends_with('/') {
        path.push_str(name);
    }
    let mut layer = Layer::default();
    layer.add(&path, file.bytes, file.mode)?;
    Ok(layer)
}

fn absolute(folder: &str, path: &str) -> String {
    match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{}/{path}", folder.trim_end_matches('/')),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{ContextFile, DEFAULT_PATH, assemble};
    use crate::artifacts::images::config::RunJson;
    use crate::artifacts::images::layer::Layer;

    const FILES: &[ContextFile<'static>] = &[ContextFile {
        name: "bootstrap",
        bytes: b"code",
        mode: 0o755,
    }];

    fn words(of: &[&str]) -> Vec<String> {
        of.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_entry_point_drops_the_command_of_the_base_but_not_its_own() {
        let base = RunJson {
            cmd: words(&["handler"]),
            working_dir: "/var/task".into(),
            ..RunJson::default()
        };
        let run = |text: &str| assemble(text, &base, FILES).unwrap().run;
        assert!(run("FROM b\nENTRYPOINT [\"/a\"]").cmd.is_empty());
        let own = run("FROM b\nCMD [\"x\"]\nENTRYPOINT [\"/a\"]");
        assert_eq!(own.cmd, words(&["x"]));
        assert_eq!(run("FROM b\nWORKDIR sub").working_dir, "/var/task/sub");
    }

    #[test]
    fn variables_replace_those_of_the_base() {
        let base = RunJson {
            env: words(&["PATH=/bin", "A=1"]),
            ..RunJson::default()
        };
        let built = assemble("FROM b\nENV A=2 B=3", &base, FILES).unwrap();
        assert_eq!(built.run.env, words(&["PATH=/bin", "A=2", "B=3"]));
        let none = assemble("FROM b", &RunJson::default(), FILES).unwrap();
        assert_eq!(none.run.env, words(&[DEFAULT_PATH]));
    }

    #[test]
    fn a_copied_file_is_a_layer_and_a_file_that_is_not_there_is_named() {
        let built = assemble("FROM b\nCOPY bootstrap /opt/", &RunJson::default(), FILES).unwrap();
        let mut expected = Layer::default();
        expected.add("/opt/bootstrap", b"code", 0o755).unwrap();
        assert_eq!(built.layers, [expected]);
        let error = assemble("FROM b\nCOPY other /", &RunJson::default(), FILES).unwrap_err();
        assert!(error.message().contains("copies other"), "{error}");
        assert_eq!(error.hints(), ["there is bootstrap"]);
    }
}
