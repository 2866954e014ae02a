//! The Dockerfile: rendered from its template, and read by the tool where no engine does.

use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, context};

use crate::error::{Doing as _, Error, Kind, Result};

const TEMPLATE: &str = "templates/images/Dockerfile.j2";

/// The Dockerfile of a function.
pub(super) fn render(root: &Path, function: &str, purpose: &str, base: &str) -> Result<String> {
    let path = root.join(TEMPLATE);
    let text =
        std::fs::read_to_string(&path).doing_as(Kind::Input, format!("read {}", path.display()))?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let rendered = environment
        .render_named_str(TEMPLATE, &text, context! { function, purpose, base })
        .doing_as(Kind::Input, format!("render {TEMPLATE}"))?;
    Ok(format!("{}\n", rendered.trim_end()))
}

/// An instruction that the tool carries out by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    From(String),
    Copy { from: String, to: String },
    Env(Vec<(String, String)>),
    Label(Vec<(String, String)>),
    Workdir(String),
    Entrypoint(Vec<String>),
    Cmd(Vec<String>),
}

/// Reads a Dockerfile, or says which line of it needs an engine.
pub(super) fn read(text: &str) -> Result<Vec<Instruction>> {
    let mut instructions = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let instruction = parse(line).ok_or_else(|| {
            Error::machine(format!(
                "line {number} of the Dockerfile needs a Docker Engine, and none answers: {line}"
            ))
            .hint(format!("without an engine {TEMPLATE} may hold FROM, COPY of one file, ENV, LABEL, WORKDIR, ENTRYPOINT and CMD as JSON"))
            .hint("start one, or name its address in DOCKER_HOST")
        })?;
        instructions.push(instruction);
    }
    Ok(instructions)
}

fn parse(line: &str) -> Option<Instruction> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    // A value that goes on in the next line, or that the builder would fill in.
    if rest.ends_with('\\') || rest.contains('$') {
        return None;
    }
    match name.to_ascii_uppercase().as_str() {
        "FROM" => plain::<1>(rest).map(|[base]| Instruction::From(base)),
        "COPY" => plain::<2>(rest).map(|[from, to]| Instruction::Copy { from, to }),
        "WORKDIR" => plain::<1>(rest).map(|[path]| Instruction::Workdir(path)),
        "ENV" => pairs(rest).map(Instruction::Env),
        "LABEL" => pairs(rest).map(Instruction::Label),
        "ENTRYPOINT" => serde_json::from_str(rest).ok().map(Instruction::Entrypoint),
        "CMD" => serde_json::from_str(rest).ok().map(Instruction::Cmd),
        _ => None,
    }
}

/// Exactly so many words, none of them an option or a pattern.
fn plain<const N: usize>(text: &str) -> Option<[String; N]> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let special = |word: &String| word.starts_with("--") || word.contains(['*', '?', '[', '"']);
    if words.iter().any(special) {
        return None;
    }
    words.try_into().ok()
}

/// `name=value name="value with spaces"`.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if name.contains(char::is_whitespace) || value.contains(['\\', '\'']) {
            return None;
        }
        pairs.push((name.to_owned(), value.to_owned()));
        rest = next.trim_start();
    }
    (!pairs.is_empty()).then_some(pairs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{Instruction, read, render};

    fn rendered() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let base = format!("public.ecr.aws/lambda/provided@sha256:{}", "ab".repeat(32));
        render(&root, "cleanup", "Counts what expired.", &base).unwrap()
    }

    #[test]
    fn the_template_renders_to_the_reviewed_dockerfile() {
        insta::assert_snapshot!(rendered(), @r#"
        # cleanup: Counts what expired.
        FROM public.ecr.aws/lambda/provided@sha256:abababababababababababababababababababababababababababababababab
        LABEL org.opencontainers.image.title="cleanup"
        COPY bootstrap /var/runtime/bootstrap
        # The function itself speaks to Lambda: no shell of the base stands in between.
        ENTRYPOINT ["/var/runtime/bootstrap"]
        "#);
    }

    #[test]
    fn templates_that_name_what_they_do_not_get_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("templates/images");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("Dockerfile.j2"), "FROM {{ nothing }}\n").unwrap();
        let error = render(root.path(), "a", "b", "c").unwrap_err();
        assert!(error.message().contains("Dockerfile.j2"), "{error}");
    }

    #[test]
    fn the_tool_can_carry_out_the_template_by_itself() {
        let instructions = read(&rendered()).unwrap();
        let to = "/var/runtime/bootstrap".to_owned();
        assert_eq!(instructions[3], Instruction::Entrypoint(vec![to.clone()]));
        let from = "bootstrap".to_owned();
        assert_eq!(instructions[2], Instruction::Copy { from, to });
    }

    #[test]
    fn what_only_an_engine_can_do_is_named_with_its_line() {
        for line in [
            "RUN dnf install -y libwebp",
            "COPY --chmod=0755 a /b",
            "COPY *.so /lib/",
            "COPY a b /c/",
            "ENTRYPOINT /var/runtime/bootstrap",
            "ENV PATH=$PATH:/opt",
            "LABEL a=b \\",
            "FROM base AS first",
            "USER nobody",
            "EXPOSE 80",
        ] {
            let error = read(&format!("FROM base\n{line}\n")).unwrap_err();
            assert!(error.message().starts_with("line 2 "), "{error}");
            assert!(error.message().contains(line), "{error}");
        }
    }

    #[test]
    fn pairs_are_read_with_and_without_quotes() {
        let [Instruction::Env(pairs)] = &read("ENV A=1 B=\"two words\"").unwrap()[..] else {
            panic!("no pairs")
        };
        let expected = [("A", "1"), ("B", "two words")];
        assert_eq!(*pairs, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
