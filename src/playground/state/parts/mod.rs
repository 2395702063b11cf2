//! The parts of the state, each with its own fields: a handler gets only those that it may change.

pub mod answers;
pub mod knobs;
pub mod looking;
pub mod notices;
pub mod run_state;
pub mod settings;
pub mod source;
pub mod writing;
