//! Which revision of the source a build is of; the api's `/version` tells it.

use std::path::Path;
use std::process::Command;

/// What the compiler is told, by variable. Nothing where there is no repository. The time is the
/// commit's, so that the same source gives the same bytes.
pub(super) fn variables(root: &Path) -> Vec<(&'static str, String)> {
    let questions: [&[&str]; 5] = [
        &["rev-parse", "HEAD"],
        &["status", "--porcelain", "--untracked-files=no"],
        &["describe", "--tags"],
        &["branch", "--show-current"],
        &["log", "-1", "--format=%cI"],
    ];
    // All at once: each start of git is time before an edit runs.
    let [sha, changed, tag, branch, time] = std::thread::scope(|threads| {
        let asked = questions.map(|args| threads.spawn(move || git(root, args)));
        asked.map(|answer| answer.join().ok().flatten())
    });
    let Some(sha) = sha else {
        return Vec::new();
    };
    let mark = if changed.is_some() { "-dirty" } else { "" };
    let others = [
        ("GIT_TAG", tag),
        ("GIT_BRANCH", branch),
        ("BUILD_TIMESTAMP", time),
    ];
    let others = others
        .into_iter()
        .filter_map(|(name, it)| Some((name, it?)));
    [("GIT_SHA", format!("{sha}{mark}"))]
        .into_iter()
        .chain(others)
        .collect()
}

/// What git says, unless that is nothing.
fn git(root: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(args).output();
    let output = output.ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{git, variables};

    fn of(root: &Path) -> BTreeMap<&'static str, String> {
        variables(root).into_iter().collect()
    }

    #[test]
    fn a_build_knows_its_commit_and_whether_something_was_changed_since() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert!(of(root).is_empty());
        let file = root.join("a");
        std::fs::write(&file, "1").unwrap();
        git(root, &["init", "--initial-branch", "trunk"]).unwrap();
        git(root, &["add", "a"]);
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let commit = ["commit", "--message", "a", "--no-gpg-sign"];
        git(root, &[who.as_slice(), &commit].concat()).unwrap();
        git(root, &["tag", "v1"]);
        let clean = of(root);
        assert_eq!((&*clean["GIT_BRANCH"], &*clean["GIT_TAG"]), ("trunk", "v1"));
        assert_eq!((clean["GIT_SHA"].len(), clean.clone()), (40, of(root)));
        std::fs::write(&file, "2").unwrap();
        assert_eq!(of(root)["GIT_SHA"], format!("{}-dirty", clean["GIT_SHA"]));
    }
}
