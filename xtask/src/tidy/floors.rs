//! Which module of the tool may use which. Floors from the top: commands, engine, then the parts
//! beside each other, then cloud, then the ground that all may use.

use super::sources::Source;

/// A module and the floor it is on; a module uses its own floor's and lower ones.
const FLOORS: &[(&str, u8)] = &[
    ("commands", 5),
    ("engine", 4),
    ("machine", 4),
    ("artifacts", 3),
    ("checks", 3),
    ("codegen", 3),
    ("database", 3),
    ("dataset", 3),
    ("evaluation", 3),
    ("legacy", 3),
    ("local", 3),
    ("tidy", 3),
    ("validation", 3),
    ("environments", 2),
    ("cloud", 2),
];

/// What all may use.
const GROUND: &[&str] = &[
    "ask",
    "context",
    "dotenv",
    "error",
    "event",
    "secret",
    "report",
    "workspace",
];

/// Imports that go up, and uses of the ui.
pub(super) fn problems(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let Some(inside) = source.path.strip_prefix("xtask/src/") else {
            continue;
        };
        let module = inside.split(['/', '.']).next().unwrap_or_default();
        // The crate root and the command table stand above all floors.
        if matches!(module, "lib" | "main" | "cli" | "ui" | "context") {
            continue;
        }
        let floor = floor(module);
        for (line, number) in source.text.lines().zip(1..) {
            let Some(used) = imported(line) else { continue };
            let path = &source.path;
            if used == "ui" {
                problems.push(format!("{path}:{number}: only main uses ui; emit an event"));
            } else if !GROUND.contains(&used) && self::floor(used) > floor {
                problems.push(format!(
                    "{path}:{number}: {module} must not use {used}, it is above"
                ));
            }
        }
    }
    problems
}

fn floor(module: &str) -> u8 {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map_or(0, |(_, floor)| *floor)
}

/// The module of this crate that a line imports.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("use crate::")?;
    rest.split([':', ';', ' ', '{'])
        .next()
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::sources::Source;
    use super::problems;

    fn check(path: &str, text: &str) -> Vec<String> {
        problems(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn going_down_is_allowed_and_going_up_is_not() {
        assert!(check("xtask/src/engine/plan.rs", "use crate::cloud::Stacks;").is_empty());
        assert!(check("xtask/src/cloud/mod.rs", "use crate::error::Result;").is_empty());
        let up = check("xtask/src/cloud/aws.rs", "\nuse crate::engine::plan::Plan;");
        assert_eq!(
            up,
            ["xtask/src/cloud/aws.rs:2: cloud must not use engine, it is above"]
        );
        let ui = check("xtask/src/local/mod.rs", "use crate::ui::Ui;");
        assert_eq!(
            ui,
            ["xtask/src/local/mod.rs:1: only main uses ui; emit an event"]
        );
    }
}
