//! Finding items.
