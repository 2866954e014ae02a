//! PostgreSQL: encryption, TLS, backups, protection, its password.

use super::Rule;
use super::site::{Found, Item, Site, describe};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "database-encrypted",
        demands: "the database's storage is encrypted",
        reason: "it cannot be switched on later without a new database",
        check: |site| {
            owners(site)
                .filter_map(|owner| Some(owner.found(owner.unless("StorageEncrypted", true)?)))
                .collect()
        },
    },
    Rule {
        id: "database-tls-forced",
        demands: "the database's parameter group has rds.force_ssl on",
        reason: "a client that forgets TLS must be refused, above all on a public address",
        check: tls_forced,
    },
    Rule {
        id: "database-backups",
        demands: "backups are kept for as long as retention.backup_days says",
        reason: "a backup that nobody made cannot be restored",
        check: |site| {
            let days = u64::from(site.environment.retention.backup_days);
            let short = owners(site).filter_map(|owner| {
                let kept = owner.get("BackupRetentionPeriod");
                let enough = kept.as_u64().unwrap_or_default() >= days;
                (!enough).then(|| owner.found(describe("BackupRetentionPeriod", kept)))
            });
            short.collect()
        },
    },
    Rule {
        id: "database-protected",
        demands: "where the environment is protected, the database refuses deletion",
        reason: "one wrong click must not be enough",
        check: |site| {
            let protected = site.environment.protection.deletion;
            owners(site)
                .filter(|_| protected)
                .filter_map(|owner| Some(owner.found(owner.unless("DeletionProtection", true)?)))
                .collect()
        },
    },
    Rule {
        id: "database-password",
        demands: "RDS makes, keeps and rotates the master password",
        reason: "a password that nobody ever types is in no file, template or chat",
        check: |site| {
            let typed = owners(site).filter_map(|owner| {
                let what = owner.unless("ManageMasterUserPassword", true).or_else(|| {
                    (!owner.get("MasterUserPassword").is_null())
                        .then(|| "MasterUserPassword is set".to_owned())
                })?;
                Some(owner.found(what))
            });
            typed.collect()
        },
    },
    Rule {
        id: "database-rotation",
        demands: "where protection.rotation_days says so, the password changes that often",
        reason: "a leaked password must go stale",
        check: rotation,
    },
];

/// The instances and clusters that own storage; an instance of a cluster owns none.
fn owners<'a>(site: &Site<'a>) -> impl Iterator<Item = Item<'a>> {
    let alone = site
        .of("AWS::RDS::DBInstance")
        .filter(|instance| instance.get("DBClusterIdentifier").is_null());
    alone.chain(site.of("AWS::RDS::DBCluster"))
}

fn tls_forced(site: &Site<'_>) -> Vec<Found> {
    let open = owners(site).filter_map(|owner| {
        let property = match owner.kind() {
            "AWS::RDS::DBCluster" => "DBClusterParameterGroupName",
            _ => "DBParameterGroupName",
        };
        let Some(group) = site.follow(owner.stack, owner.get(property)) else {
            return Some(owner.found(describe(property, owner.get(property))));
        };
        let forced = &group.body["Properties"]["Parameters"]["rds.force_ssl"];
        (forced != "1").then(|| group.found(describe("rds.force_ssl", forced)))
    });
    open.collect()
}

fn rotation(site: &Site<'_>) -> Vec<Found> {
    let Some(days) = site.environment.protection.rotation_days else {
        return Vec::new();
    };
    let unrotated = owners(site).filter_map(|owner| {
        let schedule = site
            .of("AWS::SecretsManager::RotationSchedule")
            .find(|schedule| site.leads_to(schedule.stack, schedule.get("SecretId"), owner));
        match schedule {
            None => Some(owner.found("no rotation of its secret")),
            Some(schedule) => {
                let what = schedule.unless("RotationRules.AutomaticallyAfterDays", days)?;
                Some(schedule.found(what))
            }
        }
    });
    unrotated.collect()
}
