//! The deploy engine: desired against live gives a plan, the plan is applied, and what was
//! interrupted goes on where it stopped.

pub mod desired;
