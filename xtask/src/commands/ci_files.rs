//! `ci-files`: the workflows of the forges that environments name, from `templates/ci`.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use minijinja::{Environment as Templates, Value, context};
use serde::Serialize;
use stack::environment::{Architecture, CiHost, Environment};
use stack::naming;
use stack::stacks::ci::SESSION_SECONDS;

use crate::context::Context;
use crate::environments;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::report::Outcome;

const GITHUB: &str = include_str!("../../../templates/ci/github.yml.j2");
const GITLAB: &str = include_str!("../../../templates/ci/gitlab.yml.j2");

/// The Rust that the workspace states, on the Debian whose packages `.ci/run` installs.
const IMAGE: &str = concat!("rust:", env!("CARGO_PKG_RUST_VERSION"), "-bookworm");

/// Environments come one after another: what failed in an earlier one does not reach a later one.
const ORDER: &[&str] = &["dev", "staging", "prod"];

/// Options of `ci-files`.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; end with 1 where a file is not what would be written
    #[arg(long)]
    check: bool,
}

/// One file.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Workflow {
    path: &'static str,
    #[serde(skip)]
    text: String,
}

/// What a template sees of an environment.
struct Job<'e> {
    name: &'e str,
    region: &'e str,
    branch: &'e str,
    /// The environment that is deployed before it from the same branch.
    after: Option<&'e str>,
    /// What the variables with its roles begin with.
    variable: String,
    /// What is compiled for, where that is not what jobs run on.
    target: &'static str,
}

/// A variable that the forge has to be given, and the output of a stack that is its value.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Variable {
    environment: String,
    name: String,
    stack: String,
    output: &'static str,
}

impl Job<'_> {
    fn seen(&self) -> Value {
        context! {
            name => self.name.to_owned(),
            region => self.region.to_owned(),
            branch => self.branch.to_owned(),
            // Nothing is no name.
            after => self.after.unwrap_or_default().to_owned(),
            variable => self.variable.clone(),
            target => self.target,
        }
    }
}

#[derive(Serialize)]
struct Written {
    check: bool,
    files: Vec<&'static str>,
    stale: Vec<&'static str>,
    /// What people must set.
    variables: Vec<Variable>,
}

/// Writes, or compares.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let names = environments::names(ctx.root())?;
    let all = names
        .iter()
        .map(|name| environments::load(ctx.root(), name));
    let all: Vec<Environment> = all.collect::<Result<_>>()?;
    let workflows = workflows(&all)?;
    if workflows.is_empty() {
        return Err(Error::input("no environment is deployed by CI").hint(
            "environments/dev.yaml: ci: { host: github, repository: owner/name, branch: main }",
        ));
    }
    let is_stale = |workflow: &&Workflow| {
        let there = std::fs::read_to_string(ctx.path(workflow.path));
        there.ok().as_deref() != Some(&workflow.text)
    };
    let stale: Vec<&Workflow> = workflows.iter().filter(is_stale).collect();
    if !args.check {
        for workflow in &stale {
            write(&ctx.path(workflow.path), &workflow.text)?;
        }
    }
    let written = Written {
        check: args.check,
        files: workflows.iter().map(|workflow| workflow.path).collect(),
        stale: stale.iter().map(|workflow| workflow.path).collect(),
        variables: variables(&all),
    };
    let outcome = Outcome::of(&written)?;
    Ok(match args.check && !written.stale.is_empty() {
        true => outcome.with_code(Kind::Failed.exit_code()),
        false => outcome,
    })
}

fn variables(environments: &[Environment]) -> Vec<Variable> {
    let named = [("PLAN", "PlanRoleArn"), ("DEPLOY", "DeployRoleArn")];
    let asking = environments.iter().filter(|one| one.ci.is_some());
    let each = asking.flat_map(|environment| {
        named.map(|(task, output)| Variable {
            environment: environment.name.clone(),
            name: format!("{}_{task}_ROLE", prefix(environment)),
            stack: naming::stack("Ci", environment),
            output,
        })
    });
    each.collect()
}

fn prefix(environment: &Environment) -> String {
    environment.name.to_uppercase()
}

fn write(path: &Path, text: &str) -> Result<()> {
    let what = || format!("write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).doing_as(Kind::Machine, what())?;
    }
    std::fs::write(path, text).doing_as(Kind::Machine, what())
}

/// A workflow for each forge that an environment names.
fn workflows(environments: &[Environment]) -> Result<Vec<Workflow>> {
    let mut found = Vec::new();
    for (host, path, template) in [
        (CiHost::Github, ".github/workflows/deploy.yml", GITHUB),
        (CiHost::Gitlab, ".gitlab-ci.yml", GITLAB),
    ] {
        let jobs = jobs(environments, host);
        if jobs.is_empty() {
            continue;
        }
        let branches: BTreeSet<&str> = jobs.iter().map(|job| job.branch).collect();
        let branches = branches.into_iter().map(str::to_owned);
        let branches: Vec<Value> = branches.map(Value::from).collect();
        let mut templates = Templates::new();
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        let jobs: Vec<Value> = jobs.iter().map(Job::seen).collect();
        let text = templates.render_str(
            template,
            context! {
                environments => jobs,
                branches,
                image => IMAGE,
                session_seconds => SESSION_SECONDS,
            },
        );
        let text = text.doing(format!("render {path}"))?;
        found.push(Workflow {
            path,
            text: format!("{}\n", text.trim_end()),
        });
    }
    Ok(found)
}

fn jobs(environments: &[Environment], host: CiHost) -> Vec<Job<'_>> {
    // One that nobody knows comes last: it may be anything.
    let place = |name: &str| {
        let known = ORDER.iter().position(|known| *known == name);
        known.unwrap_or(usize::MAX)
    };
    let mut mine: Vec<_> = environments
        .iter()
        .filter_map(|environment| Some((environment, environment.ci.as_ref()?)))
        .filter(|(_, ci)| ci.host == host)
        .collect();
    mine.sort_by_key(|(environment, _)| (place(&environment.name), environment.name.clone()));
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (environment, ci) in mine {
        let before = jobs.iter().rev().find(|job| job.branch == ci.branch);
        let after = before.map(|job| job.name);
        jobs.push(Job {
            name: &environment.name,
            region: &environment.region,
            branch: &ci.branch,
            after,
            variable: prefix(environment),
            target: match environment.architecture {
                Architecture::Arm64 => "aarch64-unknown-linux-gnu",
                Architecture::X86_64 => "",
            },
        });
    }
    jobs
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            let said = match (self.stale.contains(file), self.check) {
                (false, _) => "as it should be",
                (true, true) => "is stale: cargo xtask ci-files",
                (true, false) => "written",
            };
            writeln!(f, "{file}: {said}")?;
        }
        writeln!(
            f,
            "\nThe first deploy of each environment is made from a machine; it makes the roles. Then set in the forge:"
        )?;
        for Variable {
            environment,
            name,
            stack,
            output,
        } in &self.variables
        {
            writeln!(
                f,
                "  {name}: {output} of {stack} (cargo xtask outputs --env {environment}: ci.{output})"
            )?;
        }
        writeln!(f, "docs/recipes/deploy-from-ci.md has the rest")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use stack::environment::Environment;

    use super::{Written, variables, workflows};

    fn environment(name: &str, host: &str, branch: &str) -> Environment {
        named(name, name, host, branch)
    }

    /// One like `like`, of another name.
    fn named(name: &str, like: &str, host: &str, branch: &str) -> Environment {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../environments/{like}.yaml"));
        let text = std::fs::read_to_string(file).unwrap();
        let ci =
            format!("ci: {{ host: {host}, repository: example/collections, branch: {branch} }}");
        Environment::parse(name, name, &format!("{text}{ci}\n")).unwrap()
    }

    fn rendered(environments: &[Environment]) -> String {
        let workflows = workflows(environments).unwrap();
        let [workflow] = workflows.as_slice() else {
            panic!("{} workflows", workflows.len());
        };
        // Whatever else it is, it is YAML.
        let _: yaml_serde::Value = yaml_serde::from_str(&workflow.text).unwrap();
        format!("{}\n{}", workflow.path, workflow.text)
    }

    #[test]
    fn github_plans_on_a_pull_request_deploys_on_merge_and_proves_it() {
        let both = [
            environment("prod", "github", "main"),
            environment("dev", "github", "main"),
        ];
        insta::assert_snapshot!(rendered(&both));
    }

    #[test]
    fn gitlab_does_the_same() {
        insta::assert_snapshot!(rendered(&[environment("dev", "gitlab", "trunk")]));
    }

    #[test]
    fn an_environment_of_another_name_comes_after_those_that_are_known() {
        let text = rendered(&[
            named("alpha", "dev", "github", "main"),
            environment("dev", "github", "main"),
            environment("prod", "github", "main"),
        ]);
        assert!(text.contains("needs: [test]\n"), "{text}");
        assert!(text.contains("needs: [test, deploy-dev]"), "{text}");
        assert!(text.contains("needs: [test, deploy-prod]"), "{text}");
    }

    #[test]
    fn what_people_must_set_is_said_with_where_its_value_comes_from() {
        let said = Written {
            check: false,
            files: vec![".github/workflows/deploy.yml"],
            stale: vec![".github/workflows/deploy.yml"],
            variables: variables(&[environment("dev", "github", "main")]),
        };
        insta::assert_snapshot!(said.to_string());
    }

    /// The schemas that editors use, for what a YAML parser lets pass.
    #[test]
    #[ignore = "cargo xtask test installs check-jsonschema and says where"]
    fn check_jsonschema_finds_nothing_in_the_workflows() {
        let program = std::env::var_os(crate::validation::check_jsonschema::VARIABLE).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let check = |host: &str, text: &str| {
            let file = folder.path().join("workflow.yml");
            std::fs::write(&file, text).unwrap();
            let schema: &[&str] = match host {
                "github" => &["vendor.github-workflows"],
                _ => &["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
            };
            let mut command = std::process::Command::new(&program);
            let output = command.arg("--builtin-schema").args(schema).arg(file);
            let output = output.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.success(), said)
        };
        for host in ["github", "gitlab"] {
            let several = [
                environment("dev", host, "main"),
                environment("staging", host, "main"),
                environment("prod", host, "release"),
            ];
            let text = &workflows(&several).unwrap()[0].text;
            let (passes, said) = check(host, text);
            assert!(passes, "{host}: {said}");
            let (passes, _) = check(host, &text.replace("cargo xtask test-infra", "[1"));
            assert!(!passes, "{host}: what is broken passes");
            let broken = text.replace("needs:", "need:").replace("stage:", "stages:");
            let (passes, _) = check(host, &broken);
            assert!(!passes, "{host}: an unknown key passes");
        }
    }

    #[test]
    fn an_environment_without_ci_is_in_no_workflow() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../environments/dev.yaml");
        let text = std::fs::read_to_string(file).unwrap();
        let dev = Environment::parse("dev", "dev", &text).unwrap();
        assert!(workflows(&[dev]).unwrap().is_empty());
    }
}
