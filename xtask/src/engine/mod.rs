//! The deploy engine: desired against live gives a plan, the plan is applied, and what was
//! interrupted goes on where it stopped.

pub mod apply;
pub mod desired;
pub mod live;
pub mod plan;
pub mod resolve;
pub mod stack_events;
pub mod states;
pub mod template;
