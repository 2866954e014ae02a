//! `render`: the CloudFormation templates of an environment, to look at or to hand on.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Serialize, Serializer};
use stack::app::Stack;

use crate::context::Context;
use crate::environments::{self, EnvArg};
use crate::error::{Doing as _, Error, Result};
use crate::report::Outcome;

/// Options of `render`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    environment: EnvArg,
    /// Only this stack
    #[arg(long, value_name = "ID")]
    stack: Option<String>,
    /// How templates are written; CloudFormation is always sent JSON
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Write one file per stack into this folder instead of printing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// How templates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As CloudFormation is sent it
    Json,
    /// Easier to read
    Yaml,
}

/// Renders, and prints or writes.
pub async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let environment = environments::load(ctx.root(), &args.environment.env)?;
    let mut stacks = environments::render(&environment)?.stacks;
    if let Some(wanted) = &args.stack {
        let ids: Vec<&str> = stacks.iter().map(|stack| stack.id).collect();
        if !ids.contains(&wanted.as_str()) {
            return Err(
                Error::input(format!("{} has no stack {wanted:?}", environment.name))
                    .hint(format!("its stacks: {}", ids.join(", "))),
            );
        }
        stacks.retain(|stack| stack.id == wanted);
    }
    let templates = stacks
        .iter()
        .map(|stack| {
            Ok(Rendered {
                id: stack.id,
                text: text(stack, args.format)?,
                stack,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    match &args.out {
        Some(folder) => Outcome::of(&write(folder, &templates, args.format)?),
        None => Outcome::of(&Templates {
            format: args.format,
            templates,
        }),
    }
}

fn text(stack: &Stack, format: Format) -> Result<String> {
    match format {
        Format::Json => Ok(format!("{:#}\n", stack.template)),
        Format::Yaml => {
            yaml_serde::to_string(&stack.template).doing(format!("write {} as YAML", stack.id))
        }
    }
}

fn write(folder: &Path, templates: &[Rendered<'_>], format: Format) -> Result<Written> {
    std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
    let ending = match format {
        Format::Json => "json",
        Format::Yaml => "yaml",
    };
    let mut files = Vec::new();
    for template in templates {
        let file = folder.join(format!("{}.{ending}", template.id));
        std::fs::write(&file, &template.text).doing(format!("write {}", file.display()))?;
        files.push(file);
    }
    Ok(Written { files })
}

struct Rendered<'a> {
    id: &'static str,
    text: String,
    stack: &'a Stack,
}

struct Templates<'a> {
    format: Format,
    templates: Vec<Rendered<'a>>,
}

impl fmt::Display for Templates<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.templates.as_slice(), self.format) {
            ([one], _) => f.write_str(&one.text),
            // Several JSON templates are one object by stack, so that the whole stays JSON.
            (many, Format::Json) => {
                let all: serde_json::Map<_, _> = many
                    .iter()
                    .map(|t| (t.id.to_owned(), t.stack.template.clone()))
                    .collect();
                write!(f, "{:#}", serde_json::Value::Object(all))
            }
            (many, Format::Yaml) => many
                .iter()
                .try_for_each(|template| write!(f, "--- # {}\n{}", template.id, template.text)),
        }
    }
}

impl Serialize for Templates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.templates.iter().map(|t| (t.id, &t.stack.template)))
    }
}

#[derive(Serialize)]
struct Written {
    files: Vec<PathBuf>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files
            .iter()
            .try_for_each(|file| writeln!(f, "{}", file.display()))
    }
}
