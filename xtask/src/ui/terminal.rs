//! Events as words on stderr: bars on a terminal, plain lines elsewhere.

#[cfg(test)]
mod screen;

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use console::{Style, Term, style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Error;
use crate::event::{Event, Sink, Unit};

/// Below so many columns a bar leaves no room for what it is of.
const NARROW: u16 = 80;

/// Draws one line per step under way and leaves one line per finished step.
pub(super) struct Terminal {
    verbose: bool,
    bars: Mutex<HashMap<String, ProgressBar>>,
    screen: MultiProgress,
    live: bool,
    closed: AtomicBool,
}

impl Terminal {
    pub(super) fn new(verbose: bool) -> Self {
        let live = std::io::stderr().is_terminal();
        let target = if live {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self::on(target, live, verbose)
    }

    fn on(target: ProgressDrawTarget, live: bool, verbose: bool) -> Self {
        Self {
            verbose,
            bars: Mutex::default(),
            screen: MultiProgress::with_draw_target(target),
            live,
            closed: AtomicBool::new(false),
        }
    }

    /// Takes every bar away and draws no other: what is printed from now on stays. The bar of a step
    /// that failed would be taken away at the end of the process, with the lines above it.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let mut bars = self
            .bars
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for (_, bar) in bars.drain() {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
    }

    fn line(&self, text: &str) {
        if self.live {
            // Through the screen, so that bars below are redrawn and not torn.
            let _closed = self.screen.println(text);
        } else {
            eprintln_raw(text);
        }
    }

    fn bar(&self, step: &str) -> ProgressBar {
        let mut bars = self
            .bars
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        bars.entry(step.to_owned())
            .or_insert_with(|| {
                let bar = self.screen.add(ProgressBar::new_spinner());
                // Cut at the edge: a line that wraps is not redrawn but repeated.
                if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                    bar.set_style(style);
                }
                bar.set_message(step.to_owned());
                bar.enable_steady_tick(Duration::from_millis(120));
                bar
            })
            .clone()
    }

    /// Shows what is at work in the bar of the step that works on the stack.
    fn under_way(&self, stack: &str, words: String) {
        let bars = self
            .bars
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let steps = ["deploy", "delete", "roll"];
        let mut steps = steps.iter().map(|step| format!("{step} {stack}"));
        let of_step = |step: String| bars.iter().find(|(name, _)| name.starts_with(&step));
        if let Some((_, bar)) = steps.find_map(of_step) {
            bar.set_message(words);
        }
    }

    fn drop_bar(&self, step: &str) {
        let mut bars = self
            .bars
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bars.remove(step) {
            bar.finish_and_clear();
        }
    }

    fn progress(&self, step: &str, done: u64, total: Option<u64>, unit: Unit) {
        let bar = self.bar(step);
        if total.is_none()
            && let Ok(style) = ProgressStyle::with_template(match unit {
                Unit::Bytes => "{spinner} {wide_msg} {bytes} {bytes_per_sec}",
                Unit::Items => "{spinner} {wide_msg} {pos}",
            })
        {
            bar.set_style(style);
        }
        if let Some(total) = total
            && bar.length() != Some(total)
        {
            bar.set_length(total);
            let narrow = Term::stderr().size().1 < NARROW;
            let template = match (unit, narrow) {
                (Unit::Bytes, false) => {
                    "{spinner} {wide_msg} {bar:24} {bytes}/{total_bytes} {bytes_per_sec}"
                }
                (Unit::Items, false) => "{spinner} {wide_msg} {bar:24} {pos}/{len}",
                (Unit::Bytes, true) => "{spinner} {wide_msg} {bytes}/{total_bytes}",
                (Unit::Items, true) => "{spinner} {wide_msg} {pos}/{len}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
        }
        bar.set_position(done);
    }
}

impl Sink for Terminal {
    fn take(&self, event: Event) {
        if self.closed.load(Ordering::SeqCst) {
            // Work that the process does not wait for; a warning is still worth a line.
            let warning = matches!(event, Event::Warning { .. });
            let lines = words(event, self.verbose).into_iter().filter(|_| warning);
            return lines.for_each(|line| eprintln_raw(&line));
        }
        match &event {
            Event::Started { step } if self.live => drop(self.bar(step)),
            Event::Finished { step, .. } | Event::Skipped { step, .. } => self.drop_bar(step),
            Event::Progress {
                step,
                done,
                total,
                unit,
            } if self.live => self.progress(step, *done, *total, *unit),
            // Resources under way show in their stack's bar.
            Event::Resource {
                stack,
                logical_id,
                status,
                ..
            } if self.live && status.ends_with("_IN_PROGRESS") => {
                self.under_way(stack, format!("{stack}: {logical_id} {status}"));
            }
            Event::Output { source, text } => {
                use std::io::Write as _;
                let source = source.as_ref();
                let source = source.map(|source| format!("{source:<9} "));
                let source = source.unwrap_or_default();
                let _closed = writeln!(std::io::stdout(), "{source}{text}");
            }
            _ => {}
        }
        if matches!(event, Event::Started { .. }) && self.live {
            return;
        }
        for line in words(event, self.verbose) {
            self.line(&line);
        }
    }
}

/// The lines an event leaves.
fn words(event: Event, verbose: bool) -> Vec<String> {
    let dim = |text: String| style(text).for_stderr().dim();
    match event {
        Event::Started { step } => vec![format!("  … {step}")],
        Event::Finished {
            step,
            detail,
            millis,
        } => {
            let detail = detail.map(|detail| format!(": {detail}"));
            let detail = detail.unwrap_or_default();
            let took = dim(elapsed(millis));
            vec![format!("  {} {step}{detail} {took}", green("ok"))]
        }
        Event::Skipped { step, reason } => vec![format!("  {} {step}: {reason}", dim("--".into()))],
        Event::Line { source, text } if verbose => vec![format!("  {} {text}", dim(source))],
        Event::Planned { plan } => plan.lines().map(str::to_owned).collect(),
        Event::Stack { stack, status, .. } if verbose => vec![format!("  {stack} {status}")],
        Event::Resource {
            stack,
            logical_id,
            resource_type,
            status,
            reason,
            at: _,
        } => {
            let failed = status.ends_with("_FAILED");
            if !failed && (!verbose || status.ends_with("_IN_PROGRESS")) {
                return Vec::new();
            }
            let status = if failed { red(&status) } else { status };
            let reason = reason.map(|reason| format!(": {reason}"));
            let reason = reason.unwrap_or_default();
            vec![format!(
                "     {stack} {logical_id} {resource_type} {status}{reason}"
            )]
        }
        Event::Warning { message } => vec![format!("{} {message}", yellow("warning:"))],
        Event::Line { .. }
        | Event::Progress { .. }
        | Event::Output { .. }
        | Event::Stack { .. } => Vec::new(),
    }
}

/// The error, its causes and its hints.
pub(super) fn error(error: &Error) {
    error_words(error)
        .iter()
        .for_each(|line| eprintln_raw(line));
}

fn error_words(error: &Error) -> Vec<String> {
    let mut lines = vec![format!("{} {}", red("error:"), error.message())];
    let because = style("caused by:").for_stderr().bold();
    let causes = error.causes().into_iter();
    lines.extend(causes.map(|cause| format!("  {because} {cause}")));
    let hint = style("hint:").for_stderr().cyan();
    lines.extend(error.hints().iter().map(|text| format!("  {hint} {text}")));
    lines
}

fn elapsed(millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{:.1} s", Duration::from_millis(millis).as_secs_f64()),
        _ => format!("{} min {} s", millis / 60_000, millis / 1000 % 60),
    }
}

fn green(text: &str) -> String {
    paint(Style::new().green(), text)
}

fn yellow(text: &str) -> String {
    paint(Style::new().yellow().bold(), text)
}

fn red(text: &str) -> String {
    paint(Style::new().red().bold(), text)
}

fn paint(style: Style, text: &str) -> String {
    style.for_stderr().apply_to(text).to_string()
}

/// A closed stderr must not end a deploy.
fn eprintln_raw(text: &str) {
    use std::io::Write as _;
    let _closed = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(status: &str, reason: Option<&str>) -> Event {
        Event::Resource {
            stack: "Store-dev".into(),
            logical_id: "Chats".into(),
            resource_type: "AWS::DynamoDB::Table".into(),
            status: status.into(),
            reason: reason.map(str::to_owned),
            at: 0,
        }
    }

    fn everything() -> Vec<Event> {
        let step = || "build the functions".to_owned();
        let (source, text) = ("cargo".to_owned(), "Compiling api".to_owned());
        let finished = |millis| Event::Finished {
            step: step(),
            detail: Some("6 functions".into()),
            millis,
        };
        vec![
            Event::Started { step: step() },
            Event::Line { source, text },
            finished(250),
            finished(12_340),
            finished(723_000),
            Event::Skipped {
                step: "migrate".into(),
                reason: "the schema is up to date".into(),
            },
            Event::Planned {
                plan: "~ update stack Store-dev\n  ~ update  Chats\n".into(),
            },
            Event::Stack {
                stack: "Store-dev".into(),
                status: "UPDATE_IN_PROGRESS".into(),
                at: 0,
            },
            resource("UPDATE_IN_PROGRESS", None),
            resource("UPDATE_COMPLETE", None),
            resource("UPDATE_FAILED", Some("the name is taken")),
            Event::Warning {
                message: "storage.Queue was changed by hand".into(),
            },
        ]
    }

    /// A pipe has no colours: what it shows must say all.
    #[test]
    fn without_colours_every_line_says_what_it_is() {
        console::set_colors_enabled_stderr(false);
        let said = |verbose| {
            let lines = everything().into_iter();
            let lines: Vec<String> = lines.flat_map(|event| words(event, verbose)).collect();
            lines.join("\n")
        };
        let error = Error::failed("Store-dev ended in UPDATE_ROLLBACK_COMPLETE")
            .because(anyhow::anyhow!("Chats: the name is taken"))
            .hint("correct the cause and deploy again");
        let (quiet, verbose) = (said(false), said(true));
        let error = error_words(&error).join("\n");
        insta::assert_snapshot!(format!("{quiet}\n\n--verbose\n{verbose}\n\n{error}"));
    }
}
