//! A figure on one line: what it is now, over the time, and its course.

use super::figures::{Figure, Unit};

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// As many bars as fit beside the numbers.
const WIDTH: usize = 36;

/// The figure in words.
pub(super) fn line(figure: &Figure, series: &[(i64, f64)]) -> String {
    let values: Vec<f64> = series.iter().map(|(_, value)| *value).collect();
    let last = values.last().copied().unwrap_or_default();
    let largest = values.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = values.iter().sum();
    let mean = sum / values.len().max(1) as f64;
    let say = |value| said(figure.unit, value);
    let over = match figure.unit {
        Unit::Count => format!("{} in all", say(sum)),
        _ => format!("{} on average", say(mean)),
    };
    let numbers = format!("last {}, {over}, most {}", say(last), say(largest));
    format!("{:<15} {numbers:<52} {}", figure.name, course(&values))
}

fn said(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count | Unit::Level => {
            let whole = value.fract().abs() < 0.05;
            if whole {
                format!("{value:.0}")
            } else {
                format!("{value:.1}")
            }
        }
        Unit::Percent => format!("{value:.1} %"),
        Unit::Milliseconds if value >= 1000.0 => format!("{:.1} s", value / 1000.0),
        Unit::Milliseconds => format!("{value:.1} ms"),
        Unit::Seconds => format!("{value:.0} s"),
        Unit::Bytes => format!("{:.1} GiB", value / 1_073_741_824.0),
    }
}

/// The newest values as bars from zero to the largest.
fn course(values: &[f64]) -> String {
    let newest = &values[values.len().saturating_sub(WIDTH)..];
    let largest = newest.iter().copied().fold(0.0, f64::max);
    newest
        .iter()
        .map(|value| {
            let share = if largest > 0.0 { value / largest } else { 0.0 };
            let place = (share * 7.0).round().clamp(0.0, 7.0);
            BARS[place as usize]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{course, line};
    use crate::cloud::metrics::MetricQuery;
    use crate::commands::metrics::figures::{Figure, Unit};

    fn figure(unit: Unit) -> Figure {
        let query = MetricQuery {
            namespace: String::new(),
            metric: String::new(),
            dimensions: Vec::new(),
            statistic: String::new(),
        };
        Figure {
            of: "api".into(),
            name: "errors",
            unit,
            query,
        }
    }

    #[test]
    fn counts_add_up_and_levels_are_averaged() {
        let series = [(0, 1.0), (300, 4.0), (600, 1.0)];
        let counted = line(&figure(Unit::Count), &series);
        assert!(counted.contains("last 1, 6 in all, most 4"), "{counted}");
        let taken = line(&figure(Unit::Milliseconds), &series);
        assert!(
            taken.contains("last 1.0 ms, 2.0 ms on average, most 4.0 ms"),
            "{taken}"
        );
    }

    #[test]
    fn the_course_goes_from_zero_to_the_largest() {
        assert_eq!(course(&[0.0, 4.0, 8.0]), "▁▅█");
        assert_eq!(course(&[0.0, 0.0]), "▁▁");
        assert_eq!(course(&[1.0; 99]).chars().count(), 36);
    }
}
