//! The header by which a request, the events it sets off and all their log lines are known as one.
//! Inside AWS it is X-Ray's; a W3C `traceparent` from outside becomes one.

use std::time::{SystemTime, UNIX_EPOCH};

/// What the bus takes for a header.
const MOST: usize = 500;

/// Reads either header; gives back X-Ray's, or nothing if it is neither.
pub fn read(text: &str) -> Option<String> {
    if text.contains("Root=") {
        let whole = text.len() <= MOST && text.is_ascii() && is_root(root(text)?);
        return whole.then(|| text.to_owned());
    }
    let mut parts = text.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let sampled = u8::from_str_radix(parts.next()?, 16).ok()? & 1;
    let whole = is_hex(version, 2) && version != "ff" && is_hex(trace, 32) && is_hex(parent, 16);
    whole.then(|| {
        let (time, rest) = trace.split_at(8);
        format!("Root=1-{time}-{rest};Parent={parent};Sampled={sampled}")
    })
}

/// A header for what nobody sent one for.
pub fn new() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let rest = uuid::Uuid::new_v4().as_u128() >> 32;
    format!("Root=1-{seconds:08x}-{rest:024x}")
}

/// The trace's own id within a header.
pub fn root(header: &str) -> Option<&str> {
    let mut fields = header.split(';').map(str::trim);
    fields.find_map(|field| field.strip_prefix("Root="))
}

fn is_root(text: &str) -> bool {
    let mut parts = text.split('-');
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    matches!(parts, [Some("1"), Some(time), Some(rest), None] if is_hex(time, 8) && is_hex(rest, 24))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{new, read, root};

    const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";

    #[test]
    fn both_headers_name_one_trace() {
        let theirs = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
        let ours = format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1");
        assert_eq!(read(theirs), Some(ours.clone()));
        assert_eq!(read(&ours), Some(ours.clone()));
        assert_eq!(root(&ours), Some(ROOT));
        let made = new();
        assert_eq!(read(&made), Some(made.clone()), "{made}");
        assert_ne!(made, new());
    }

    #[test]
    fn what_is_neither_is_not_passed_on() {
        for text in [
            "",
            "-",
            "Root=",
            "Root=1-test",
            "Root=1-5759e988-bd862e3fe1be46a994272793-9",
            "Parent=53995c3f42cd8ad8",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8",
            "ff-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            "00-5759e988bd862e3fe1be46a99427279-53995c3f42cd8ad8-01",
            "00-5759e988bd862e3fe1be46a99427279g-53995c3f42cd8ad8-01",
            "\u{e9}\u{e9}-\u{e9}-\u{e9}-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
