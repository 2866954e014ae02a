//! The one pickle that Chroma writes: an object of plain dictionaries. Its few instructions are
//! read as data; nothing is ever called or imported, and one that is not known ends the reading.

use std::collections::HashMap;
use std::rc::Rc;

/// Deeper is nothing that Chroma writes, and it has no more dictionaries than these.
const DEEPEST: usize = 64;

/// What instructions leave behind.
#[derive(Clone, Debug)]
enum Value {
    Text(Rc<str>),
    Number(i64),
    Entries(Rc<std::cell::RefCell<Vec<(Value, Value)>>>),
    /// What is of no use here.
    Other,
}

/// Where the reading is.
struct Reader<'p> {
    bytes: &'p [u8],
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
    dictionaries: usize,
}

type Read<T> = Result<T, String>;

/// The label of each id.
pub(super) fn labels(bytes: &[u8]) -> Read<HashMap<String, u64>> {
    let mut reader = Reader {
        bytes,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        dictionaries: 0,
    };
    let whole = reader.run()?;
    let Value::Entries(entries) = whole else {
        return Err("its names are no dictionary".to_owned());
    };
    let entries = entries.borrow();
    let found = entries.iter().find_map(|(key, value)| match (key, value) {
        (Value::Text(key), Value::Entries(value)) if &**key == "id_to_label" => Some(value),
        _ => None,
    });
    let found = found.ok_or("its names say nothing of labels")?.borrow();
    found
        .iter()
        .map(|pair| match pair {
            (Value::Text(id), Value::Number(label)) => {
                let label = u64::try_from(*label).map_err(|_| "a label is below zero")?;
                Ok((id.to_string(), label))
            }
            _ => Err("a label is no number of a name".to_owned()),
        })
        .collect()
}

impl Reader<'_> {
    fn run(&mut self) -> Read<Value> {
        loop {
            let instruction = self.byte()?;
            if instruction == b'.' {
                return self.pop();
            }
            self.step(instruction)?;
            if self.marks.len().max(self.dictionaries) > DEEPEST {
                return Err("its names are nested too deep".to_owned());
            }
        }
    }

    fn step(&mut self, instruction: u8) -> Read<()> {
        match instruction {
            // The protocol's version, and the length of what follows.
            0x80 => self.take(1).map(drop),
            0x95 => self.take(8).map(drop),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'}' => {
                self.dictionaries += 1;
                self.push(Value::Entries(Rc::default()))
            }
            b')' | b'N' | b']' | 0x88 | 0x89 | 0x8f => self.push(Value::Other),
            b'G' => {
                self.take(8)?;
                self.other()
            }
            0x8c => self.length(1).and_then(|length| self.text(length)),
            b'X' => self.length(4).and_then(|length| self.text(length)),
            b'K' => self.length(1).and_then(|number| self.number(number as i64)),
            b'M' => self.length(2).and_then(|number| self.number(number as i64)),
            b'J' => {
                let bytes = self.take(4)?.try_into().map_err(|_| cut())?;
                self.number(i64::from(i32::from_le_bytes(bytes)))
            }
            0x8a => self.long(),
            0x94 => {
                let at = u32::try_from(self.memo.len()).map_err(|_| cut())?;
                self.remember(at)
            }
            b'q' => self.length(1).and_then(|at| self.remember(at as u32)),
            b'r' => self.length(4).and_then(|at| self.remember(at as u32)),
            b'h' => self.length(1).and_then(|at| self.recall(at as u32)),
            b'j' => self.length(4).and_then(|at| self.recall(at as u32)),
            // The name of the class, which is Chroma's own; and an object of it, empty.
            b'c' => self
                .line()
                .and_then(|()| self.line())
                .and_then(|()| self.other()),
            0x93 | 0x81 | b'R' => {
                self.pop()?;
                self.pop()?;
                self.other()
            }
            // What the object holds takes its place.
            b'b' => {
                let state = self.pop()?;
                self.pop()?;
                self.push(state)
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.enter(vec![key, value])
            }
            b'u' => {
                let pairs = self.since_mark()?;
                self.enter(pairs)
            }
            b't' | b'e' | 0x90 => {
                self.since_mark()?;
                match instruction {
                    b't' => self.other(),
                    _ => Ok(()),
                }
            }
            other => Err(format!(
                "its names have an instruction that is not known: {other:#04x}"
            )),
        }
    }

    fn take(&mut self, length: usize) -> Read<&[u8]> {
        let (head, rest) = self.bytes.split_at_checked(length).ok_or_else(cut)?;
        self.bytes = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Read<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// An unsigned number of so many bytes, the lowest first.
    fn length(&mut self, bytes: usize) -> Read<usize> {
        let bytes = self.take(bytes)?;
        let number = bytes
            .iter()
            .rev()
            .fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        usize::try_from(number).map_err(|_| cut())
    }

    fn text(&mut self, length: usize) -> Read<()> {
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| "a name is no text")?;
        let text = Value::Text(text.into());
        self.push(text)
    }

    fn number(&mut self, number: i64) -> Read<()> {
        self.push(Value::Number(number))
    }

    fn long(&mut self) -> Read<()> {
        let length = self.length(1)?;
        if length > 8 {
            return Err("a label is too large".to_owned());
        }
        let bytes = self.take(length)?;
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut whole = if negative { [0xff; 8] } else { [0; 8] };
        whole[..length].copy_from_slice(bytes);
        self.number(i64::from_le_bytes(whole))
    }

    fn line(&mut self) -> Read<()> {
        while self.byte()? != b'\n' {}
        Ok(())
    }

    fn push(&mut self, value: Value) -> Read<()> {
        self.stack.push(value);
        Ok(())
    }

    fn other(&mut self) -> Read<()> {
        self.push(Value::Other)
    }

    fn pop(&mut self) -> Read<Value> {
        let bottom = self.marks.last().copied().unwrap_or_default();
        match self.stack.len() > bottom {
            true => self.stack.pop().ok_or_else(cut),
            false => Err(cut()),
        }
    }

    fn since_mark(&mut self) -> Read<Vec<Value>> {
        let mark = self.marks.pop().ok_or_else(cut)?;
        Ok(self.stack.split_off(mark))
    }

    fn remember(&mut self, at: u32) -> Read<()> {
        let value = self.stack.last().ok_or_else(cut)?.clone();
        self.memo.insert(at, value);
        Ok(())
    }

    fn recall(&mut self, at: u32) -> Read<()> {
        let value = self.memo.get(&at).ok_or_else(cut)?.clone();
        self.push(value)
    }

    fn enter(&mut self, pairs: Vec<Value>) -> Read<()> {
        let Some(Value::Entries(entries)) = self.stack.last() else {
            return Err("its names put something into what is no dictionary".to_owned());
        };
        let mut entries = entries.borrow_mut();
        let mut pairs = pairs.into_iter();
        while let (Some(key), value) = (pairs.next(), pairs.next()) {
            let value = value.ok_or_else(cut)?;
            entries.push((key, value));
        }
        Ok(())
    }
}

fn cut() -> String {
    "its names are cut short".to_owned()
}
