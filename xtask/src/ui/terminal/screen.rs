//! A terminal of lines in memory: what bars draw and take away, beside what is printed raw.

#![allow(clippy::unwrap_used)]

use std::io;
use std::sync::{Arc, Mutex};

use indicatif::{ProgressDrawTarget, TermLike};

use super::{Terminal, error_words};
use crate::error::Error;
use crate::event::{Event, Sink as _};

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<String>,
    row: usize,
}

#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<Lines>>);

impl Screen {
    fn put(&self, text: &str) {
        let mut screen = self.0.lock().unwrap();
        let row = screen.row;
        while screen.lines.len() <= row {
            screen.lines.push(String::new());
        }
        screen.lines[row].push_str(text);
    }

    fn next(&self) {
        self.put("");
        self.0.lock().unwrap().row += 1;
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().lines.join("\n")
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        100
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        let mut screen = self.0.lock().unwrap();
        screen.row = screen.row.saturating_sub(n);
        Ok(())
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.lock().unwrap().row += n;
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(text);
        self.next();
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // Bars go back to the start of their line with a carriage return.
        for part in text.split_inclusive('\n') {
            self.put(part.trim_end_matches('\n').trim_start_matches('\r'));
            if part.ends_with('\n') {
                self.next();
            }
        }
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put("");
        let mut screen = self.0.lock().unwrap();
        let row = screen.row;
        screen.lines[row].clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

fn started(step: &str) -> Event {
    Event::Started { step: step.into() }
}

/// Two stacks fail side by side: nobody finishes their steps.
#[test]
fn an_error_stays_whole_below_bars_of_steps_that_failed() {
    let screen = Screen::default();
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
    let terminal = Terminal::on(target, true, false);
    terminal.take(started("deploy Store-dev"));
    terminal.take(started("deploy Auth-dev"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(
        screen.text().contains("deploy Store-dev"),
        "{}",
        screen.text()
    );

    let error = Error::failed("Store-dev ended in UPDATE_ROLLBACK_COMPLETE")
        .because(anyhow::anyhow!("Chats: the name is taken"))
        .hint("correct the cause")
        .hint("deploy again");
    let lines = error_words(&error);
    terminal.close();
    // What is printed raw starts at the beginning of a line that is empty, as a shell shows it.
    lines
        .iter()
        .for_each(|line| screen.write_line(line).unwrap());
    terminal.take(started("work that nobody waits for"));
    drop(terminal);
    std::thread::sleep(std::time::Duration::from_millis(300));

    let text = screen.text();
    for line in &lines {
        assert!(text.contains(line.as_str()), "{line:?} is gone:\n{text}");
    }
    assert!(!text.contains("deploy Auth-dev"), "a bar is left:\n{text}");
    assert!(!text.contains("nobody waits"), "{text}");
}
