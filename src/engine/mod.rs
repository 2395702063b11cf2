//! The shared engine: no terminal code.
//!
//! [`fusion`] is the method as pure rules; [`member`] is one language model each, behind one trait.

pub mod fusion;
pub mod member;
