//! How well items match by their words: the sum over what a query says of how strongly an item says
//! it, times how rare it is among the user's items, by the sum of the same had it all been said.
//!
//! What a query says is its words, and each two of them that follow each other: an item that says
//! them so too is lifted, one that does not loses little. How strongly an item says something is
//! `ts_rank` of that alone, by field, where each repetition adds less. How rare it is, is BM25's
//! inverse document frequency over this user's items. The last word may be half typed: where no
//! item has it, words that begin with it are taken for it. (Items are looked up by such words only
//! where it stands alone; that look-up is the dear one.)
//!
//! All weights come from the tuning half of the golden set, or made no difference there;
//! `docs/BENCHMARKS.md` has the figures.

/// The weights of fields, the least first, as `ts_rank` takes them: tags and moods; what is seen and
/// read in the image; categories; headline and summary.
pub const FIELD_WEIGHTS: [f32; 4] = [0.4, 0.6, 0.8, 1.0];
/// What two words in their order add to what they are worth apart.
pub const PHRASE_WEIGHT: f64 = 0.5;

/// What a user typed, as the statement below takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What is looked for.
    pub(super) wanted: String,
    /// What must be fulfilled besides, as PostgreSQL's `websearch_to_tsquery` takes it; empty where
    /// the search syntax (quotes, minus) was not used.
    pub(super) syntax: String,
}

impl Words {
    /// Reads any text.
    pub(super) fn of(text: &str) -> Self {
        let excluded = |word: &&str| {
            word.strip_prefix('-')
                .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
        };
        let uses_syntax = text.contains('"') || text.split_whitespace().any(|word| excluded(&word));
        let plain = |c: char| {
            if c.is_alphanumeric() || c == '-' {
                c
            } else {
                ' '
            }
        };
        let kept = text.split_whitespace().filter(|word| !excluded(word));
        let stripped: String = kept
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .map(plain)
            .collect();
        let words = stripped
            .split_whitespace()
            .map(|word| word.trim_matches('-'));
        let words = words.filter(|word| !word.is_empty());
        Self {
            wanted: words.collect::<Vec<_>>().join(" "),
            syntax: match uses_syntax {
                true => text.replace('\0', " "),
                false => String::new(),
            },
        }
    }
}

/// `matched (item_id, score)`: the items of user `$1` that say something of `$2`, fulfil `$3` and are
/// of category `$4`, with scores from 0 to 1. `$5` are the weights of fields, `$6` that of phrases.
///
/// The 40 first words count; a longer query costs time and gains nothing. Single characters keep the
/// words beside them apart, and are not looked for.
///
/// `matched!(reading every row)` compares with each of the user's items; `matched!(by index)` leaves
/// it to the planner whether to ask the index over the words of all users' items first.
macro_rules! matched {
    (by index) => {
        matched!("a.search_vector @@ (SELECT query FROM anything)")
    };
    // As an expression it fits no index.
    (reading every row) => {
        matched!("(a.search_vector @@ (SELECT query FROM anything)) IS TRUE")
    };
    ($says:literal) => {
        concat!("words AS (
             SELECT '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''' AS word,
                    position
             FROM unnest(to_tsvector('english', $2)) AS found (lexeme, positions, weights),
                  unnest(positions) AS position
             WHERE length(lexeme) > 1
             ORDER BY position LIMIT 40),
         followed AS (
             SELECT word, position, lag(word) OVER (ORDER BY position) AS earlier,
                    position - lag(position) OVER (ORDER BY position) AS gap FROM words),
         said AS (
             SELECT DISTINCT word AS name, 1 AS choice, word::tsquery AS query,
                    1.0::float8 AS weight FROM words
             UNION ALL
             (SELECT word, 2, (word || ':*')::tsquery, 1.0 FROM words
              WHERE length(word) > 5 ORDER BY position DESC LIMIT 1)
             UNION ALL
             SELECT DISTINCT earlier || gap || word, 3,
                    tsquery_phrase(earlier::tsquery, word::tsquery, gap), $6::float8
             FROM followed WHERE gap BETWEEN 1 AND 4),
         anything AS (
             SELECT string_agg(query::text, ' | ')::tsquery AS query FROM said
             WHERE choice = 1 OR (choice = 2 AND (SELECT count(*) FROM words) = 1)),
         candidates AS MATERIALIZED (
             SELECT a.item_id, a.search_vector FROM analyses a
             WHERE a.user_id = $1 AND ", $says, "
               AND ($3 = '' OR a.search_vector @@ websearch_to_tsquery('english', $3))
               AND ($4::text IS NULL OR a.category = $4)
               AND NOT EXISTS (SELECT 1 FROM analyses later WHERE later.user_id = $1
                   AND later.item_id = a.item_id AND later.version > a.version)),
         hits AS MATERIALIZED (
             SELECT said.name, said.choice, candidates.item_id,
                    ts_rank($5::float4[], candidates.search_vector, said.query) AS strength
             FROM candidates JOIN said ON candidates.search_vector @@ said.query),
         counted AS (
             SELECT said.name, said.choice, said.weight, count(hits.item_id) AS holders
             FROM said LEFT JOIN hits ON hits.name = said.name AND hits.choice = said.choice
             GROUP BY said.name, said.choice, said.weight),
         weighed AS (
             SELECT DISTINCT ON (name) name, choice,
                    weight * ln(1 + (items.many - holders + 0.5) / (holders + 0.5)) AS weight
             FROM counted,
                  (SELECT count(*) AS many FROM analyses WHERE user_id = $1) AS items
             ORDER BY name, holders = 0, choice),
         matched AS (
             SELECT hits.item_id, (sum(hits.strength * weighed.weight)
                 / (SELECT sum(weight) FROM weighed))::float8 AS score
             FROM hits JOIN weighed ON weighed.name = hits.name AND weighed.choice = hits.choice
             GROUP BY hits.item_id)")
    };
}
pub(super) use matched;

#[cfg(test)]
mod tests {
    use super::Words;

    fn words(text: &str) -> (String, String) {
        let words = Words::of(text);
        (words.wanted, words.syntax)
    }

    #[test]
    fn noise_is_dropped_and_search_syntax_is_kept_apart() {
        for (text, wanted) in [
            ("mid-century chair & a lamp!", "mid-century chair a lamp"),
            ("'; DROP TABLE items; --", "DROP TABLE items"),
            ("to be or not", "to be or not"),
            ("? !", ""),
            ("nul\0byte", "nul byte"),
        ] {
            assert_eq!(words(text), (wanted.to_owned(), String::new()));
        }
        for (text, wanted) in [
            ("\"golden gate\" bridge", "golden gate bridge"),
            ("beach -hotel", "beach"),
            ("-hotel", ""),
        ] {
            assert_eq!(words(text), (wanted.to_owned(), text.to_owned()));
        }
    }
}
