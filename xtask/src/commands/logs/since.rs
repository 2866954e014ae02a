//! A moment in the past, as people say it.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment: so long ago, or at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Since {
    Ago(Duration),
    At(SystemTime),
}

impl Since {
    /// The moment, in milliseconds of the epoch.
    pub(in crate::commands) fn before(self, now: SystemTime) -> i64 {
        milliseconds(match self {
            Self::Ago(time) => now.checked_sub(time).unwrap_or(UNIX_EPOCH),
            Self::At(time) => time,
        })
    }
}

/// Milliseconds of the epoch.
pub(in crate::commands) fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
            return Ok(Self::At(time.into()));
        }
        let seconds = |unit: &str| match unit {
            "s" => Some(1),
            "m" => Some(60),
            "h" => Some(3600),
            "d" => Some(86_400),
            _ => None,
        };
        let ago = text.split_at_checked(text.len().saturating_sub(1));
        let ago = ago.and_then(|(number, unit)| {
            let number: u64 = number.parse().ok()?;
            number.checked_mul(seconds(unit)?)
        });
        ago.map(|ago| Self::Ago(Duration::from_secs(ago)))
            .ok_or_else(|| "say 90s, 10m, 2h, 3d, or a time such as 2026-11-21T10:00:00Z".into())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::Since;

    #[test]
    fn times_are_read_as_people_say_them() {
        let now = UNIX_EPOCH + Duration::from_secs(100_000);
        let cases = [
            ("90s", 99_910_000),
            ("10m", 99_400_000),
            ("2h", 92_800_000),
            ("1d", 13_600_000),
            ("99d", 0),
            ("1970-01-01T00:00:07Z", 7_000),
        ];
        for (text, expected) in cases {
            let since: Since = text.parse().unwrap();
            assert_eq!(since.before(now), expected, "{text}");
        }
        for text in [
            "",
            "m",
            "1",
            "1w",
            "-1h",
            "ö",
            "99999999999999999999d",
            "now",
        ] {
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
    }
}
