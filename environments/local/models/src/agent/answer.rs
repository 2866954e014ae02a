//! The words of an answer: quotes of the items that fit, each cited.

use super::items::Item;
use super::terms;

/// How many items an answer cites.
const MOST_CITED: usize = 5;

/// Answers a question from items alone.
pub(super) fn from_items(question: &str, items: &[Item]) -> String {
    if items.is_empty() {
        return "The search found nothing that matches this question.".to_owned();
    }
    let fitting = fitting(question, items);
    if fitting.is_empty() {
        let closest = &items[0];
        return format!(
            "Nothing found speaks of this directly. The closest result is: {}",
            quote(closest)
        );
    }
    let count = match fitting.len() {
        1 => "One item matches".to_owned(),
        many => format!("{many} items match"),
    };
    let quotes: Vec<String> = fitting.into_iter().map(quote).collect();
    format!("{count}: {}", quotes.join(" "))
}

pub(super) fn nothing_to_go_by() -> String {
    "This is the local stand-in for a language model: it describes images, calls a search tool \
     and quotes numbered items, and has no knowledge of its own to answer this from."
        .to_owned()
}

/// The items that share most words with the question, best first, at most five.
fn fitting<'i>(question: &str, items: &'i [Item]) -> Vec<&'i Item> {
    let asked = terms::of(question);
    if asked.is_empty() {
        return items.iter().take(MOST_CITED).collect();
    }
    let mut scored: Vec<(usize, &Item)> = items
        .iter()
        .map(|item| {
            let known = terms::of(&item.all);
            (
                asked.iter().filter(|term| known.contains(term)).count(),
                item,
            )
        })
        .filter(|(shared, _)| *shared > 0)
        .collect();
    scored.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    // An item that shares one word where another shares three is mostly off the point.
    let least = scored.first().map_or(0, |(most, _)| most.div_ceil(2));
    scored.retain(|(shared, _)| *shared >= least);
    scored
        .into_iter()
        .map(|(_, item)| item)
        .take(MOST_CITED)
        .collect()
}

fn quote(item: &Item) -> String {
    let text = item.text.trim_end_matches(['.', ' ']);
    format!("{text} [Item {}].", item.number)
}
