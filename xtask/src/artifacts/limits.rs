//! What Lambda takes, checked before anything is sent.

use super::{Artifact, Artifacts, Code};
use crate::error::{Error, Result};
use crate::event::Events;

const MB: u64 = 1_000_000;
/// Lambda's limit of a zip, unpacked: 250 MiB in its own words "MB".
const UNPACKED: u64 = 250 << 20;
/// Lambda's limit of a zip that comes with the call and not from a bucket.
const DIRECT: u64 = 50 << 20;
/// Lambda's limit of an image, unpacked.
const IMAGE: u64 = 10 << 30;

/// Refuses code that Lambda would refuse; warns of a zip that only a bucket can bring.
pub fn check(artifacts: &Artifacts, events: &Events) -> Result<()> {
    let large: Vec<String> = artifacts
        .iter()
        .filter_map(|(name, artifact)| too_large(name, artifact))
        .collect();
    if !large.is_empty() {
        return Err(Error::input(format!(
            "Lambda does not take code of this size: {}",
            large.join("; ")
        ))
        .hint("a zip may grow further as an image: functions.<name>.packaging: image in the environment's file")
        .hint("development builds carry symbols; what AWS runs is built without them"));
    }
    for (name, artifact) in artifacts {
        if matches!(artifact.code, Code::Zip(_)) && artifact.size > DIRECT {
            events.warn(format!(
                "{name} is a zip of {} MB: it loads slowly, and above {} MB no console or direct upload takes it",
                artifact.size / MB,
                DIRECT >> 20
            ));
        }
    }
    Ok(())
}

fn too_large(name: &str, artifact: &Artifact) -> Option<String> {
    let (limit, what) = match artifact.code {
        Code::Zip(_) => (UNPACKED, "250 MB for a zip"),
        Code::Image(_) => (IMAGE, "10 GB for an image"),
    };
    (artifact.unpacked > limit).then(|| {
        format!(
            "{name} is {} MB unpacked, allowed are {what}",
            artifact.unpacked / MB
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{DIRECT, UNPACKED, check};
    use crate::artifacts::{Artifact, Artifacts, Code, Zip};
    use crate::event::{Event, Recorder};

    fn zip(size: u64, unpacked: u64) -> Artifacts {
        let code = Code::Zip(Zip {
            key: "functions/api/x.zip".into(),
            path: "x.zip".into(),
        });
        let artifact = Artifact {
            sha256: "x".into(),
            size,
            unpacked,
            code,
        };
        Artifacts::from([("api".into(), artifact)])
    }

    #[test]
    fn a_zip_that_lambda_would_refuse_is_named_with_its_size_and_the_way_out() {
        let (_, events) = Recorder::pair();
        check(&zip(DIRECT, UNPACKED), &events).unwrap();
        let error = check(&zip(1, UNPACKED + 1_000_000), &events).unwrap_err();
        let words = error.to_string();
        assert!(words.contains("api is 263 MB unpacked"), "{words}");
        assert!(error.hints()[0].contains("packaging: image"));
    }

    #[test]
    fn a_zip_that_only_a_bucket_can_bring_is_a_warning() {
        let (recorder, events) = Recorder::pair();
        check(&zip(DIRECT + 1, DIRECT + 1), &events).unwrap();
        assert!(matches!(recorder.events()[..], [Event::Warning { .. }]));
    }
}
