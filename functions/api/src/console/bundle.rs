//! Joins the console's modules into one script: one request instead of one for each.
//!
//! Each module becomes a function of its own, so names do not meet. It knows the forms of `import`
//! and `export` that `web/` uses, and a test fails on any other.

use std::fmt::Write;

/// The modules as one script; each stands after those it imports.
pub(super) fn bundle(modules: &[(&str, &str)]) -> String {
    let mut script = String::from("\"use strict\";\n");
    for (name, text) in modules {
        let (body, exports) = module(text);
        let exports = exports.join(", ");
        // Writing to a String does not fail.
        let _ = writeln!(
            script,
            "const {} = (() => {{\n{body}return {{ {exports} }};\n}})();",
            variable(name)
        );
    }
    script
}

/// `./sign_in.js` → `$sign_in`.
fn variable(file: &str) -> String {
    format!("${}", file.trim_start_matches("./").trim_end_matches(".js"))
}

/// The text without its imports and exports, and the names it exports.
fn module(text: &str) -> (String, Vec<&str>) {
    let mut body = String::with_capacity(text.len());
    let mut exports = Vec::new();
    for line in text.lines() {
        let line = match line.strip_prefix("export ") {
            Some(declaration) => {
                exports.extend(declared(declaration));
                declaration
            }
            None => line,
        };
        match import(line) {
            Some(line) => body.push_str(&line),
            None => body.push_str(line),
        }
        body.push('\n');
    }
    (body, exports)
}

/// `async function name(…` → `name`.
fn declared(declaration: &str) -> Option<&str> {
    let mut words = declaration.split(|char: char| !(char.is_alphanumeric() || char == '_'));
    words.find(|word| !matches!(*word, "async" | "function" | "class" | "const" | ""))
}

/// `import { a, b } from "./x.js";` and `import * as x from "./x.js";`
fn import(line: &str) -> Option<String> {
    let (names, from) = line.strip_prefix("import ")?.split_once(" from ")?;
    let names = names.strip_prefix("* as ").unwrap_or(names);
    let file = from.trim_end_matches(';').trim_matches('"');
    Some(format!("const {names} = {};", variable(file)))
}

#[cfg(test)]
mod tests {
    use super::bundle;

    #[test]
    fn modules_become_functions_that_share_no_names() {
        let one = "import { b, c } from \"./two.js\";\nimport * as three from \"./three.js\";\nconst x = 1;\nexport async function a() {}\n";
        let script = bundle(&[("one.js", one)]);
        let expected = "\"use strict\";\nconst $one = (() => {\nconst { b, c } = $two;\nconst three = $three;\nconst x = 1;\nasync function a() {}\nreturn { a };\n})();\n";
        assert_eq!(script, expected);
    }
}
