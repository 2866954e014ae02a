//! What the environment's last validation found, as far as it is anybody's business: which steps
//! there are, how they ended, when, and how long they took.

use axum::extract::State;
use collections_core::contract::report::{self, Verdict};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::Caller;
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(latest))
}

/// The last validation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Latest {
    /// Absent where there was none yet.
    report: Option<Report>,
}

/// A validation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// When it began, as RFC 3339.
    started: String,
    /// How long it took.
    millis: u64,
    /// How many steps passed.
    passed: usize,
    /// Every step.
    steps: Vec<Step>,
}

/// A step of a validation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    name: String,
    /// `passed` or `failed`.
    verdict: &'static str,
    millis: u64,
}

/// What the operator's last validation of this environment found, in short.
#[utoipa::path(get, path = "/reports/latest", tag = "about", operation_id = "get_latest_report",
    responses((status = OK, body = Latest)))]
async fn latest(State(app): State<App>, _: Caller) -> Result<axum::Json<Latest>, Problem> {
    let report = app.objects.read_report().await?;
    Ok(axum::Json(Latest {
        report: report.map(Report::from),
    }))
}

impl From<report::Report> for Report {
    fn from(found: report::Report) -> Self {
        let steps = found.steps.into_iter();
        let steps: Vec<Step> = steps.map(Step::from).collect();
        Self {
            started: found.started,
            millis: found.millis,
            passed: steps.iter().filter(|step| step.verdict == PASSED).count(),
            steps,
        }
    }
}

const PASSED: &str = "passed";

impl From<report::Step> for Step {
    fn from(step: report::Step) -> Self {
        Self {
            name: step.name,
            verdict: match step.verdict {
                Verdict::Passed => PASSED,
                Verdict::Failed => "failed",
            },
            millis: step.millis,
        }
    }
}
