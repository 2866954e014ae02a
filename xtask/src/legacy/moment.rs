//! Moments as old rows tell them: ISO 8601 with or without a zone, SQLite's own form, seconds.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads a moment; without a zone it is UTC.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return of_seconds(seconds);
    }
    let mut whole = text.replacen(' ', "T", 1);
    match whole.get(10..) {
        Some("") => whole.push_str("T00:00:00Z"),
        Some(rest) if !rest.contains(['Z', 'z', '+', '-']) => {
            if rest.len() == 6 {
                whole.push_str(":00");
            }
            whole.push('Z');
        }
        _ => {}
    }
    OffsetDateTime::parse(&whole, &Rfc3339).ok()
}

/// Seconds since 1970; what is too many for that is milliseconds.
pub fn of_seconds(seconds: f64) -> Option<OffsetDateTime> {
    let seconds = if seconds.abs() > 1e11 {
        seconds / 1000.0
    } else {
        seconds
    };
    let micros = seconds * 1e6;
    // Beyond the year 5138, nobody's photograph.
    (micros.is_finite() && micros.abs() < 1e17)
        .then(|| OffsetDateTime::from_unix_timestamp_nanos(micros as i128 * 1000).ok())?
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_forms_that_python_and_sqlite_write_are_one_moment() {
        let expected = time::macros::datetime!(2025-03-04 05:06:07 UTC);
        for text in [
            "2025-03-04T05:06:07Z",
            "2025-03-04 05:06:07",
            "2025-03-04T05:06:07",
            "2025-03-04T07:06:07+02:00",
            "2025-03-04 05:06:07.000000",
            "1741064767",
            "1741064767.0",
            "1741064767000",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        assert!(parse("2025-03-04").is_some());
        assert!(parse("2025-03-04 05:06").is_some());
        for text in [
            "",
            "yesterday",
            "2025-13-04",
            "2025-03-04T25:00:00",
            "NaN",
            "1e300",
            "ä",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
