//! Events and errors as JSON lines on stderr.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::error::Error;
use crate::event::{Event, Sink};

/// Writes each event as one line.
pub(super) struct JsonLines;

impl Sink for JsonLines {
    fn take(&self, event: Event) {
        if let Event::Output { source, text } = &event {
            let _closed = writeln!(
                std::io::stdout(),
                "{}",
                json!({ "source": source, "text": text })
            );
        } else if let Ok(line) = serde_json::to_string(&event) {
            let _closed = writeln!(std::io::stderr(), "{line}");
        }
    }
}

/// The error as one line.
pub(super) fn error(error: &Error) {
    let _closed = writeln!(std::io::stderr(), "{}", line_of(error));
}

fn line_of(error: &Error) -> Value {
    json!({
        "event": "error",
        "kind": format!("{:?}", error.kind()).to_lowercase(),
        "message": error.message(),
        "causes": error.causes(),
        "hints": error.hints(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    /// Scripts read these names.
    #[test]
    fn each_kind_of_error_has_a_name_and_an_exit_code() {
        let kinds = [
            Kind::Failed,
            Kind::Input,
            Kind::Machine,
            Kind::Refused,
            Kind::Conflict,
            Kind::Interrupted,
        ];
        let said = kinds.map(|kind| {
            let error = Error::new(kind, "words").hint("do this");
            format!("{} {}", kind.exit_code(), line_of(&error))
        });
        insta::assert_snapshot!(said.join("\n"));
    }
}
