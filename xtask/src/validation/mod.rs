//! Everything a template is checked against before anything is called: AWS's own offline
//! validator, in process, and the policy rules of `stack`.

pub mod cfn_lint;
pub mod check_jsonschema;
pub mod ir_measures;
mod pip;
pub mod schemathesis;
mod stamp;
pub mod suppressions;

use std::fmt;
use std::path::Path;

use cloudformation_validate::{
    CelEngine, EngineConfig, SchemaValidator, Severity, ValidateConfig, validate_bytes_with_path,
};
use serde::Serialize;
use stack::app::{App, Stack};
use stack::environment::Environment;

use self::stamp::Stamp;
use crate::error::{Doing as _, Error, Result};
use crate::event::Events;

/// One thing a check says about a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The stack's short id.
    pub stack: String,
    /// The rule that found it.
    pub rule: String,
    /// How bad it is.
    pub severity: String,
    /// The resource, where one is meant.
    pub logical_id: Option<String>,
    /// The property, where one is meant.
    pub property: Option<String>,
    /// What it says.
    pub message: String,
    /// Why it is accepted, if it is.
    pub suppressed: Option<&'static str>,
}

/// What came of the checks.
#[derive(Debug, Serialize)]
pub struct Validation {
    /// The environment.
    pub environment: String,
    /// How many templates were checked.
    pub templates: usize,
    /// What was found, suppressed or not; nothing below a warning.
    pub findings: Vec<Finding>,
    /// What the environment's file allows and probably does not mean.
    pub warnings: Vec<String>,
}

impl Validation {
    /// What is neither accepted nor harmless.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.suppressed.is_none())
    }

    /// The error for anything open, or the validation itself.
    pub fn passed(self) -> Result<Self> {
        let open: Vec<String> = self.open().map(ToString::to_string).collect();
        if open.is_empty() {
            return Ok(self);
        }
        Err(Error::input(format!("{} findings in {}:\n{}", open.len(), self.environment, open.join("\n")))
            .hint("mend the stack definition, or suppress the finding with a reason in xtask/src/validation/suppressions.rs"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stack,
            rule,
            severity,
            message,
            ..
        } = self;
        write!(f, "{severity} {rule} {stack}")?;
        for place in [&self.logical_id, &self.property].into_iter().flatten() {
            write!(f, " / {place}")?;
        }
        write!(f, ": {message}")?;
        match self.suppressed {
            Some(reason) => write!(f, " (accepted: {reason})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Validation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        let accepted = self
            .findings
            .iter()
            .filter(|finding| finding.suppressed.is_some())
            .count();
        let (templates, environment) = (self.templates, &self.environment);
        write!(
            f,
            "{environment}: {templates} templates, nothing open, {accepted} accepted"
        )
    }
}

/// Checks an app unless exactly the same passed before; refuses what is found.
pub fn ensure(app: &App, environment: &Environment, notes: &Path, events: &Events) -> Result<()> {
    let stamp = Stamp::of(app, environment, notes);
    if stamp.is_there() {
        return Ok(());
    }
    let step = events.start("validate the templates");
    Validator::new()?.check(app, environment)?.passed()?;
    step.finish_with(format!("{} templates", app.stacks.len()));
    stamp.leave()
}

/// AWS's validator, compiled once and used for every template.
pub struct Validator {
    engine: CelEngine,
    schemas: SchemaValidator,
}

impl Validator {
    /// Compiles the rules.
    pub fn new() -> Result<Self> {
        let engine = CelEngine::new(EngineConfig::new()).doing("load the validator's rules")?;
        Ok(Self {
            engine,
            schemas: SchemaValidator::default(),
        })
    }

    /// Checks every stack of an app.
    pub fn check(&self, app: &App, environment: &Environment) -> Result<Validation> {
        let mut findings = Vec::new();
        for stack in &app.stacks {
            findings.extend(self.stack(stack, environment)?);
        }
        findings.extend(policy(app, environment));
        Ok(Validation {
            environment: environment.name.clone(),
            templates: app.stacks.len(),
            findings,
            warnings: environment.warnings(),
        })
    }

    fn stack(&self, stack: &Stack, environment: &Environment) -> Result<Vec<Finding>> {
        let config = ValidateConfig {
            severity_level: Severity::Warn,
            ..ValidateConfig::default()
        };
        let bytes = stack.template.to_string().into_bytes();
        let report = validate_bytes_with_path(
            &self.engine,
            &self.schemas,
            &bytes,
            config,
            stack.name.clone(),
        )
        .doing(format!("validate {}", stack.name))?;
        let findings = report
            .diagnostics
            .into_iter()
            .filter(|d| d.severity >= Severity::Warn);
        Ok(findings
            .map(|diagnostic| {
                let mut finding = Finding {
                    stack: stack.id.to_owned(),
                    rule: diagnostic.rule_id,
                    severity: diagnostic.severity.as_str().to_owned(),
                    logical_id: diagnostic.entity.map(|entity| entity.logical_id),
                    property: diagnostic.property_path,
                    message: diagnostic.message,
                    suppressed: None,
                };
                finding.suppressed = suppressions::reason(&finding, environment);
                finding
            })
            .collect())
    }
}

/// Our own rules. What they accept, they accept with a reason of their own.
fn policy(app: &App, environment: &Environment) -> Vec<Finding> {
    let findings = stack::policy::check(app, environment).into_iter();
    findings
        .map(|finding| Finding {
            stack: finding.stack,
            rule: finding.rule.to_owned(),
            severity: Severity::Error.as_str().to_owned(),
            logical_id: Some(finding.logical_id).filter(|id| !id.is_empty()),
            property: None,
            message: format!("found {}; the rule: {}", finding.found, finding.demands),
            suppressed: finding.accepted,
        })
        .collect()
}
