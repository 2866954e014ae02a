//! Finds the numbered items in what a search returned or a prompt lists.

use serde_json::Value;

/// One item to cite.
#[derive(Debug, PartialEq)]
pub(super) struct Item {
    pub(super) number: usize,
    /// What to quote.
    pub(super) text: String,
    /// All that is known of it, for telling whether it fits.
    pub(super) all: String,
}

/// Under these names searches return their results, and items their texts.
const LISTS: [&str; 6] = [
    "results",
    "items",
    "search_results",
    "documents",
    "matches",
    "data",
];
const QUOTED: [&str; 8] = [
    "headline", "summary", "title", "content", "text", "snippet", "filename", "category",
];

/// The items of all results. Numbers that would repeat go on counting instead.
pub(super) fn in_results(results: &[&str]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for result in results {
        let found = match serde_json::from_str::<Value>(result) {
            Ok(value) => in_json(&value),
            Err(_) => in_text(result),
        };
        for mut item in found {
            if items.iter().any(|known| known.number == item.number) {
                item.number = items.iter().map(|known| known.number).max().unwrap_or(0) + 1;
            }
            items.push(item);
        }
    }
    items
}

fn in_json(value: &Value) -> Vec<Item> {
    match value {
        Value::Array(entries) => {
            let numbered = entries.iter().enumerate();
            numbered
                .filter_map(|(at, entry)| item(at + 1, entry))
                .collect()
        }
        // A list, or what wraps one.
        Value::Object(fields) => LISTS
            .iter()
            .filter_map(|name| fields.get(*name))
            .map(in_json)
            .find(|items| !items.is_empty())
            .unwrap_or_default(),
        Value::String(text) => in_text(text),
        _ => Vec::new(),
    }
}

fn item(position: usize, entry: &Value) -> Option<Item> {
    if let Value::String(text) = entry {
        return Some(Item {
            number: position,
            text: one_line(text),
            all: text.clone(),
        });
    }
    let quoted = QUOTED
        .iter()
        .filter_map(|name| entry[*name].as_str())
        .find(|text| !text.trim().is_empty())?;
    let number = ["number", "rank", "index"]
        .iter()
        .find_map(|name| entry[*name].as_u64())
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number > 0);
    Some(Item {
        number: number.unwrap_or(position),
        text: one_line(quoted),
        all: entry.to_string(),
    })
}

/// Items that begin with `[Item 3]`, `Item 3:` or `3.` on a line of their own.
pub(super) fn in_text(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some((number, rest)) = heading(line) {
            items.push(Item {
                number,
                text: one_line(rest),
                all: rest.to_owned(),
            });
            open = true;
        } else if line.trim().is_empty() || is_question_line(line) {
            open = false;
        } else if let Some(item) = items.last_mut().filter(|_| open) {
            if item.text.is_empty() {
                item.text = one_line(line);
            }
            item.all.push(' ');
            item.all.push_str(line);
        }
    }
    items.retain(|item| !item.text.is_empty());
    items
}

/// The question of a prompt that lists items: the line that says so, else its last free line.
pub(super) fn question_beside(prompt: &str) -> String {
    let labelled = prompt.lines().rev().find_map(question_of);
    if let Some(question) = labelled {
        return question.trim().to_owned();
    }
    let mut in_item = false;
    let mut last = "";
    for line in prompt.lines() {
        if heading(line).is_some() {
            in_item = true;
        } else if line.trim().is_empty() {
            in_item = false;
        } else if !in_item {
            last = line;
        }
    }
    last.trim().to_owned()
}

fn is_question_line(line: &str) -> bool {
    question_of(line).is_some()
}

fn question_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['#', '*', ' ']);
    let (label, question) = line.split_once(':')?;
    let label = label.trim_end_matches('*').to_lowercase();
    let names = ["question", "query", "user question", "user query"];
    let asked = question.trim_start_matches('*').trim();
    (names.contains(&label.as_str()) && !asked.is_empty()).then_some(asked)
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start_matches(['#', '*', '-', ' ']);
    let named = line
        .strip_prefix("[Item ")
        .or_else(|| line.strip_prefix("Item "));
    let numbered = named.unwrap_or(line);
    let digits = numbered.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = numbered.split_at(digits);
    let ends = |mark: char| matches!(mark, ']' | ':' | '.' | ')');
    let alone = named.is_some() && rest.is_empty();
    if !rest.starts_with(ends) && !alone {
        return None;
    }
    let text = rest.trim_start_matches(|mark| ends(mark) || matches!(mark, '*' | ' ' | '-'));
    // A longer number at the start of a line is a year or an amount.
    let number = number.parse().ok().filter(|number| *number < 1000)?;
    Some((number, text))
}

fn one_line(text: &str) -> String {
    const LONGEST: usize = 240;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(items: &[Item]) -> Vec<(usize, &str)> {
        items
            .iter()
            .map(|item| (item.number, item.text.as_str()))
            .collect()
    }

    #[test]
    fn json_results_keep_their_ranks() {
        let result = r#"{"results":[{"rank":4,"headline":"Boat"},{"rank":7,"summary":"Tea"}]}"#;
        assert_eq!(numbers(&in_results(&[result])), [(4, "Boat"), (7, "Tea")]);
    }

    #[test]
    fn a_list_may_be_wrapped_and_its_numbers_need_not_be_ranks() {
        let result =
            r#"{"note":"data","data":{"results":[{"rank":1,"number":5,"headline":"Boat"}]}}"#;
        assert_eq!(numbers(&in_results(&[result])), [(5, "Boat")]);
    }

    #[test]
    fn numbers_of_two_results_do_not_repeat() {
        let result = r#"[{"headline":"Boat"},{"headline":"Tea"}]"#;
        let items = in_results(&[result, r#"["Lake"]"#]);
        assert_eq!(numbers(&items), [(1, "Boat"), (2, "Tea"), (3, "Lake")]);
    }

    #[test]
    fn listed_items_are_found_however_they_are_numbered() {
        let text = "[Item 1] Boat\n  on a lake\n\n**Item 2:** Tea\n3. Pizza\n4) Ramen";
        let items = in_text(text);
        assert_eq!(
            numbers(&items),
            [(1, "Boat"), (2, "Tea"), (3, "Pizza"), (4, "Ramen")]
        );
        assert_eq!(items[0].all, "Boat   on a lake");
    }

    #[test]
    fn a_heading_may_stand_above_its_text() {
        assert_eq!(
            numbers(&in_text("[Item 2]\nHeadline: Boat")),
            [(2, "Headline: Boat")]
        );
    }

    #[test]
    fn sentences_and_years_are_no_items() {
        assert!(in_text("2024 was warm.\nItems 3 of 4\nItemised").is_empty());
    }

    #[test]
    fn a_prompt_tells_its_question() {
        assert_eq!(
            question_beside("Items:\n1. Boat\n\nQuestion: Which boat?"),
            "Which boat?"
        );
        assert_eq!(question_beside("1. Boat\n\nWhich boat?\n"), "Which boat?");
    }
}
