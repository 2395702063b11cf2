//! The shared engine: no terminal code.
//!
//! [`fusion`] is the method as pure rules; [`member`] is one language model each, behind one trait; [`round`] decides what
//! happens next.

pub mod fusion;
pub mod member;
pub mod round;
