//! What the types cannot say: bounds, and keys that need or exclude each other.

use std::fmt::Display;

use contract::functions;

use super::{ChatHistory, Database, Environment, EnvironmentError, Network, Packaging};

/// The retention periods CloudWatch Logs takes.
const LOG_DAYS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Everything wrong with a parsed environment.
pub(super) fn check(environment: &Environment, file: &str) -> Vec<EnvironmentError> {
    let mut check = Check {
        file,
        errors: Vec::new(),
    };
    check.names(environment);
    check.network(environment);
    check.database(environment);
    check.functions(environment);
    check.retention(environment);
    check.ci(environment);
    check.errors
}

/// What is allowed and probably not meant.
pub(super) fn warnings(environment: &Environment) -> Vec<String> {
    let mut warnings = Vec::new();
    let alarms = environment.alarms.as_ref();
    let told = alarms.is_some_and(|alarms| alarms.email.is_some());
    let what = match (alarms.is_some(), environment.budget_usd.is_some()) {
        (true, true) => "alarms and the budget go",
        (true, false) => "alarms go",
        (false, true) => "the budget's warnings go",
        (false, false) => "",
    };
    if !told && !what.is_empty() && !environment.is_local() {
        warnings.push(format!(
            "{what} to nobody in {name}; environments/{name}.yaml: alarms: {{ email: you@example.com }}",
            name = environment.name
        ));
    }
    warnings
}

struct Check<'a> {
    file: &'a str,
    errors: Vec<EnvironmentError>,
}

impl Check<'_> {
    fn error(&mut self, key: &str, found: impl Display, allowed: &str) {
        self.errors.push(EnvironmentError {
            file: self.file.to_owned(),
            key: key.to_owned(),
            found: found.to_string(),
            allowed: allowed.to_owned(),
        });
    }

    fn bounds(&mut self, key: &str, value: u32, from: u32, to: u32) {
        if !(from..=to).contains(&value) {
            self.error(key, value, &format!("{from} to {to}"));
        }
    }

    fn names(&mut self, environment: &Environment) {
        let name = &environment.name;
        let fits = name.len() <= 12
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !fits {
            self.error(
                "",
                format!("the name {name}"),
                "up to 12 lower-case letters and digits",
            );
        }
        let region = &environment.region;
        let parts: Vec<&str> = region.split('-').collect();
        let fits = parts.len() >= 3
            && parts.iter().all(|part| !part.is_empty())
            && parts.last().is_some_and(|last| last.parse::<u8>().is_ok());
        if !fits {
            self.error("region", region, "a region such as us-east-1");
        }
        if environment.name == "prod" && environment.express {
            self.error(
                "express",
                true,
                "false in prod: Express mode does not roll back",
            );
        }
        if environment.name == "prod" && environment.seed.is_some() {
            self.error("seed", "golden", "nothing in prod: its data is its users'");
        }
        if environment.budget_usd == Some(0) {
            self.error("budget_usd", 0, "at least 1, or leave the key out");
        }
    }

    fn network(&mut self, environment: &Environment) {
        let everywhere = environment
            .allow_cidrs
            .iter()
            .any(|cidr| cidr.ends_with("/0"));
        for cidr in environment.allow_cidrs.iter().filter(|cidr| !is_cidr(cidr)) {
            self.error("allow_cidrs", cidr, "IPv4 ranges such as 203.0.113.7/32");
        }
        match environment.network {
            Network::Public => {
                let database = environment.database != Database::External;
                if database && environment.allow_cidrs.is_empty() {
                    self.error(
                        "allow_cidrs",
                        "nothing",
                        "who may reach the public database",
                    );
                }
                if everywhere
                    && environment
                        .acknowledge
                        .as_deref()
                        .unwrap_or("")
                        .trim()
                        .is_empty()
                {
                    self.error(
                        "acknowledge",
                        "nothing beside 0.0.0.0/0",
                        "a sentence that says why the whole internet may reach the database",
                    );
                }
                if environment.name == "prod" {
                    self.error("network", "public", "private in prod");
                }
                if environment.egress.is_some() {
                    self.error("egress", "a value", "no such key with network: public");
                }
            }
            Network::Private => {
                if !environment.allow_cidrs.is_empty() {
                    self.error(
                        "allow_cidrs",
                        "a value",
                        "no such key with network: private",
                    );
                }
                if environment.egress.is_none() {
                    self.error(
                        "egress",
                        "nothing",
                        "nat or endpoints with network: private",
                    );
                }
            }
        }
    }

    fn database(&mut self, environment: &Environment) {
        let size = environment.database_size.as_ref();
        match (environment.database, size) {
            (Database::External, Some(_)) => {
                self.error(
                    "database_size",
                    "a value",
                    "no such key with database: external",
                );
            }
            (Database::Rds | Database::Aurora, None) => {
                self.error(
                    "database_size",
                    "nothing",
                    "a size, unless database: external",
                );
            }
            (Database::Rds, Some(size)) => {
                if size
                    .class
                    .as_deref()
                    .is_none_or(|class| !class.starts_with("db."))
                {
                    let found = size.class.as_deref().unwrap_or("nothing").to_owned();
                    self.error("database_size.class", found, "a class such as db.t4g.micro");
                }
                match size.storage_gb {
                    Some(storage) => self.bounds("database_size.storage_gb", storage, 20, 65_536),
                    None => self.error("database_size.storage_gb", "nothing", "20 to 65536"),
                }
                if size.multi_az.is_none() {
                    self.error("database_size.multi_az", "nothing", "true or false");
                }
            }
            (Database::Aurora, Some(size)) => {
                let (least, most) = (size.min_capacity, size.max_capacity);
                let fits = least.zip(most).is_some_and(|(least, most)| {
                    0.0 <= least && least <= most && (1.0..=256.0).contains(&most)
                });
                if !fits {
                    let said = |capacity: Option<f64>| {
                        capacity.map_or_else(|| "nothing".to_owned(), |one| one.to_string())
                    };
                    let found = format!("{} to {}", said(least), said(most));
                    let allowed = "0 <= min_capacity <= max_capacity, 1 to 256";
                    self.error("database_size.max_capacity", found, allowed);
                }
                if let Some(pause) = size.pause_seconds {
                    self.bounds("database_size.pause_seconds", pause, 300, 86_400);
                }
            }
            (Database::External, None) => {}
        }
        let history = environment.chat_history;
        if history == ChatHistory::AuroraDataApi && environment.database != Database::Aurora {
            self.error(
                "chat_history",
                "aurora_data_api",
                "that only with database: aurora",
            );
        }
        if environment.chat_history_backup && history != ChatHistory::Postgres {
            let allowed = "false, unless chat_history: postgres";
            self.error("chat_history_backup", "true", allowed);
        }
        if history == ChatHistory::Json && !environment.is_local() {
            self.error("chat_history", "json", "that only with cloud: local");
        }
    }

    fn functions(&mut self, environment: &Environment) {
        let declared = functions::all();
        let names: Vec<&str> = declared.iter().map(|function| function.name).collect();
        for (name, settings) in &environment.functions {
            let key = |field: &str| format!("functions.{name}.{field}");
            if !names.contains(&name.as_str()) {
                self.error(
                    &format!("functions.{name}"),
                    "no function of this name",
                    &names.join(", "),
                );
            }
            if environment.is_local() && settings.packaging == Packaging::Image {
                let allowed = "zip with cloud: local, which runs functions as processes";
                self.error(&key("packaging"), "image", allowed);
            }
            if let Some(memory) = settings.memory {
                self.bounds(&key("memory"), memory, 128, 10_240);
            }
            if let Some(timeout) = settings.timeout {
                self.bounds(&key("timeout"), timeout, 1, 900);
            }
            if let Some(concurrency) = settings.reserved_concurrency {
                self.bounds(&key("reserved_concurrency"), concurrency, 1, 1000);
            }
        }
        let fits = |base: &str| {
            let (host, rest) = base.split_once('/').unwrap_or_default();
            let named = !host.is_empty() && rest.contains([':', '@']);
            named && !base.contains(char::is_whitespace)
        };
        if let Some(base) = environment.image_base.as_deref().filter(|base| !fits(base)) {
            let allowed =
                "registry, repository and tag, such as public.ecr.aws/lambda/provided:al2023";
            self.error("image_base", base, allowed);
        }
    }

    fn ci(&mut self, environment: &Environment) {
        let Some(ci) = &environment.ci else {
            return;
        };
        if environment.is_local() {
            self.error("ci", "a value", "no such key with cloud: local");
        }
        // A wildcard here would let another repository in.
        let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        let parts: Vec<&str> = ci.repository.split('/').collect();
        let named = parts
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(plain));
        if parts.len() < 2 || !named {
            self.error("ci.repository", &ci.repository, "owner/name");
        }
        let branch = |sign: char| plain(sign) || sign == '/';
        if ci.branch.is_empty() || !ci.branch.chars().all(branch) {
            self.error("ci.branch", &ci.branch, "the name of a branch such as main");
        }
        let provider = ci.provider_arn.as_deref();
        let is_provider = |arn: &str| arn.starts_with("arn:") && arn.contains(":oidc-provider/");
        if let Some(arn) = provider.filter(|arn| !is_provider(arn)) {
            let allowed = "an ARN such as arn:aws:iam::123456789012:oidc-provider/gitlab.com";
            self.error("ci.provider_arn", arn, allowed);
        }
    }

    fn retention(&mut self, environment: &Environment) {
        let days = environment.retention.logs_days;
        if !LOG_DAYS.contains(&days) {
            let allowed: Vec<String> = LOG_DAYS.iter().map(u32::to_string).collect();
            self.error(
                "retention.logs_days",
                days,
                &format!("one of {}", allowed.join(", ")),
            );
        }
        self.bounds(
            "retention.backup_days",
            environment.retention.backup_days,
            0,
            35,
        );
        if environment.name == "prod" && environment.retention.backup_days == 0 {
            self.error("retention.backup_days", 0, "at least 1 in prod");
        }
        if let Some(days) = environment.protection.rotation_days {
            self.bounds("protection.rotation_days", days, 1, 1000);
        }
        let email = environment
            .alarms
            .as_ref()
            .and_then(|alarms| alarms.email.as_deref());
        if let Some(email) = email.filter(|email| email.split('@').count() != 2) {
            self.error("alarms.email", email, "a mail address");
        }
    }
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    address.parse::<std::net::Ipv4Addr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
}
