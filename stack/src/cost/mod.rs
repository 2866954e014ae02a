//! What an environment costs in a month, worked out from its rendered templates: what it costs
//! standing still, and what use adds under stated assumptions.

mod prices;
mod quantities;
mod show;
mod usage;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::App;
use crate::environment::Environment;
use quantities::{Charge, Setting};

pub use prices::{AS_OF, REGION};
pub use usage::Usage;

/// A month of one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The environment.
    pub environment: String,
    /// When and where the prices hold.
    pub prices: String,
    /// One for each resource that costs anything.
    pub lines: Vec<Line>,
    /// By stack, in the order of the deploy.
    pub stacks: Vec<Total>,
    /// All together.
    pub total: Total,
    /// The use it assumes.
    pub usage: Usage,
    /// What a reader must know besides.
    pub notes: Vec<String>,
}

/// A month of one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The stack's short id.
    pub stack: String,
    /// The resource.
    pub logical_id: String,
    /// However little it is used.
    pub fixed_usd: f64,
    /// With the assumed use.
    pub usage_usd: f64,
    /// Quantities and prices.
    pub note: String,
}

/// A sum.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// Of what: a stack, or the environment.
    pub of: String,
    /// However little it is used.
    pub fixed_usd: f64,
    /// With the assumed use.
    pub usage_usd: f64,
}

/// Two environments beside each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The names of both.
    pub environments: [String; 2],
    /// One for each stack of either.
    pub stacks: Vec<Pair>,
    /// All together.
    pub total: Pair,
}

/// One stack of two environments, fixed and use together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The stack.
    pub of: String,
    /// In the one and the other.
    pub usd: [f64; 2],
    /// How much more the other costs.
    pub difference_usd: f64,
}

impl Total {
    /// Fixed and use together.
    pub fn usd(&self) -> f64 {
        self.fixed_usd + self.usage_usd
    }
}

/// Works out a month. An environment on this machine costs nothing.
pub fn estimate(app: &App, environment: &Environment, usage: &Usage) -> Estimate {
    let mut notes = notes(environment);
    let lines = match environment.is_local() {
        true => Vec::new(),
        false => lines(app, environment, usage, &mut notes),
    };
    let stacks: Vec<Total> = app
        .stacks
        .iter()
        .map(|stack| sum(stack.id, lines.iter().filter(|line| line.stack == stack.id)))
        .collect();
    Estimate {
        environment: environment.name.clone(),
        prices: format!("{REGION}, {AS_OF}"),
        total: sum(&environment.name, lines.iter()),
        lines,
        stacks,
        usage: usage.clone(),
        notes,
    }
}

fn notes(environment: &Environment) -> Vec<String> {
    if environment.is_local() {
        return vec!["local runs on this machine and costs nothing".to_owned()];
    }
    let mut notes = vec![
        "free allowances belong to the account: several environments in one share them".to_owned(),
        "not counted: models and search by their providers, taxes, backups beyond the database's \
         own size, KMS requests"
            .to_owned(),
        "free by themselves: IAM, CloudFormation, standard parameters, gateway endpoints, \
         certificates, budgets without actions, mail from SNS below a thousand"
            .to_owned(),
    ];
    if environment.region != REGION {
        notes.push(format!(
            "{} has prices of its own; these are those of {REGION}",
            environment.region
        ));
    }
    notes
}

fn lines(
    app: &App,
    environment: &Environment,
    usage: &Usage,
    notes: &mut Vec<String>,
) -> Vec<Line> {
    let mut consumed: Vec<(&str, &str, Vec<Charge>)> = Vec::new();
    for stack in &app.stacks {
        let resources = &stack.template["Resources"];
        let setting = Setting {
            environment,
            usage,
            resources,
        };
        for (id, resource) in resources.as_object().into_iter().flatten() {
            let kind = resource["Type"].as_str().unwrap_or_default();
            match setting.charges(kind, &resource["Properties"]) {
                Ok(charges) => consumed.push((stack.id, id, charges)),
                Err(why) => notes.push(format!("{} / {id} is not counted: {why}", stack.id)),
            }
        }
    }
    let paid = paid_shares(consumed.iter().flat_map(|(_, _, charges)| charges));
    let lines = consumed
        .iter()
        .filter(|(_, _, charges)| charges.iter().any(|charge| charge.quantity > 0.0))
        .map(|(stack, id, charges)| line(stack, id, charges, &paid));
    lines.collect()
}

/// By unit, the share that is left to pay once the free allowance is used up.
fn paid_shares<'a>(charges: impl Iterator<Item = &'a Charge>) -> BTreeMap<&'static str, f64> {
    let mut totals: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
    for charge in charges {
        let (quantity, free) = totals.entry(charge.price.unit).or_default();
        *quantity += charge.quantity;
        *free = charge.price.free;
    }
    let shares = totals
        .into_iter()
        .filter(|(_, (quantity, _))| *quantity > 0.0)
        .map(|(unit, (quantity, free))| (unit, (quantity - free).max(0.0) / quantity));
    shares.collect()
}

fn line(stack: &str, id: &str, charges: &[Charge], paid: &BTreeMap<&str, f64>) -> Line {
    let mut line = Line {
        stack: stack.to_owned(),
        logical_id: id.to_owned(),
        fixed_usd: 0.0,
        usage_usd: 0.0,
        note: show::quantities(charges),
    };
    for Charge { price, quantity } in charges {
        let usd = quantity * price.usd * paid.get(price.unit).copied().unwrap_or_default();
        match price.fixed {
            true => line.fixed_usd += usd,
            false => line.usage_usd += usd,
        }
    }
    line
}

fn sum<'a>(of: &str, lines: impl Iterator<Item = &'a Line>) -> Total {
    let empty = Total {
        of: of.to_owned(),
        ..Total::default()
    };
    lines.fold(empty, |sum, line| Total {
        fixed_usd: sum.fixed_usd + line.fixed_usd,
        usage_usd: sum.usage_usd + line.usage_usd,
        ..sum
    })
}

impl Estimate {
    /// This environment beside another.
    pub fn compare(&self, other: &Self) -> Comparison {
        let usd = |estimate: &Self, stack: &str| {
            let total = estimate.stacks.iter().find(|total| total.of == stack);
            total.map_or(0.0, Total::usd)
        };
        let mut stacks: Vec<&str> = self.stacks.iter().map(|total| total.of.as_str()).collect();
        let theirs = other.stacks.iter().map(|total| total.of.as_str());
        let new: Vec<&str> = theirs.filter(|stack| !stacks.contains(stack)).collect();
        stacks.extend(new);
        Comparison {
            environments: [self.environment.clone(), other.environment.clone()],
            stacks: stacks
                .into_iter()
                .map(|stack| pair(stack, [usd(self, stack), usd(other, stack)]))
                .collect(),
            total: pair("total", [self.total.usd(), other.total.usd()]),
        }
    }
}

fn pair(of: &str, usd: [f64; 2]) -> Pair {
    Pair {
        of: of.to_owned(),
        usd,
        difference_usd: usd[1] - usd[0],
    }
}
