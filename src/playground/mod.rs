//! The terminal playground: watch the models write together.
//!
//! [`state`] is everything that the user sees, as data, and how it changes: pure. [`view`] draws it. Only [`term`] touches the
//! terminal. [`film`] draws a recorded run frame by frame for those who watch it elsewhere.

pub mod film;
pub mod state;
pub mod term;
pub mod view;
