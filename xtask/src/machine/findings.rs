//! The findings, as a table and as JSON.

use std::fmt;

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

/// What something is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Nothing works without it.
    Everything,
    /// The environment on this machine.
    Local,
    /// Environments in AWS.
    Cloud,
    /// Functions that are packaged as container images.
    Images,
}

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is there.
    Found,
    /// It is not there, or too old, or too little.
    Missing,
    /// It is not there, and most work goes without it.
    Absent,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// What.
    pub name: String,
    /// What for.
    pub needed_for: Need,
    /// How it is.
    pub verdict: Verdict,
    /// What was found: a version, a figure, or what is wrong.
    pub found: String,
    /// The command that installs it, when it is not there.
    pub install: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Serialize)]
pub struct Findings {
    /// Whether all that is required is there.
    pub ready: bool,
    /// One by one.
    pub findings: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(findings: Vec<Finding>) -> Self {
        let ready = findings
            .iter()
            .all(|finding| finding.verdict != Verdict::Missing);
        Self { ready, findings }
    }
}

impl Need {
    /// Whether the work that everybody does goes without it.
    pub(super) fn is_optional(self) -> bool {
        matches!(self, Need::Cloud | Need::Images)
    }

    fn words(self) -> &'static str {
        match self {
            Need::Everything => "everything",
            Need::Local => "local",
            Need::Cloud => "AWS",
            Need::Images => "images",
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(["", "WHAT", "FOR", "FOUND", "INSTALL WITH"]);
        for finding in &self.findings {
            let verdict = match finding.verdict {
                Verdict::Found => "ok",
                Verdict::Missing => "missing",
                Verdict::Absent => "optional",
            };
            table.add_row([
                verdict,
                &finding.name,
                finding.needed_for.words(),
                &finding.found,
                finding.install.as_deref().unwrap_or(""),
            ]);
        }
        writeln!(f, "{}", table.trim_fmt())?;
        let end = if self.ready {
            "This machine is ready."
        } else {
            "Something required is missing."
        };
        writeln!(f, "\n{end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(needed_for: Need, verdict: Verdict) -> Finding {
        let install = Some("apt-get install x".to_owned());
        Finding {
            name: "x".into(),
            needed_for,
            verdict,
            found: "not found".into(),
            install,
        }
    }

    #[test]
    fn only_what_is_required_makes_a_machine_unready() {
        let absent = finding(Need::Cloud, Verdict::Absent);
        let all = Findings::new(vec![absent]);
        assert!(all.ready && all.to_string().contains("apt-get install x"));
        let all = Findings::new(vec![finding(Need::Local, Verdict::Missing)]);
        assert!(!all.ready && all.to_string().contains("required is missing"));
    }
}
