//! Every stack of every environment against its committed template. To accept a change, run with
//! `UPDATE_GOLDEN=1` and review the difference.

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{all_kinds, environment, render, root};
use stack::naming::{self, STACKS};

#[test]
fn templates_are_what_was_reviewed() {
    let folder = root().join("stack/tests/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wanted = BTreeSet::new();
    let mut stale = Vec::new();
    for name in ["local", "dev", "staging", "prod"] {
        for stack in render(&environment(name)).stacks {
            let file = folder.join(format!("{name}/{}.json", stack.id));
            let text = format!("{:#}\n", stack.template);
            if update {
                fs::create_dir_all(folder.join(name)).expect("create the folder");
                fs::write(&file, &text).expect("write the template");
            }
            if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
                stale.push(file.display().to_string());
            }
            wanted.insert(file);
        }
        let present = fs::read_dir(folder.join(name)).expect("read the folder");
        for file in present.map(|entry| entry.expect("entry").path()) {
            if !wanted.contains(&file) {
                stale.push(format!("{} belongs to no stack", file.display()));
            }
        }
    }
    assert!(
        stale.is_empty(),
        "not as committed (UPDATE_GOLDEN=1 accepts):\n{}",
        stale.join("\n")
    );
}

/// What the engine looks for when a stack is not wanted any more.
#[test]
fn every_stack_of_every_kind_of_environment_is_in_the_table_of_names() {
    for (kind, environment) in all_kinds() {
        let place = |id: &str| STACKS.iter().position(|(known, _)| *known == id);
        for stack in render(&environment).stacks {
            let found = place(stack.id).map(|at| naming::stack(STACKS[at].1, &environment));
            assert_eq!(found.as_ref(), Some(&stack.name), "{kind}: {}", stack.id);
            for need in stack.depends_on() {
                assert!(place(need) < place(stack.id), "{need} before {}", stack.id);
            }
        }
    }
}

#[test]
fn a_hundred_renders_give_the_same_bytes() {
    for name in ["local", "dev", "staging", "prod"] {
        let environment = environment(name);
        let bytes = || -> Vec<String> {
            render(&environment)
                .stacks
                .iter()
                .map(|stack| stack.template.to_string())
                .collect()
        };
        let first = bytes();
        assert!((0..100).all(|_| bytes() == first), "{name}");
    }
}
