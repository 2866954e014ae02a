//! Alarms, a dashboard and a budget, as far as the environment wants them.

mod alarms;
mod alerts;
mod dashboard;

use crate::aws::budgets::{
    Budget, BudgetData, Notification, NotificationWithSubscribers, Spend, Subscriber,
};
use crate::aws::cloud_watch::Dashboard;
use crate::aws::sns::Topic;
use crate::cfn::{Handle, Template};
use crate::environment::Environment;
use crate::naming;
use crate::stacks::api::HttpApi;
use crate::stacks::compute::Compute;
use crate::stacks::database::Database;
use serde_json::json;

/// The stacks below.
pub struct Below<'a> {
    /// The functions.
    pub compute: &'a Compute,
    /// PostgreSQL.
    pub database: &'a Database,
    /// The HTTP API.
    pub api: &'a HttpApi,
}

/// The template, or none where nothing is to be watched.
pub fn build(environment: &Environment, below: &Below<'_>) -> Option<Template> {
    // The emulator has neither dashboards worth looking at nor budgets.
    if environment.is_local() {
        return None;
    }
    let mut template = Template::new(
        "observability",
        naming::stack("Observability", environment),
        "Alarms, a dashboard and a budget.",
    );
    let tells = environment.alarms.is_some() || environment.budget_usd.is_some();
    let topic = tells.then(|| alerts::topic(&mut template, environment));
    if let Some(topic) = topic.as_ref().filter(|_| environment.alarms.is_some()) {
        alarms::add(&mut template, environment, below, topic);
    }
    let body = dashboard::body(&mut template, environment, below);
    template.add(
        "Dashboard",
        Dashboard::new(body).dashboard_name(naming::resource(environment, "overview")),
    );
    if let (Some(topic), Some(limit)) = (&topic, environment.budget_usd) {
        budget(&mut template, environment, topic, limit);
    }
    Some(template)
}

/// Warns at 80 percent spent and when the forecast goes over. Counts what carries our tag.
fn budget(template: &mut Template, environment: &Environment, topic: &Handle<Topic>, limit: u32) {
    let warn = |kind: &str, percent: f64| {
        let notification =
            Notification::new("GREATER_THAN", kind, percent).threshold_type("PERCENTAGE");
        NotificationWithSubscribers::new([Subscriber::new("SNS", topic)], notification)
    };
    let tag = format!("user:Environment${}", environment.name);
    let data = BudgetData::new("MONTHLY", "COST")
        .budget_name(naming::resource(environment, "monthly"))
        .budget_limit(Spend::new(f64::from(limit), "USD"))
        .cost_filters(json!({ "TagKeyValue": [tag] }));
    template.add(
        "Budget",
        Budget::new(data)
            .notifications_with_subscribers([warn("ACTUAL", 80.0), warn("FORECASTED", 100.0)]),
    );
}
