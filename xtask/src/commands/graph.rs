//! `graph`: which stack takes values from which, as text, for Graphviz or for a page.

use std::collections::BTreeMap;
use std::fmt;

use clap::ValueEnum;
use serde::Serialize;
use stack::app::App;
use stack::cfn::Input;

use crate::context::Context;
use crate::environments::{self, EnvArg};
use crate::error::Result;
use crate::report::Outcome;

/// Options of `graph`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    environment: EnvArg,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Indented lines
    Text,
    /// Graphviz
    Dot,
    /// Mermaid, as Markdown pages take it
    Mermaid,
}

/// Draws the deploy graph.
pub async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let environment = environments::load(ctx.root(), &args.environment.env)?;
    let app = environments::render(&environment)?;
    Outcome::of(&Graph::new(&app, args.format))
}

#[derive(Serialize)]
struct Graph {
    #[serde(skip)]
    format: Format,
    stacks: Vec<Node>,
}

#[derive(Serialize)]
struct Node {
    id: String,
    name: String,
    /// Stacks applied at the same time have the same number.
    wave: usize,
    /// The outputs it takes, by stack.
    takes: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn new(app: &App, format: Format) -> Self {
        let mut waves: BTreeMap<&str, usize> = BTreeMap::new();
        let mut stacks = Vec::new();
        for stack in &app.stacks {
            let mut takes: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for input in stack.inputs.values() {
                if let Input::Output { stack, output } = input {
                    takes
                        .entry((*stack).to_owned())
                        .or_default()
                        .push(output.clone());
                }
            }
            // The app lists a stack after all it takes from.
            let wave = takes
                .keys()
                .filter_map(|id| waves.get(id.as_str()))
                .max()
                .map_or(0, |w| w + 1);
            waves.insert(stack.id, wave);
            stacks.push(Node {
                id: stack.id.to_owned(),
                name: stack.name.clone(),
                wave,
                takes,
            });
        }
        stacks.sort_by(|a, b| (a.wave, &a.id).cmp(&(b.wave, &b.id)));
        Self { format, stacks }
    }

    fn arrows(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.stacks.iter().flat_map(|stack| {
            stack
                .takes
                .iter()
                .map(|(from, outputs)| (stack.id.as_str(), from.as_str(), outputs.len()))
        })
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Text => {
                for stack in &self.stacks {
                    writeln!(f, "{} {} ({})", stack.wave + 1, stack.id, stack.name)?;
                    for (from, outputs) in &stack.takes {
                        writeln!(f, "    takes from {from}: {}", outputs.join(", "))?;
                    }
                }
                Ok(())
            }
            Format::Dot => {
                writeln!(f, "digraph stacks {{")?;
                self.stacks
                    .iter()
                    .try_for_each(|stack| writeln!(f, "    {};", stack.id))?;
                for (to, from, outputs) in self.arrows() {
                    writeln!(f, "    {to} -> {from} [label=\"{outputs}\"];")?;
                }
                writeln!(f, "}}")
            }
            Format::Mermaid => {
                writeln!(f, "flowchart TD")?;
                self.stacks
                    .iter()
                    .try_for_each(|stack| writeln!(f, "    {}", stack.id))?;
                for (to, from, outputs) in self.arrows() {
                    writeln!(f, "    {to} -->|{outputs}| {from}")?;
                }
                Ok(())
            }
        }
    }
}
