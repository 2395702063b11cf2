//! The parts of the state, each with fields of its own: a handler is given those that it may touch, and no others.

pub mod answers;
pub mod knobs;
pub mod looking;
pub mod notices;
pub mod run_state;
pub mod settings;
pub mod source;
pub mod writing;
