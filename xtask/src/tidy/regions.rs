//! Every environment's region has the certificate authorities of its databases built in.

use std::path::Path;

use collections_core::db::authorities;

use crate::environments;
use crate::error::Result;

/// Environments whose database no function could verify.
pub(super) fn unknown(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for name in environments::names(root)? {
        let region = environments::load(root, &name)?.region;
        if !authorities::regions().any(|known| known == region) {
            problems.push(format!(
                "environments/{name}.yaml is in {region}, whose database authorities are not built \
                 in: add functions/core/ca/rds-{region}.pem and name it in db/authorities.rs"
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::unknown;

    #[test]
    fn a_region_without_authorities_is_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("environments");
        std::fs::create_dir(&folder).unwrap();
        let dev = include_str!("../../../environments/dev.yaml");
        std::fs::write(folder.join("dev.yaml"), dev).unwrap();
        assert_eq!(unknown(root.path()).unwrap(), Vec::<String>::new());
        let far = dev.replace("us-east-1", "ap-south-1");
        std::fs::write(folder.join("far.yaml"), far).unwrap();
        let problems = unknown(root.path()).unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("rds-ap-south-1.pem"), "{problems:?}");
    }
}
