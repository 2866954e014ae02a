//! Chat history: what every back end promises, and what each does besides.

mod aurora_data_api;
mod conformance;
mod dynamodb;
mod fallback;
mod json;
mod postgres;
mod transfer;
