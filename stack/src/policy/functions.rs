//! The functions: where they log, what becomes of what they cannot handle, what they run on.

use serde_json::json;

use super::Rule;
use super::site::{Found, Item, Site, describe};
use crate::environment::Architecture;

const FUNCTION: &str = "AWS::Lambda::Function";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "function-log-group",
        demands: "every function writes to a log group of the template, in JSON",
        reason: "a group that Lambda makes by itself keeps everything for ever",
        check: |site| {
            site.each(FUNCTION, |function| {
                let name = function.text("LoggingConfig.LogGroup");
                let stands = site.of("AWS::Logs::LogGroup").any(|group| {
                    group.stack.id == function.stack.id && group.text("LogGroupName") == name
                });
                if name.is_none() || !stands {
                    let path = "LoggingConfig.LogGroup";
                    return Some(describe(path, function.get(path)));
                }
                function.unless("LoggingConfig.LogFormat", "JSON")
            })
        },
    },
    Rule {
        id: "function-dead-letters",
        demands: "what a function keeps failing at, when invoked without an answer, is kept",
        reason: "Lambda drops such an event after two retries",
        check: |site| {
            site.each(FUNCTION, |function| {
                let path = "DeadLetterConfig.TargetArn";
                let queue = site.follow(function.stack, function.get(path));
                queue
                    .is_none_or(|queue| queue.kind() != "AWS::SQS::Queue")
                    .then(|| describe(path, function.get(path)))
            })
        },
    },
    Rule {
        id: "function-alias",
        demands: "every function has an alias `live` on a published version",
        reason: "what runs is a version that stays, and a way back is moving the alias",
        check: |site| {
            site.each(FUNCTION, |function| {
                let stands = site.of("AWS::Lambda::Alias").any(|alias| {
                    alias.text("Name") == Some("live")
                        && site.leads_to(alias.stack, alias.get("FunctionName"), function)
                        && site
                            .follow(alias.stack, alias.get("FunctionVersion"))
                            .is_some_and(|version| version.kind() == "AWS::Lambda::Version")
                });
                (!stands).then(|| "no alias live on a version".to_owned())
            })
        },
    },
    Rule {
        id: "function-runtime",
        demands: "a function packaged as a zip runs on provided.al2023",
        reason: "older runtimes go out of support and have an older libc",
        check: |site| {
            site.each(FUNCTION, |function| {
                let zip = function.text("PackageType") != Some("Image");
                function
                    .unless("Runtime", "provided.al2023")
                    .filter(|_| zip)
            })
        },
    },
    Rule {
        id: "function-architecture",
        demands: "functions run on the processor the environment names",
        reason: "they are compiled for that one and start on no other",
        check: |site| {
            let wanted = match site.environment.architecture {
                Architecture::Arm64 => "arm64",
                Architecture::X86_64 => "x86_64",
            };
            site.each(FUNCTION, |function| {
                function.unless("Architectures", json!([wanted]))
            })
        },
    },
    Rule {
        id: "function-tracing",
        demands: "where the environment traces, every function does",
        reason: "a trace with a gap does not show where time goes",
        check: |site| {
            let wanted = site.environment.tracing;
            site.each(FUNCTION, |function| {
                function
                    .unless("TracingConfig.Mode", "Active")
                    .filter(|_| wanted)
            })
        },
    },
    Rule {
        id: "function-concurrency",
        demands: "where the environment reserves concurrency for a function, the function has it",
        reason: "it is the guard against one function taking the account's whole share",
        check: concurrency,
    },
];

fn concurrency(site: &Site<'_>) -> Vec<Found> {
    let item = |name: &str| -> Option<Item<'_>> {
        site.of(FUNCTION)
            .find(|function| function.text("FunctionName") == Some(name))
    };
    let lost = site.app.functions.iter().filter_map(|deployed| {
        let wanted = site
            .environment
            .function(deployed.name)
            .reserved_concurrency?;
        let function = item(&deployed.function_name)?;
        Some(function.found(function.unless("ReservedConcurrentExecutions", wanted)?))
    });
    lost.collect()
}
