//! Events as words on stderr: bars on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::Duration;

use console::{Style, style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Error;
use crate::event::{Event, Sink, Unit};

/// Draws one line per step under way and leaves one line per finished step.
pub(super) struct Terminal {
    verbose: bool,
    bars: Mutex<HashMap<String, ProgressBar>>,
    screen: MultiProgress,
    live: bool,
}

impl Terminal {
    pub(super) fn new(verbose: bool) -> Self {
        let live = std::io::stderr().is_terminal();
        let target = if live {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            verbose,
            bars: Mutex::default(),
            screen: MultiProgress::with_draw_target(target),
            live,
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
                bar.set_message(step.to_owned());
                bar.enable_steady_tick(Duration::from_millis(120));
                bar
            })
            .clone()
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

    /// Resources under way show in the stack's bar; those that ended leave a line.
    fn resource(
        &self,
        stack: &str,
        logical_id: &str,
        resource_type: &str,
        status: &str,
        reason: Option<&str>,
    ) {
        let failed = status.ends_with("_FAILED");
        if status.ends_with("_IN_PROGRESS") {
            if self.live {
                self.bar(&format!("deploy {stack}"))
                    .set_message(format!("{stack}: {logical_id} {status}"));
            }
        } else if failed || self.verbose {
            let status = if failed {
                red(status)
            } else {
                status.to_owned()
            };
            let reason = reason
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            self.line(&format!(
                "     {stack} {logical_id} {resource_type} {status}{reason}"
            ));
        }
    }

    fn progress(&self, step: &str, done: u64, total: Option<u64>, unit: Unit) {
        let bar = self.bar(step);
        if total.is_none()
            && let Ok(style) = ProgressStyle::with_template(match unit {
                Unit::Bytes => "{spinner} {msg} {bytes} {bytes_per_sec}",
                Unit::Items => "{spinner} {msg} {pos}",
            })
        {
            bar.set_style(style);
        }
        if let Some(total) = total
            && bar.length() != Some(total)
        {
            bar.set_length(total);
            let template = match unit {
                Unit::Bytes => "{spinner} {msg} {bar:24} {bytes}/{total_bytes} {bytes_per_sec}",
                Unit::Items => "{spinner} {msg} {bar:24} {pos}/{len}",
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
        match event {
            Event::Started { step } if self.live => drop(self.bar(&step)),
            Event::Started { step } => self.line(&format!("  … {step}")),
            Event::Finished {
                step,
                detail,
                millis,
            } => {
                self.drop_bar(&step);
                let detail = detail
                    .map(|detail| format!(": {detail}"))
                    .unwrap_or_default();
                let took = style(elapsed(millis)).for_stderr().dim();
                self.line(&format!("  {} {step}{detail} {took}", green("ok")));
            }
            Event::Skipped { step, reason } => {
                self.drop_bar(&step);
                self.line(&format!(
                    "  {} {step}: {reason}",
                    style("--").for_stderr().dim()
                ));
            }
            Event::Progress {
                step,
                done,
                total,
                unit,
            } if self.live => {
                self.progress(&step, done, total, unit);
            }
            Event::Progress { .. } => {}
            Event::Line { source, text } if self.verbose => {
                self.line(&format!("  {} {text}", style(source).for_stderr().dim()));
            }
            Event::Line { .. } => {}
            Event::Output { source, text } => {
                use std::io::Write as _;
                let source = source
                    .map(|source| format!("{source:<9} "))
                    .unwrap_or_default();
                let _closed = writeln!(std::io::stdout(), "{source}{text}");
            }
            Event::Planned { plan } => plan.lines().for_each(|line| self.line(line)),
            Event::Stack { stack, status, .. } if self.verbose => {
                self.line(&format!("  {stack} {status}"));
            }
            Event::Stack { .. } => {}
            Event::Resource {
                stack,
                logical_id,
                resource_type,
                status,
                reason,
                at: _,
            } => {
                self.resource(
                    &stack,
                    &logical_id,
                    &resource_type,
                    &status,
                    reason.as_deref(),
                );
            }
            Event::Warning { message } => {
                self.line(&format!("{} {message}", yellow("warning:")));
            }
        }
    }
}

/// The error, its causes and its hints.
pub(super) fn error(error: &Error) {
    eprintln_raw(&format!("{} {}", red("error:"), error.message()));
    for cause in error.causes() {
        eprintln_raw(&format!(
            "  {} {cause}",
            style("caused by:").for_stderr().bold()
        ));
    }
    for hint in error.hints() {
        eprintln_raw(&format!("  {} {hint}", style("hint:").for_stderr().cyan()));
    }
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
