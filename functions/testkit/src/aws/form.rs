//! S3's POST uploads: the checks it makes of a form that a browser posts.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

use super::{ACCESS_KEY, BUCKET, REGION, SECRET_KEY};

/// Fields that need no condition: they are what the others are checked by.
const UNBOUND: [&str; 2] = ["policy", "x-amz-signature"];

/// Checks a form; gives the key to store the file under, or why S3 refuses.
pub(super) fn check(
    fields: &BTreeMap<String, String>,
    size: usize,
    now: SystemTime,
) -> Result<String, String> {
    let field = |name: &str| {
        let value = fields.get(name).map(String::as_str);
        value.ok_or_else(|| format!("{name} is missing"))
    };
    let policy = field("policy")?;
    let date = field("x-amz-date")?;
    if field("x-amz-signature")? != signature(policy, &date[..8]) {
        return Err("the signature is wrong".to_owned());
    }
    let scope = format!("{ACCESS_KEY}/{}/{REGION}/s3/aws4_request", &date[..8]);
    if field("x-amz-credential")? != scope || field("x-amz-algorithm")? != "AWS4-HMAC-SHA256" {
        return Err("the credential is wrong".to_owned());
    }
    let policy: Value = STANDARD
        .decode(policy)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or("the policy cannot be read")?;
    if moment(policy["expiration"].as_str().unwrap_or_default())? <= now {
        return Err("the policy has expired".to_owned());
    }
    conditions(&policy["conditions"], fields, size)?;
    field("key").map(str::to_owned)
}

fn conditions(
    conditions: &Value,
    fields: &BTreeMap<String, String>,
    size: usize,
) -> Result<(), String> {
    let mut free: Vec<_> = fields
        .keys()
        .map(String::as_str)
        .filter(|name| !UNBOUND.contains(name))
        .collect();
    for condition in conditions.as_array().ok_or("there are no conditions")? {
        if let Some((name, value)) = condition.as_object().and_then(|it| it.iter().next()) {
            let given = match name.as_str() {
                "bucket" => Some(BUCKET),
                name => fields.get(name).map(String::as_str),
            };
            if given != value.as_str() {
                return Err(format!("{name} is not what the policy says"));
            }
            free.retain(|known| known != name);
        } else if condition[0] == "content-length-range" {
            let bound = |at: usize| condition[at].as_u64().unwrap_or_default();
            if !(bound(1)..=bound(2)).contains(&(size as u64)) {
                return Err("the file is too small or too large".to_owned());
            }
        } else {
            return Err(format!("unknown condition {condition}"));
        }
    }
    match free.first() {
        Some(name) => Err(format!("{name} is not in the policy")),
        None => Ok(()),
    }
}

/// Signature version 4, written down once more so that it is checked by other means.
fn signature(policy: &str, day: &str) -> String {
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in [day, REGION, "s3", "aws4_request"] {
        key = hmac(&key, part);
    }
    let digest = hmac(&key, policy);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let key = EncodingKey::from_secret(key);
    let text = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The one form of time that S3 documents: `2026-01-31T12:00:00.000Z`.
fn moment(text: &str) -> Result<SystemTime, String> {
    let wrong = || format!("{text} is no time");
    let shape: String = text
        .chars()
        .map(|char| if char.is_ascii_digit() { '0' } else { char })
        .collect();
    if shape != "0000-00-00T00:00:00.000Z" {
        return Err(wrong());
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().map_err(|_| wrong());
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    // Days since 1970, counting years from March so that the leap day is the last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    let seconds = days * 86_400 + part(11..13)? * 3600 + part(14..16)? * 60 + part(17..19)?;
    let since = Duration::from_secs(u64::try_from(seconds).map_err(|_| wrong())?);
    Ok(UNIX_EPOCH + since)
}
