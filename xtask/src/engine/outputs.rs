//! `.outputs/<env>.json`: what other tools read after a deploy. Addresses and names, never secrets.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::apply::Values;
use crate::error::{Doing as _, Error, Result};

/// Where the outputs of an environment lie.
pub fn path(root: &Path, environment: &str) -> PathBuf {
    root.join(".outputs").join(format!("{environment}.json"))
}

/// Writes the outputs for their owner alone; says whether anything was new.
pub fn write(root: &Path, environment: &str, values: &Values) -> Result<bool> {
    let path = path(root, environment);
    let text = serde_json::to_string_pretty(values).doing("write the outputs as JSON")? + "\n";
    if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
    let mut new = tempfile_beside(&path)?;
    new.1
        .write_all(text.as_bytes())
        .doing(format!("write {}", new.0.display()))?;
    std::fs::rename(&new.0, &path).doing(format!("write {}", path.display()))?;
    Ok(true)
}

/// Reads the outputs that a deploy wrote.
pub fn read(root: &Path, environment: &str) -> Result<Values> {
    let path = path(root, environment);
    let text =
        std::fs::read_to_string(&path).map_err(|source| {
            Error::input(format!("{environment} has no outputs yet")).because(source).hint(format!(
            "deploy it, or read them anew: cargo xtask outputs --env {environment} --refresh"
        ))
        })?;
    serde_json::from_str(&text).doing(format!("understand {}", path.display()))
}

/// The account that outputs belong to, as their ARNs say.
pub fn account(values: &Values) -> Option<&str> {
    let values = values.values().flat_map(|outputs| outputs.values());
    let mut accounts = values.filter_map(|value| {
        let mut parts = value.split(':');
        let account = (parts.next()? == "arn").then(|| parts.nth(3)).flatten()?;
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(account)
    });
    accounts.next()
}

fn tempfile_beside(path: &Path) -> Result<(PathBuf, std::fs::File)> {
    let new = path.with_extension("json.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options
        .open(&new)
        .doing(format!("write {}", new.display()))?;
    Ok((new, file))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn outputs_are_for_their_owner_alone_and_read_back() {
        let root = tempfile::tempdir().unwrap();
        let stack = BTreeMap::from([("Url".to_owned(), "https://x".to_owned())]);
        let values = Values::from([("api".to_owned(), stack)]);
        assert!(write(root.path(), "dev", &values).unwrap());
        assert!(!write(root.path(), "dev", &values).unwrap());
        assert_eq!(read(root.path(), "dev").unwrap(), values);
        let mode = std::fs::metadata(path(root.path(), "dev"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn outputs_tell_their_account_by_their_arns() {
        let values = |value: &str| {
            let stack = BTreeMap::from([("Value".to_owned(), value.to_owned())]);
            Values::from([("database".to_owned(), stack)])
        };
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x";
        assert_eq!(account(&values(arn)), Some("123456789012"));
        assert_eq!(account(&values("arn:aws:s3:::bucket")), None);
        assert_eq!(account(&values("https://x")), None);
    }
}
