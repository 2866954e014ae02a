//! Events and errors as JSON lines on stderr.

use std::io::Write as _;

use serde_json::json;

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
    let line = json!({
        "event": "error",
        "kind": format!("{:?}", error.kind()).to_lowercase(),
        "message": error.message(),
        "causes": error.causes(),
        "hints": error.hints(),
    });
    let _closed = writeln!(std::io::stderr(), "{line}");
}
