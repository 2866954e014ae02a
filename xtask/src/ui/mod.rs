//! The only module that prints. Results go to stdout; everything else goes to stderr.

mod ask;
mod json;
mod terminal;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use crate::ask::Ask;
use crate::cli::{Global, Output};
use crate::error::Error;
use crate::event::{Events, Sink};
use crate::report::Outcome;

/// The exit code of a command line that cannot be understood.
const USAGE: u8 = 64;

/// How this run talks to its user.
pub struct Ui {
    output: Output,
    events: Events,
    terminal: Option<Arc<terminal::Terminal>>,
}

impl Ui {
    /// Chosen from the global options and what stderr is.
    pub fn new(global: &Global) -> Self {
        let terminal = match global.output {
            Output::Text => Some(Arc::new(terminal::Terminal::new(global.verbose))),
            Output::Json => None,
        };
        let sink: Arc<dyn Sink> = match &terminal {
            Some(terminal) => terminal.clone(),
            None => Arc::new(json::JsonLines),
        };
        Self {
            output: global.output,
            events: Events::new(sink),
            terminal,
        }
    }

    /// Where work sends its events.
    pub fn events(&self) -> Events {
        self.events.clone()
    }

    /// Who answers questions.
    pub fn ask(&self) -> Arc<dyn Ask> {
        Arc::new(ask::TerminalAsk)
    }

    /// Prints the result or the error and gives the exit code.
    pub fn finish(&self, outcome: Result<Outcome, Error>) -> ExitCode {
        if let Some(terminal) = &self.terminal {
            terminal.close();
        }
        match outcome {
            Ok(outcome) => {
                self.result(&outcome);
                ExitCode::from(outcome.code())
            }
            Err(error) => {
                match self.output {
                    Output::Text => terminal::error(&error),
                    Output::Json => json::error(&error),
                }
                ExitCode::from(error.exit_code())
            }
        }
    }

    fn result(&self, outcome: &Outcome) {
        let text = match self.output {
            Output::Text => outcome.text().to_owned(),
            Output::Json if outcome.json().is_null() => String::new(),
            Output::Json => format!("{:#}", outcome.json()),
        };
        let text = text.trim_end_matches('\n');
        if !text.is_empty() {
            // A closed pipe (`| head`) is the reader's choice, not an error of ours.
            let _closed = writeln!(std::io::stdout(), "{text}");
        }
    }
}

/// Prints clap's own message: help to stdout with 0, mistakes to stderr with the usage code.
pub fn usage(error: &clap::Error) -> ExitCode {
    let _closed = error.print();
    if error.use_stderr() {
        ExitCode::from(USAGE)
    } else {
        ExitCode::SUCCESS
    }
}
