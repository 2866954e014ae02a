//! Processes that outlive the command which started them.

mod identity;
mod log;
mod memory;
mod spawn;
mod stop;
mod table;

pub(super) use identity::Identity;
pub(super) use log::{Log, last_lines};
pub(super) use memory::tree_bytes;
pub(super) use spawn::{Launch, Started, gated};
pub(super) use stop::{Ending, stop};
pub(super) use table::{command_line, working_in};
