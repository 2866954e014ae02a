//! The plan in words: a glyph and a word for every change, so that colour is never needed.

use std::fmt;

use serde_json::Value;

use super::{Plan, ResourceAction, ResourceChange, StackAction, StackPlan};

/// Values longer than this are cut.
const WIDEST: usize = 72;

/// How much of each kind a plan holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Resources to create.
    pub create: usize,
    /// Resources to update.
    pub update: usize,
    /// Resources to replace.
    pub replace: usize,
    /// Resources to delete.
    pub delete: usize,
}

impl Plan {
    /// Counts.
    pub fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        for resource in self.stacks.iter().flat_map(|stack| &stack.resources) {
            match resource.action {
                ResourceAction::Create => sum.create += 1,
                ResourceAction::Update => sum.update += 1,
                ResourceAction::Replace => sum.replace += 1,
                ResourceAction::Delete => sum.delete += 1,
            }
        }
        sum
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            create,
            update,
            replace,
            delete,
        } = self;
        write!(
            f,
            "{create} to create, {update} to update, {replace} to replace, {delete} to delete"
        )
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "{}: no changes", self.environment);
        }
        for stack in self
            .stacks
            .iter()
            .filter(|stack| stack.action != StackAction::None)
        {
            write!(f, "{stack}")?;
        }
        for function in &self.functions {
            writeln!(
                f,
                "~ update  function {}: traffic moves from {} to {}",
                function.function, function.from, function.to
            )?;
        }
        writeln!(f, "{}: {}", self.environment, self.summary())?;
        if let Some(cost) = &self.cost {
            writeln!(f, "{cost}")?;
        }
        let mut losses = self.losses().peekable();
        if losses.peek().is_some() {
            writeln!(
                f,
                "\n! DATA IS LOST OR LEFT BEHIND, each needs --allow-replace:"
            )?;
        }
        for (stack, resource) in losses {
            let kept = if resource.retained {
                ", the old one stays, unmanaged"
            } else {
                ""
            };
            let word = match resource.action {
                ResourceAction::Update => "may replace",
                action => action.word(),
            };
            writeln!(
                f,
                "!   {word} {}.{} {}{kept}",
                stack.id, resource.logical_id, resource.resource_type
            )?;
        }
        let mut widenings = self.widenings().peekable();
        if widenings.peek().is_some() {
            writeln!(f, "\n! PERMISSIONS GROW, needs --allow-iam:")?;
        }
        for (stack, resource) in widenings {
            for grant in &resource.widens {
                writeln!(f, "!   {}.{}: {grant}", stack.id, resource.logical_id)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for StackPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (glyph, word) = match self.action {
            StackAction::None => ("=", "keep"),
            StackAction::Create => ("+", "create"),
            StackAction::Recreate => ("±", "delete the failed shell and create"),
            StackAction::Update | StackAction::Protect => ("~", "update"),
            StackAction::Delete => ("-", "delete"),
        };
        writeln!(f, "{glyph} {word} stack {}", self.name)?;
        for resource in &self.resources {
            write!(f, "{resource}")?;
        }
        if !self.others.is_empty() {
            writeln!(f, "  ~ update  {}", self.others.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for ResourceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = match self.action {
            ResourceAction::Delete if self.retained => " (kept, no longer managed)",
            _ => "",
        };
        let kept = if self.adopted {
            ", which stands already"
        } else {
            kept
        };
        let (glyph, word) = (self.action.glyph(), self.action.word());
        let word = if self.adopted { "adopt" } else { word };
        writeln!(
            f,
            "  {glyph} {word:<7} {} {}{kept}",
            self.logical_id, self.resource_type
        )?;
        if self.action == ResourceAction::Create {
            return Ok(());
        }
        for change in &self.properties {
            let why = match (change.replaces, change.may_replace) {
                (true, _) => "  ← replaces",
                (false, true) => "  ← may replace",
                (false, false) => "",
            };
            let (before, after) = (side(change.before.as_ref()), side(change.after.as_ref()));
            writeln!(f, "      {}: {before} → {after}{why}", change.path)?;
        }
        Ok(())
    }
}

impl ResourceAction {
    fn glyph(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace => "±",
            Self::Delete => "-",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }
}

fn side(value: Option<&Value>) -> String {
    let text = match value {
        None => return "(none)".into(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(fields)) if fields.contains_key("known after") => {
            return format!(
                "(known after {})",
                fields["known after"].as_str().unwrap_or_default()
            );
        }
        Some(other) => other.to_string(),
    };
    if text.chars().count() <= WIDEST {
        return text;
    }
    let cut: String = text.chars().take(WIDEST - 1).collect();
    format!("{cut}…")
}
