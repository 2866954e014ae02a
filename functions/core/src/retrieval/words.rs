//! What a user typed, as a query of PostgreSQL's `websearch_to_tsquery`, which takes any text.

/// Words joined by `or`; or the text itself, where it uses the search syntax (quotes, minus).
pub fn tsquery(text: &str) -> String {
    let excluded = |word: &str| {
        word.strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    };
    if text.contains('"') || text.split_whitespace().any(excluded) {
        return text.replace('\0', " ");
    }
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '-' {
            c
        } else {
            ' '
        }
    };
    let stripped: String = text.chars().map(plain).collect();
    let words = stripped
        .split_whitespace()
        .map(|word| word.trim_matches('-'));
    // `or` itself would be taken for the operator.
    let words =
        words.filter(|word| word.chars().nth(1).is_some() && !word.eq_ignore_ascii_case("or"));
    words.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::tsquery;

    #[test]
    fn words_are_joined_and_noise_is_dropped() {
        assert_eq!(
            tsquery("mid-century chair & a lamp!"),
            "mid-century or chair or lamp"
        );
        assert_eq!(tsquery("'; DROP TABLE items; --"), "DROP or TABLE or items");
        assert_eq!(tsquery("to be or not"), "to or be or not");
        assert_eq!(tsquery("\"golden gate\" bridge"), "\"golden gate\" bridge");
        assert_eq!(tsquery("beach -hotel"), "beach -hotel");
        assert_eq!(tsquery("? !"), "");
    }
}
