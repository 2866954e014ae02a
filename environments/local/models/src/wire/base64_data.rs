//! Base64 as it comes in requests: images, plain or in a data URL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Trouble;

pub(super) fn decode(data: &str, path: &str) -> Result<Vec<u8>, Trouble> {
    STANDARD
        .decode(data)
        .map_err(|_| Trouble::bad(format!("{path}: invalid base64 data")))
}

/// The bytes of `data:image/…;base64,…`. Nothing is fetched: other URLs are refused.
pub(super) fn decode_url(url: &str, path: &str) -> Result<Vec<u8>, Trouble> {
    let data = url
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .map(|(_, data)| data)
        .ok_or_else(|| {
            Trouble::bad(format!(
                "{path}: the local environment reads data:image/…;base64 URLs only"
            ))
        })?;
    decode(data, path)
}
