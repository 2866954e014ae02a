//! Drawings for a report, as SVG that stands in the page: no script, nothing from elsewhere.

use std::fmt::Write as _;

use super::estimate::Estimate;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = 740.0;
const ROW: f64 = 22.0;
const TOP: f64 = 8.0;
/// Under the rows: the scale.
const FOOT: f64 = 26.0;

/// A drawing and its heading.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(super) struct Plot {
    pub(super) title: String,
    pub(super) svg: String,
}

/// A scale from the left to the right of a drawing.
#[derive(Clone, Copy)]
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn at(self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }
}

/// A dot for each figure with a line over its interval; figures of shares, from 0 to 1.
pub(super) fn intervals(title: &str, rows: &[(String, Estimate)]) -> Plot {
    let scale = Scale { from: 0.0, to: 1.0 };
    let draw = |svg: &mut String, y: f64, of: &Estimate| {
        let (low, value, high) = (scale.at(of.low), scale.at(of.value), scale.at(of.high));
        line(svg, (low, y), (high, y), "#2b6cb0", 3.0);
        let said = format!("{:.3}, {:.3} to {:.3}", of.value, of.low, of.high);
        let _ = write!(
            svg,
            "<circle cx=\"{value:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#1a365d\"><title>{said}</title></circle>"
        );
    };
    drawing(title, scale, rows, draw)
}

/// A bar for each value, from 0.
pub(super) fn bars(title: &str, rows: &[(String, f64)]) -> Plot {
    let most = rows.iter().map(|row| row.1).fold(1.0, f64::max);
    let scale = Scale {
        from: 0.0,
        to: most,
    };
    drawing(title, scale, rows, |svg, y, value| {
        bar(svg, y, scale, *value, "#2b6cb0");
    })
}

/// A bar for each difference, to the left or the right of nothing; what does not differ is left out.
pub(super) fn differences(title: &str, rows: &[(String, f64)]) -> Plot {
    let scale = Scale {
        from: -1.0,
        to: 1.0,
    };
    let mut rows: Vec<_> = rows.iter().filter(|row| row.1 != 0.0).cloned().collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    drawing(title, scale, &rows, |svg, y, value| {
        let colour = if *value > 0.0 { "#16643a" } else { "#a1160a" };
        bar(svg, y, scale, *value, colour);
    })
}

fn drawing<T>(
    title: &str,
    scale: Scale,
    rows: &[(String, T)],
    draw: impl Fn(&mut String, f64, &T),
) -> Plot {
    let bottom = TOP + rows.len() as f64 * ROW;
    let height = bottom + FOOT;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{}\">",
        escaped(title)
    );
    for quarter in 0..=4 {
        let value = scale.from + (scale.to - scale.from) * f64::from(quarter) / 4.0;
        let x = scale.at(value);
        line(&mut svg, (x, TOP), (x, bottom), "#ddd", 1.0);
        text(&mut svg, (x, bottom + 16.0), "middle", &short(value));
    }
    for ((label, value), at) in rows.iter().zip(0..) {
        let y = TOP + (f64::from(at) + 0.5) * ROW;
        text(&mut svg, (LEFT - 10.0, y + 4.0), "end", label);
        draw(&mut svg, y, value);
    }
    svg.push_str("</svg>");
    Plot {
        title: title.to_owned(),
        svg,
    }
}

fn bar(svg: &mut String, y: f64, scale: Scale, value: f64, colour: &str) {
    let (zero, end) = (scale.at(0.0), scale.at(value));
    let (x, width) = (zero.min(end), (end - zero).abs());
    let (top, height, said) = (y - ROW * 0.3, ROW * 0.6, short(value));
    let _ = write!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
         fill=\"{colour}\"><title>{said}</title></rect>"
    );
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
    let _ = write!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" \
         stroke-width=\"{width}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, at: (f64, f64), anchor: &str, words: &str) {
    let words = escaped(words);
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{words}</text>",
        at.0, at.1
    );
}

/// A number as it stands at a scale.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Estimate, bars, differences, intervals};

    #[test]
    fn what_is_drawn_stands_where_it_belongs() {
        let estimate = Estimate {
            value: 0.5,
            low: 0.25,
            high: 1.0,
            queries: 4,
        };
        let plot = intervals("NDCG", &[("hybrid".to_owned(), estimate)]);
        // Half of the way from 230 to 740, a quarter of it, and its end.
        for part in [
            "cx=\"485.0\"",
            "x1=\"357.5\"",
            "x2=\"740.0\"",
            "0.500, 0.250 to 1.000",
        ] {
            assert!(plot.svg.contains(part), "{part}: {}", plot.svg);
        }
        let plot = bars("ms", &[("p50".to_owned(), 4.0), ("p95".to_owned(), 8.0)]);
        assert!(plot.svg.contains("width=\"255.0\"") && plot.svg.contains("width=\"510.0\""));
    }

    #[test]
    fn what_does_not_differ_is_left_out_and_names_are_escaped() {
        let rows = [("same".to_owned(), 0.0), ("<q&1>".to_owned(), -0.5)];
        let plot = differences("by \"query\"", &rows);
        assert!(!plot.svg.contains("same"), "{}", plot.svg);
        assert!(plot.svg.contains("&lt;q&amp;1&gt;") && plot.svg.contains("&quot;query&quot;"));
        assert!(plot.svg.contains("x=\"357.5\"") && plot.svg.contains("width=\"127.5\""));
    }
}
