//! What a collection must keep: each item and image once, images that are what they are called,
//! queries that name what there is.

use std::collections::BTreeSet;
use std::path::Path;

use super::{DataSet, Item, Query, QueryType, format};

/// Everything that is wrong, in words.
pub(super) fn problems(set: &DataSet) -> Vec<String> {
    let mut problems = Vec::new();
    if set.items.is_empty() {
        problems.push("items.json has no items".to_owned());
    }
    let (mut ids, mut files) = (BTreeSet::new(), BTreeSet::new());
    for item in &set.items {
        if !ids.insert(item.item_id) {
            problems.push(format!("{}: its item_id is another item's too", item.file));
        }
        if !files.insert(item.file.as_str()) {
            problems.push(format!("{}: two items have this image", item.file));
        }
        problems.extend(of_item(set, item));
    }
    let mut names = BTreeSet::new();
    for query in &set.queries {
        if !names.insert(query.query_id.as_str()) {
            problems.push(format!(
                "{}: two queries have this query_id",
                query.query_id
            ));
        }
        let known = |expected: &super::Expected| ids.contains(&expected.item_id);
        if !query.expected_items.iter().all(known) {
            problems.push(format!(
                "{}: expects an item that is not there",
                query.query_id
            ));
        }
        problems.extend(of_query(query));
    }
    problems
}

fn of_item(set: &DataSet, item: &Item) -> Option<String> {
    let told = &item.description;
    if told.category.is_empty() || told.summary.is_empty() || told.headline.is_empty() {
        return Some(format!(
            "{}: category, headline and summary must say something",
            item.file
        ));
    }
    if item.source_analyses_count != item.source_analysis_ids.len() {
        return Some(format!(
            "{}: source_analyses_count is another number",
            item.file
        ));
    }
    let ending = Path::new(&item.file).extension()?.to_str()?;
    match set.image(item) {
        Err(error) => Some(error.to_string()),
        Ok(bytes) => match format(&bytes) {
            Some(format) if format.extension() == ending => None,
            Some(format) => Some(format!("{}: is {}", item.file, format.mime_type())),
            None => Some(format!("{}: is no JPEG, PNG, WebP or GIF", item.file)),
        },
    }
}

fn of_query(query: &Query) -> Option<String> {
    let (name, expected) = (&query.query_id, &query.expected_items);
    let fits = match query.query_type {
        QueryType::SingleItem => expected.len() == 1,
        QueryType::MultiItem => expected.len() > 1,
        QueryType::Semantic => !expected.is_empty(),
        QueryType::NoResult => expected.is_empty(),
    };
    let items: BTreeSet<_> = expected.iter().map(|expected| expected.item_id).collect();
    if !fits {
        return Some(format!(
            "{name}: its type does not go with {} items",
            expected.len()
        ));
    }
    if query.expected_count != expected.len() || items.len() != expected.len() {
        return Some(format!(
            "{name}: expected_count is another number, or an item stands twice"
        ));
    }
    if !expected
        .iter()
        .all(|expected| (1..=3).contains(&expected.relevance))
    {
        return Some(format!("{name}: relevance goes from 1 to 3"));
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::super::{DataSet, GOLDEN, QueryType, Split};
    use super::*;

    fn golden() -> DataSet {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../golden");
        DataSet::read(&folder).unwrap()
    }

    #[test]
    fn the_golden_set_is_what_its_page_says() {
        let set = golden();
        assert_eq!(set.items.len(), GOLDEN.1);
        let mut categories = BTreeMap::<&str, usize>::new();
        let mut formats = BTreeSet::new();
        for item in &set.items {
            let told = &item.description;
            *categories.entry(told.category.as_str()).or_default() += 1;
            formats.insert(format(&set.image(item).unwrap()).unwrap().extension());
            assert!(told.headline.chars().count() <= 140, "{}", item.file);
            assert!((2..=3).contains(&told.subcategories.len()), "{}", item.file);
            assert!(
                !told.image_details.extracted_text.is_empty(),
                "{}",
                item.file
            );
        }
        let counted: Vec<_> = categories.into_iter().collect();
        let expected = [
            ("Food", 3),
            ("Notes", 3),
            ("Places", 2),
            ("Shopping", 2),
            ("Travel", 45),
        ];
        assert_eq!(counted, expected);
        assert_eq!(
            formats.into_iter().collect::<Vec<_>>(),
            ["gif", "jpg", "png", "webp"]
        );
    }

    #[test]
    fn its_queries_are_of_all_kinds_in_both_halves_and_use_all_grades() {
        let set = golden();
        let count = |kind: QueryType, split: Split| {
            let of = |query: &&Query| query.query_type == kind && query.split == split;
            set.queries.iter().filter(of).count()
        };
        for (kind, tune, held_out) in [
            (QueryType::SingleItem, 8, 7),
            (QueryType::MultiItem, 7, 8),
            (QueryType::Semantic, 6, 6),
            (QueryType::NoResult, 4, 4),
        ] {
            assert_eq!(
                (count(kind, Split::Tune), count(kind, Split::HeldOut)),
                (tune, held_out),
                "{kind:?}"
            );
        }
        let grades: BTreeSet<u8> = set
            .queries
            .iter()
            .flat_map(|query| {
                query
                    .expected_items
                    .iter()
                    .map(|expected| expected.relevance)
            })
            .collect();
        assert_eq!(grades.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_set_that_contradicts_itself_is_told_where() {
        let mut set = golden();
        set.items[1].item_id = set.items[0].item_id;
        set.items[2].file = "missing.png".to_owned();
        set.items[3].file = set.items[0].file.replace(".jpg", ".png");
        set.queries[0].expected_items[0].relevance = 4;
        set.queries[1].expected_items.clear();
        let said = problems(&set).join("\n");
        for words in [
            "another item's too",
            "missing.png",
            "relevance",
            "does not go with 0",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}
