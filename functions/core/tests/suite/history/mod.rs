//! Chat history: what every back end promises, and what each does besides.

mod conformance;
mod postgres;
