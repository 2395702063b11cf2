//! The terminal playground: watch the models write together.
//!
//! [`state`] is everything that the user sees, as data, and how it changes: pure. [`view`] draws it. The terminal itself is
//! touched in one place only, [`term`].

pub mod state;
pub mod term;
pub mod view;
