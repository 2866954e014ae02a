//! Reading the parts' logs.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::error::{Doing as _, Kind, Result};
use crate::event::{Event, Events};
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::process::last_lines;

const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// The last lines of some parts' logs.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Logs(BTreeMap<Part, String>);

impl Logs {
    /// Reads the last lines of each part's log; a part that never ran has none.
    pub fn read(root: &Path, parts: &[Part], lines: usize) -> Result<Self> {
        let layout = Layout::open(root)?;
        let read = |part: &Part| {
            let mut text = String::new();
            append_from(&layout.log(*part), 0, &mut text)?;
            Ok((*part, last_lines(&text, lines)))
        };
        Ok(Self(parts.iter().map(read).collect::<Result<_>>()?))
    }
}

impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [text] = &self.0.values().collect::<Vec<_>>()[..] {
            return writeln!(f, "{text}");
        }
        let mut lines = self
            .0
            .iter()
            .flat_map(|(part, text)| text.lines().map(move |line| (part, line)));
        lines.try_for_each(|(part, line)| writeln!(f, "{part:<9} {line}"))
    }
}

/// Emits every new line of the logs until the process is ended.
pub async fn follow(root: &Path, parts: &[Part], events: &Events) -> Result<()> {
    let layout = Layout::open(root)?;
    let length = |part: Part| {
        layout
            .log(part)
            .metadata()
            .map_or(0, |metadata| metadata.len())
    };
    let mut ends: Vec<(Part, u64, String)> = parts
        .iter()
        .map(|part| (*part, length(*part), String::new()))
        .collect();
    loop {
        for (part, end, open_line) in &mut ends {
            if length(*part) < *end {
                // Put aside by a new start.
                *end = 0;
            }
            *end = append_from(&layout.log(*part), *end, open_line)?;
            while let Some((line, rest)) = open_line.split_once('\n') {
                let text = last_lines(line, 1);
                events.emit(Event::Output {
                    source: Some(part.to_string()),
                    text,
                });
                *open_line = rest.to_owned();
            }
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Appends what stands in a file after `begin`; gives the new end.
fn append_from(path: &Path, begin: u64, text: &mut String) -> Result<u64> {
    let what = || format!("read the log {}", path.display());
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error).doing_as(Kind::Machine, what()),
    };
    let mut bytes = Vec::new();
    let read = file
        .seek(SeekFrom::Start(begin))
        .and_then(|_| file.read_to_end(&mut bytes));
    let read = read.doing_as(Kind::Machine, what())?;
    text.push_str(&String::from_utf8_lossy(&bytes));
    Ok(begin + read as u64)
}
