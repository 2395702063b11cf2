//! What a person sees, as data, and how it changes: no terminal, no engine handle, no clock.

mod flow;

pub use flow::{Flow, Piece};
