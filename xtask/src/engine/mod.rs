//! The deploy engine: desired against live gives a plan, the plan is applied, and what was
//! interrupted goes on where it stopped.

pub mod ahead;
pub mod apply;
pub mod bootstrap;
pub mod claim;
pub mod deploy;
pub mod desired;
pub mod destroy;
pub mod drift;
pub mod from_stack;
pub mod hot;
pub mod hotswap;
pub mod images;
pub mod journal;
pub mod left;
pub mod live;
pub mod lock;
pub mod move_history;
pub mod outputs;
pub mod parameters;
pub mod phases;
pub mod plan;
pub mod preflight;
pub mod queues;
pub mod recover;
pub mod resolve;
pub mod rollback;
pub mod rotate;
pub mod stack_events;
pub mod states;
pub mod steps;
pub mod stop;
pub mod timeline;
pub mod traffic;

#[cfg(test)]
mod tests;
