//! Dependencies that nothing names.

use super::layers::Workspace;
use super::sources::Source;

/// Crates whose library has another name than the package.
const LIBRARIES: &[(&str, &str)] = &[("kamadak-exif", "exif"), ("md-5", "md5")];

/// Every dependency whose name stands in no source of its crate.
pub(super) fn unused(workspace: &Workspace, sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in workspace.packages() {
        let folder = folder(&package.name);
        let texts: Vec<&str> = sources
            .iter()
            .filter(|source| source.path.starts_with(&folder))
            .map(|source| source.text.as_str())
            .collect();
        for dependency in &package.dependencies {
            let package_name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            let library = LIBRARIES.iter().find(|(name, _)| name == package_name);
            let name = library.map_or(package_name.as_str(), |(_, library)| library);
            let name = name.replace('-', "_");
            if !texts.iter().any(|text| names(text, &name)) {
                problems.push(format!("{} does not use {}", package.name, dependency.name));
            }
        }
    }
    problems
}

fn folder(package: &str) -> String {
    match package {
        "xtask" | "stack" => format!("{package}/"),
        "collections-core" => "functions/core/".to_owned(),
        "local-models" => "environments/local/models/".to_owned(),
        function => format!("functions/{function}/"),
    }
}

/// Whether a text holds the name as a word of its own, as a path or a macro would.
fn names(text: &str, name: &str) -> bool {
    let word = |char: Option<char>| char.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !word(before.chars().next_back()) && !word(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(names("use serde_json::json;", "serde_json"));
        assert!(!names("use serde_json::json;", "serde"));
        assert!(!names("", "serde"));
    }
}
