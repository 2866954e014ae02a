//! The page of the templates leaves none out.

use std::path::Path;

use crate::error::{Doing as _, Result};

const FOLDER: &str = "templates";
const PAGE: &str = "README.md";

/// The templates that their page does not name.
pub(super) fn unlisted(root: &Path) -> Result<Vec<String>> {
    let folder = root.join(FOLDER);
    let page = folder.join(PAGE);
    let text = std::fs::read_to_string(&page).doing(format!("read {}", page.display()))?;
    let mut files = Vec::new();
    below(&folder, "", &mut files)?;
    files.sort();
    Ok(missing(&text, &files))
}

fn missing(page: &str, files: &[String]) -> Vec<String> {
    let listed = |file: &&String| !page.contains(&format!("`{file}`"));
    let open = files.iter().filter(listed);
    open.map(|file| format!("{FOLDER}/{PAGE} does not say what {file} is for"))
        .collect()
}

/// Every file below a folder, but its page.
fn below(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let entries = std::fs::read_dir(folder).doing(format!("read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.doing(format!("read {}", folder.display()))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => below(&entry.path(), &format!("{name}/"), files)?,
            false if name == PAGE => {}
            false => files.push(name),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn a_template_that_the_page_leaves_out_is_named() {
        let files = ["ci/a.j2".to_owned(), "b.html".to_owned()];
        let problems = missing("| `ci/a.j2` | … |", &files);
        assert_eq!(
            problems,
            ["templates/README.md does not say what b.html is for"]
        );
    }
}
