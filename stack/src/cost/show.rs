//! Estimates for people: aligned tables.

use std::fmt;

use super::quantities::Charge;
use super::{Comparison, Estimate, Line, Pair, Total};

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = rows(self.lines.iter())
            .into_iter()
            .map(|row| row.name().len());
        let width = names.chain([16]).max().unwrap_or_default();
        writeln!(
            f,
            "{}: USD a month, prices of {}",
            self.environment, self.prices
        )?;
        writeln!(f, "\n{:width$} {:>9} {:>9}  counted", "", "fixed", "usage")?;
        for stack in self.stacks.iter().filter(|stack| self.has(stack)) {
            sum(f, stack, &stack.of, width)?;
            for row in rows(self.lines.iter().filter(|line| line.stack == stack.of)) {
                let (name, fixed, usage, note) = (row.name(), row.fixed, row.usage, row.note);
                writeln!(f, "{name:width$} {fixed:>9.2} {usage:>9.2}  {note}")?;
            }
        }
        sum(f, &self.total, "total", width)?;
        writeln!(f, "{:width$} {:>19.2}", "together", self.total.usd())?;
        writeln!(f, "\nassumed: {}", self.usage.in_words())?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

impl Estimate {
    fn has(&self, stack: &Total) -> bool {
        self.lines.iter().any(|line| line.stack == stack.of)
    }
}

/// Lines that count the same, as one row.
struct Row<'a> {
    first: &'a str,
    lines: usize,
    fixed: f64,
    usage: f64,
    note: &'a str,
}

impl Row<'_> {
    fn name(&self) -> String {
        match self.lines {
            1 => format!("  {}", self.first),
            many => format!("  {} and {} more", self.first, many - 1),
        }
    }
}

fn rows<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for line in lines {
        match rows.iter_mut().find(|row| row.note == line.note) {
            Some(row) => {
                row.lines += 1;
                row.fixed += line.fixed_usd;
                row.usage += line.usage_usd;
            }
            None => rows.push(Row {
                first: &line.logical_id,
                lines: 1,
                fixed: line.fixed_usd,
                usage: line.usage_usd,
                note: &line.note,
            }),
        }
    }
    rows
}

fn sum(f: &mut fmt::Formatter<'_>, total: &Total, name: &str, width: usize) -> fmt::Result {
    let (fixed, usage) = (total.fixed_usd, total.usage_usd);
    writeln!(f, "{name:width$} {fixed:>9.2} {usage:>9.2}")
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = &self.environments;
        writeln!(
            f,
            "{:16} {one:>9} {other:>9} {:>10}",
            "USD a month", "difference"
        )?;
        for Pair {
            of,
            usd: [one, other],
            difference_usd,
        } in self.stacks.iter().chain([&self.total])
        {
            writeln!(f, "{of:16} {one:>9.2} {other:>9.2} {difference_usd:>+10.2}")?;
        }
        Ok(())
    }
}

/// `730 h of db.t4g.micro at 0.016, 1 secret at 0.4`; a free allowance beside its quantity.
pub(super) fn quantities(charges: &[Charge]) -> String {
    let said =
        charges
            .iter()
            .filter(|charge| charge.quantity > 0.0)
            .map(|Charge { price, quantity }| {
                let free = match price.free {
                    0.0 => String::new(),
                    free => format!(" ({} free)", amount(free)),
                };
                let unit = match *quantity {
                    1.0 => price.unit.trim_end_matches('s'),
                    _ => price.unit,
                };
                let (quantity, usd) = (amount(*quantity), rate(price.usd));
                format!("{quantity} {unit}{free} at {usd}")
            });
    said.collect::<Vec<_>>().join(", ")
}

/// Large numbers whole, small ones with what counts.
fn amount(quantity: f64) -> String {
    match quantity {
        large if large >= 100.0 => format!("{large:.0}"),
        small => trimmed(format!("{small:.3}")),
    }
}

/// Prices of small things are per million of them.
fn rate(usd: f64) -> String {
    match usd {
        tiny if tiny < 0.000_1 => format!("{}/million", trimmed(format!("{:.3}", tiny * 1e6))),
        usd => trimmed(format!("{usd:.4}")),
    }
}

fn trimmed(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
