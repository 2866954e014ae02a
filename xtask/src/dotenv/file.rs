//! The text of `.env`: its entries by line, why one cannot be read, and writing keys into it
//! without touching the rest.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::{Doing as _, Kind, Result};
use crate::secret::Secret;

/// An entry, a comment or an empty line, with the lines that a quoted value takes.
pub(super) struct Entry {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// Its text, with its last newline if it has one.
    pub(super) text: String,
}

/// Takes a text apart, losing nothing.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open = false;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        match entries.last_mut() {
            Some(entry) if open => entry.text += line,
            _ => entries.push(Entry {
                line: number,
                text: line.to_owned(),
            }),
        }
        open = entries.last().is_some_and(|entry| is_open(&entry.text));
    }
    entries
}

/// Whether a quote is open at the end of an entry, so that it goes on in the next line.
fn is_open(entry: &str) -> bool {
    let Some((_, value)) = entry.split_once('=') else {
        return false;
    };
    if entry.trim_start().starts_with('#') {
        return false;
    }
    let (mut quote, mut escaped, mut blank) = (None, false, true);
    for sign in value.chars() {
        match (quote, sign) {
            _ if escaped => escaped = false,
            // Also between ': what divides the file into entries looks at it so.
            (_, '\\') => escaped = true,
            (None, '#') if blank => return false,
            (None, '\'' | '"') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
        blank = sign.is_whitespace();
    }
    quote.is_some()
}

/// Why an entry cannot be read, without a word of it.
pub(super) fn reason(entry: &str) -> &'static str {
    let Some((name, _)) = entry.split_once('=') else {
        return "there is no = in it";
    };
    let name = name.trim().trim_start_matches("export ").trim();
    let begins = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_.".contains(sign);
    if !begins || !name.chars().all(plain) {
        return "the name before = is none: letters, digits and _, a letter first";
    }
    if is_open(entry) {
        return "a quote is not closed";
    }
    "words follow the value"
}

/// A text with these keys set: where a key stands its entry is replaced, the others come last.
pub fn merged(text: &str, values: &BTreeMap<String, Secret>) -> String {
    let mut left = values.clone();
    let mut new = String::new();
    for entry in entries(text) {
        let name = entry.text.split_once('=').map(|(name, _)| name.trim());
        let name = name.filter(|name| !name.starts_with('#'));
        let name = name.map(|name| name.trim_start_matches("export ").trim());
        match name.and_then(|name| left.remove(name).map(|value| (name, value))) {
            Some((name, value)) => new += &line(name, &value),
            None => new += &entry.text,
        }
    }
    if !new.is_empty() && !new.ends_with('\n') {
        new.push('\n');
    }
    left.iter()
        .for_each(|(name, value)| new += &line(name, value));
    new
}

/// A line that reads back as exactly this value.
fn line(name: &str, value: &Secret) -> String {
    let value = value.expose();
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-./:@+,=%".contains(sign);
    if value.chars().all(plain) {
        return format!("{name}={value}\n");
    }
    if !value.contains(['\'', '\\']) {
        return format!("{name}='{value}'\n");
    }
    let mut quoted = String::new();
    for sign in value.chars() {
        if matches!(sign, '\\' | '"' | '$') {
            quoted.push('\\');
        }
        quoted.push(sign);
    }
    format!("{name}=\"{quoted}\"\n")
}

/// Writes the file whole or not at all, for its owner alone.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let what = || format!("write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).doing_as(Kind::Machine, what())?;
    new.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o600))
        .and_then(|()| new.write_all(text.as_bytes()))
        .and_then(|()| new.as_file().sync_all())
        .doing_as(Kind::Machine, what())?;
    let kept = new.persist(path).map_err(|source| source.error);
    kept.map(drop).doing_as(Kind::Machine, what())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt as _;

    use proptest::prelude::*;

    use super::super::DotEnv;
    use super::{merged, write};
    use crate::secret::Secret;

    fn one(value: &str) -> BTreeMap<String, Secret> {
        BTreeMap::from([("XT_KEY".to_owned(), Secret::new(value))])
    }

    #[test]
    fn setting_a_key_leaves_the_rest_as_it_is() {
        let before = "# mine\nA='x y' # why\nexport XT_KEY=\"old\nvalue\"\n\nB=2";
        let after = merged(before, &one("new"));
        assert_eq!(after, "# mine\nA='x y' # why\nXT_KEY=new\n\nB=2\n");
        assert_eq!(merged("", &one("new")), "XT_KEY=new\n");
        assert_eq!(
            merged("#XT_KEY=old\n", &one("n")),
            "#XT_KEY=old\nXT_KEY=n\n"
        );
    }

    #[test]
    fn the_file_is_for_its_owner_alone_also_where_it_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        std::fs::write(&path, "old").unwrap();
        write(&path, "XT_KEY=new\n").unwrap();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "XT_KEY=new\n");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in "[ -~\\n]{1,40}", other in "[a-z ]{0,9}") {
            let before = format!("XT_OTHER='{other}'\nXT_KEY=old\n");
            let text = merged(&before, &one(&value));
            let read = DotEnv::parse(&text).unwrap();
            let got = read.get("XT_KEY").unwrap();
            prop_assert_eq!(got.expose(), value.as_str());
            let kept = read.get("XT_OTHER");
            let kept = kept.as_ref().map_or("", |kept| kept.expose());
            prop_assert_eq!(kept, other.as_str());
        }
    }
}
