//! How much the app is used: the assumptions behind every cost that use drives.

use serde::Serialize;

/// Use in one month. The defaults are a small app that is in daily use.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Images uploaded, each made a thumbnail of, analysed and embedded.
    pub images: f64,
    /// Images kept from earlier, the uploads included.
    pub images_kept: f64,
    /// The size of one.
    pub image_mb: f64,
    /// HTTP requests, chat included.
    pub requests: f64,
    /// Chat turns among them.
    pub chat_turns: f64,
    /// Users who sign in.
    pub users: f64,
    /// Hours in which anything happens at all.
    pub busy_hours: f64,
    /// What PostgreSQL holds.
    pub database_gb: f64,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            images: 10_000.0,
            images_kept: 10_000.0,
            image_mb: 3.0,
            requests: 100_000.0,
            chat_turns: 5_000.0,
            users: 100.0,
            busy_hours: 200.0,
            database_gb: 2.0,
        }
    }
}

/// What one function does in a month.
pub(super) struct Work {
    pub(super) invocations: f64,
    pub(super) seconds: f64,
}

impl Usage {
    /// The work of a function, by its name; durations are of the Rust functions, waiting for the
    /// model included.
    pub(super) fn work(&self, function: &str) -> Work {
        let quick = self.requests - self.chat_turns;
        let (invocations, seconds) = match function {
            "api" => (self.requests, quick * 0.06 + self.chat_turns * 6.0),
            "image-processor" => (self.images, self.images * 0.3),
            "analyzer" => (self.images, self.images * 5.0),
            "embedder" => (self.images, self.images * 0.4),
            // Every hour.
            "cleanup" => (730.0, 730.0 * 0.1),
            // By hand and in a deploy.
            _ => (50.0, 50.0 * 0.5),
        };
        Work {
            invocations,
            seconds,
        }
    }

    /// The assumptions in one sentence.
    pub(super) fn in_words(&self) -> String {
        let Self {
            images,
            images_kept,
            image_mb,
            requests,
            chat_turns,
            users,
            busy_hours,
            database_gb,
        } = self;
        format!(
            "{images} images a month ({images_kept} kept, {image_mb} MB each), {requests} requests \
             ({chat_turns} of them chat turns), {users} users, {busy_hours} busy hours, \
             {database_gb} GB in PostgreSQL"
        )
    }
}
