//! Questions on a terminal.

use std::io::IsTerminal as _;

use dialoguer::{Confirm, Input, Password};

use crate::ask::Ask;
use crate::error::{Error, Result};

/// Asks on the terminal; without one, refuses and names the flag.
pub(super) struct TerminalAsk;

impl TerminalAsk {
    fn present(question: &str, flag: &str) -> Result<()> {
        if terminal() {
            return Ok(());
        }
        Err(
            Error::refused(format!("cannot ask without a terminal: {question}"))
                .hint(format!("answer it with {flag}")),
        )
    }

    fn gone(error: dialoguer::Error) -> Error {
        Error::interrupted("no answer was given").because(error)
    }
}

fn terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

impl Ask for TerminalAsk {
    fn is_there(&self) -> bool {
        terminal()
    }

    fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        Self::present(question, flag)?;
        Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact()
            .map_err(Self::gone)
    }

    fn typed(&self, question: &str, expected: &str, flag: &str) -> Result<bool> {
        Self::present(question, flag)?;
        let answer: String = Input::new()
            .with_prompt(format!("{question} Type {expected} to go on"))
            .allow_empty(true)
            .interact_text()
            .map_err(Self::gone)?;
        Ok(answer == expected)
    }

    fn secret(&self, question: &str, optional: bool, flag: &str) -> Result<Option<String>> {
        Self::present(question, flag)?;
        let answer = Password::new()
            .with_prompt(question)
            .allow_empty_password(optional)
            .interact()
            .map_err(Self::gone)?;
        Ok(Some(answer).filter(|answer| !answer.is_empty()))
    }
}
