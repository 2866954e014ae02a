//! Rows in the binary form of COPY.

use time::OffsetDateTime;

/// What begins and ends it.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1i16).to_be_bytes();
/// PostgreSQL counts time from here.
const EPOCH: OffsetDateTime = time::macros::datetime!(2000-01-01 00:00 UTC);

/// Rows that are being written.
pub(super) struct Rows(Vec<u8>);

impl Rows {
    pub(super) fn new() -> Self {
        Self(HEAD.to_vec())
    }

    /// Begins a row of so many columns.
    pub(super) fn row(&mut self, columns: i16) {
        self.0.extend(columns.to_be_bytes());
    }

    pub(super) fn bytes(&mut self, value: &[u8]) {
        // A batch is far below two gigabytes.
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.0.extend(length.to_be_bytes());
        self.0.extend(value);
    }

    pub(super) fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    pub(super) fn maybe(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    pub(super) fn null(&mut self) {
        self.0.extend((-1i32).to_be_bytes());
    }

    pub(super) fn json(&mut self, value: &str) {
        let length = i32::try_from(value.len() + 1).unwrap_or(i32::MAX);
        self.0.extend(length.to_be_bytes());
        // The version of the form.
        self.0.push(1);
        self.0.extend(value.as_bytes());
    }

    pub(super) fn int(&mut self, value: i32) {
        self.bytes(&value.to_be_bytes());
    }

    pub(super) fn big(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.bytes(&value.to_be_bytes()),
            None => self.null(),
        }
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.bytes(&[u8::from(value)]);
    }

    pub(super) fn time(&mut self, value: OffsetDateTime) {
        let micros = (value - EPOCH).whole_microseconds();
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        self.bytes(&micros.to_be_bytes());
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.extend(END);
        self.0
    }
}
