//! Schedule expressions of EventBridge: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`. The schema's
//! pattern takes any text in the parentheses, and the service takes a bad one only to stop.

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One field of a cron expression.
struct Field {
    from: u32,
    to: u32,
    /// Words for numbers, counted from `from`.
    words: &'static [&'static str],
}

const fn field(from: u32, to: u32, words: &'static [&'static str]) -> Field {
    Field { from, to, words }
}

const MINUTE: Field = field(0, 59, &[]);
const HOUR: Field = field(0, 23, &[]);
const DAY_OF_MONTH: Field = field(1, 31, &[]);
const MONTH: Field = field(1, 12, MONTHS);
const DAY_OF_WEEK: Field = field(1, 7, DAYS);
const YEAR: Field = field(1970, 2199, &[]);

/// Whether EventBridge takes the expression.
pub(super) fn is_schedule(text: &str) -> bool {
    let inside = |name: &str| {
        text.strip_prefix(name)?
            .strip_prefix('(')?
            .strip_suffix(')')
    };
    match (inside("rate"), inside("cron")) {
        (Some(rate), _) => is_rate(rate),
        (_, Some(cron)) => is_cron(cron),
        _ => false,
    }
}

fn is_rate(text: &str) -> bool {
    let Some((count, unit)) = text.split_once(' ') else {
        return false;
    };
    match count.parse::<u32>() {
        Ok(1) => matches!(unit, "minute" | "hour" | "day"),
        Ok(2..) => matches!(unit, "minutes" | "hours" | "days"),
        _ => false,
    }
}

fn is_cron(text: &str) -> bool {
    let fields: Vec<&str> = text.split(' ').collect();
    let [minute, hour, day, month, weekday, year] = fields[..] else {
        return false;
    };
    // One of the two days must be left open, and only one.
    (day == "?") != (weekday == "?")
        && MINUTE.takes(minute)
        && HOUR.takes(hour)
        && (day == "?" || is_day_of_month(day))
        && MONTH.takes(month)
        && (weekday == "?" || is_day_of_week(weekday))
        && YEAR.takes(year)
}

/// `L` is the last day, `15W` the working day nearest to the fifteenth.
fn is_day_of_month(text: &str) -> bool {
    let working = text.strip_suffix('W');
    matches!(text, "L" | "LW")
        || working.is_some_and(|day| DAY_OF_MONTH.value(day).is_some())
        || DAY_OF_MONTH.takes(text)
}

/// `6L` is the last Friday, `3#2` the second Tuesday.
fn is_day_of_week(text: &str) -> bool {
    let last = text.strip_suffix('L');
    let nth = text.split_once('#');
    text == "L"
        || last.is_some_and(|day| DAY_OF_WEEK.value(day).is_some())
        || nth.is_some_and(|(day, number)| {
            DAY_OF_WEEK.value(day).is_some() && matches!(number, "1" | "2" | "3" | "4" | "5")
        })
        || DAY_OF_WEEK.takes(text)
}

impl Field {
    /// A list of values, ranges and steps.
    fn takes(&self, text: &str) -> bool {
        text.split(',').all(|part| {
            let (range, step) = part
                .split_once('/')
                .map_or((part, None), |(r, s)| (r, Some(s)));
            let stepped = step.is_none_or(|step| {
                step.parse::<u32>()
                    .is_ok_and(|step| (1..=self.to).contains(&step))
            });
            stepped && self.is_range(range)
        })
    }

    fn is_range(&self, text: &str) -> bool {
        match text.split_once('-') {
            _ if text == "*" => true,
            Some((from, to)) => self.value(from).is_some() && self.value(to).is_some(),
            None => self.value(text).is_some(),
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.words.iter().zip(self.from..);
        let named = named
            .filter(|(word, _)| **word == text)
            .map(|(_, value)| value);
        let value = named.chain(text.parse()).next()?;
        (self.from..=self.to).contains(&value).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::is_schedule;

    #[test]
    fn what_eventbridge_takes_is_taken() {
        for good in [
            "rate(1 hour)",
            "rate(5 minutes)",
            "cron(0 10 * * ? *)",
            "cron(15 12 ? * MON-FRI *)",
            "cron(0/15 8,18 ? JAN-MAR 2-6 2026-2030)",
            "cron(0 8 1 * ? *)",
            "cron(0 8 L * ? *)",
            "cron(0 8 15W * ? *)",
            "cron(0 8 ? * 6L *)",
            "cron(0 8 ? * TUE#2 *)",
        ] {
            assert!(is_schedule(good), "{good}");
        }
    }

    #[test]
    fn what_it_refuses_is_refused() {
        for bad in [
            "",
            "1 hour",
            "rate()",
            "rate(1 hours)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(-5 minutes)",
            "rate(5 weeks)",
            "rate(1 hour",
            "cron(0 10 * * ?)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(60 10 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 10 32 * ? *)",
            "cron(0 10 ? * FUNDAY *)",
            "cron(0 10 ? 13 MON *)",
            "cron(0/0 10 * * ? *)",
            "cron(0 10 * * ? 1969)",
            "cron(0 8 ? * TUE#6 *)",
            "cron(every day at eight or so)",
        ] {
            assert!(!is_schedule(bad), "{bad}");
        }
    }
}
