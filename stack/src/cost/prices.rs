//! The price table: us-east-1, on demand, without taxes and credits, as of 2026-11. Each price
//! names the public page it stands on. Free allowances are those without an end, for the account
//! as a whole; twelve-month trials do not count.

/// When the prices were read.
pub const AS_OF: &str = "2026-11";
/// Where they hold.
pub const REGION: &str = "us-east-1";

/// Hours in a month, as AWS counts them.
pub(super) const HOURS: f64 = 730.0;

/// One price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Price {
    /// What is counted; also what a free allowance is shared by.
    pub(super) unit: &'static str,
    /// For one of it.
    pub(super) usd: f64,
    /// So much of it costs nothing.
    pub(super) free: f64,
    /// Whether it costs the same however much the app is used.
    pub(super) fixed: bool,
}

const fn fixed(unit: &'static str, usd: f64) -> Price {
    Price {
        unit,
        usd,
        free: 0.0,
        fixed: true,
    }
}

const fn used(unit: &'static str, usd: f64) -> Price {
    Price {
        unit,
        usd,
        free: 0.0,
        fixed: false,
    }
}

impl Price {
    const fn free(mut self, allowance: f64) -> Self {
        self.free = allowance;
        self
    }
}

const MILLION: f64 = 1_000_000.0;

// aws.amazon.com/rds/postgresql/pricing: Single-AZ instances; a standby doubles them.
const CLASSES: &[(&str, Price)] = &[
    ("db.t3.micro", fixed("h of db.t3.micro", 0.018)),
    ("db.t3.small", fixed("h of db.t3.small", 0.036)),
    ("db.t4g.micro", fixed("h of db.t4g.micro", 0.016)),
    ("db.t4g.small", fixed("h of db.t4g.small", 0.032)),
    ("db.t4g.medium", fixed("h of db.t4g.medium", 0.065)),
    ("db.t4g.large", fixed("h of db.t4g.large", 0.129)),
    ("db.m7g.large", fixed("h of db.m7g.large", 0.168)),
    ("db.r7g.large", fixed("h of db.r7g.large", 0.239)),
];
pub(super) const RDS_STORAGE: Price = fixed("GB of gp3 database storage", 0.115);
// aws.amazon.com/rds/aurora/pricing, Aurora Standard.
pub(super) const AURORA_LEAST: Price = fixed("ACU hours at the least", 0.12);
pub(super) const AURORA_BUSY: Price = used("ACU hours more while busy", 0.12);
pub(super) const AURORA_STORAGE: Price = used("GB of Aurora storage", 0.10);
pub(super) const AURORA_IO: Price = used("Aurora I/Os", 0.20 / MILLION);
// aws.amazon.com/secrets-manager/pricing
pub(super) const SECRET: Price = fixed("secrets", 0.40);
pub(super) const SECRET_READ: Price = used("reads of secrets", 0.05 / 10_000.0);
// aws.amazon.com/kms/pricing; each of the first two rotations adds as much
pub(super) const KEY: Price = fixed("keys", 1.00);
// aws.amazon.com/vpc/pricing
pub(super) const ADDRESS: Price = fixed("h of a public IPv4 address", 0.005);
pub(super) const NAT: Price = fixed("h of NAT gateway", 0.045);
pub(super) const NAT_DATA: Price = used("GB through NAT", 0.045);
// aws.amazon.com/privatelink/pricing
pub(super) const ENDPOINT: Price = fixed("h of interface endpoint", 0.01);
// aws.amazon.com/lambda/pricing
pub(super) const LAMBDA_REQUEST: Price = used("invocations", 0.20 / MILLION).free(MILLION);
pub(super) const LAMBDA_ARM: Price = used("GB-s on arm64", 0.000_013_333_4).free(400_000.0);
pub(super) const LAMBDA_X86: Price = used("GB-s on x86_64", 0.000_016_666_7).free(400_000.0);
// aws.amazon.com/api-gateway/pricing, HTTP APIs
pub(super) const API_REQUEST: Price = used("API requests", 1.00 / MILLION);
// aws.amazon.com/ec2/pricing/on-demand, data transfer out to the internet
pub(super) const EGRESS: Price = used("GB to the internet", 0.09).free(100.0);
// aws.amazon.com/s3/pricing, Standard
pub(super) const S3_STORAGE: Price = used("GB of objects", 0.023);
pub(super) const S3_WRITE: Price = used("object writes", 0.005 / 1_000.0);
pub(super) const S3_READ: Price = used("object reads", 0.000_4 / 1_000.0);
// aws.amazon.com/dynamodb/pricing/on-demand
pub(super) const TABLE_WRITE: Price = used("write units", 0.625 / MILLION);
pub(super) const TABLE_READ: Price = used("read units", 0.125 / MILLION);
pub(super) const TABLE_STORAGE: Price = used("GB in tables", 0.25).free(25.0);
pub(super) const TABLE_RECOVERY: Price = used("GB recoverable to any second", 0.20);
// aws.amazon.com/eventbridge/pricing: custom events and opt-in events such as those of S3
pub(super) const EVENT: Price = used("events", 1.00 / MILLION);
// aws.amazon.com/sqs/pricing, standard queues
pub(super) const QUEUE_REQUEST: Price = used("queue requests", 0.40 / MILLION).free(MILLION);
// aws.amazon.com/cloudwatch/pricing
pub(super) const ALARM: Price = fixed("alarms", 0.10).free(10.0);
pub(super) const DASHBOARD: Price = fixed("dashboards", 3.00).free(3.0);
pub(super) const METRIC: Price = used("detailed metrics", 0.30).free(10.0);
pub(super) const LOGS: Price = used("GB of logs", 0.50).free(5.0);
// aws.amazon.com/xray/pricing
pub(super) const TRACE: Price = used("traces", 5.00 / MILLION).free(100_000.0);
// aws.amazon.com/cognito/pricing, Essentials, which a pool gets unless it says otherwise
pub(super) const USER: Price = used("monthly active users", 0.015).free(10_000.0);
// aws.amazon.com/ecr/pricing, private repositories
pub(super) const REPOSITORY: Price = used("GB of images", 0.10);

/// What an hour of a database class costs, if the table knows it.
pub(super) fn database_class(class: &str) -> Option<Price> {
    CLASSES
        .iter()
        .find(|(name, _)| *name == class)
        .map(|(_, price)| *price)
}
