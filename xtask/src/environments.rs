//! The environment files: which there are, and reading one.

use std::path::Path;

use stack::app::App;
use stack::environment::Environment;

use crate::error::{Doing as _, Error, Kind, Result};

/// `--env`, as every command that works on an environment takes it.
#[derive(Clone, Debug, clap::Args)]
pub struct EnvArg {
    /// The environment: a file in environments/ without its ending
    #[arg(long, short, value_name = "NAME", env = "COLLECTIONS_ENV")]
    pub env: String,
}

/// The names of all environments, sorted.
pub fn names(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("environments");
    let entries =
        std::fs::read_dir(&folder).doing_as(Kind::Machine, format!("read {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Reads an environment; all that is wrong in its file is reported at once.
pub fn load(root: &Path, name: &str) -> Result<Environment> {
    let names = names(root)?;
    if !names.iter().any(|known| known == name) {
        return Err(Error::input(format!("there is no environment {name:?}"))
            .hint(format!("environments/ has: {}", names.join(", "))));
    }
    let file = format!("environments/{name}.yaml");
    let text =
        std::fs::read_to_string(root.join(&file)).doing_as(Kind::Input, format!("read {file}"))?;
    Environment::parse(name, &file, &text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::input(lines.join("\n")).hint(format!("mend {file}; nothing was done"))
    })
}

/// Renders the app; all that is wrong in all stacks is reported at once.
pub fn render(environment: &Environment) -> Result<App> {
    App::render(environment).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Error::input(format!(
            "the stacks of {} break the rules:\n{}",
            environment.name,
            lines.join("\n")
        ))
    })
}
