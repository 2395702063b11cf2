//! The method of `SpecFuse` (arXiv 2412.07380) as pure functions: no input or output, no clock, no randomness.
//!
//! Everything here is a function of recorded values, so that a live run, a replay and a rescoring under other parameters cannot
//! disagree. It imports nothing from the rest of the program.

pub mod agreement;
pub mod branch;
pub mod break_points;
pub mod candidate;
pub mod choice;
pub mod conversation;
pub mod deciding;
pub mod difference;
pub mod event;
pub mod exit;
pub mod feedback;
pub mod lazy;
pub mod params;
pub mod rate;
pub mod reading;
pub mod repeats;
pub mod rescore;
pub mod run;
pub mod score;
pub mod segment;
pub mod sharing;
pub mod single;
pub mod skipped;
pub mod timing;
pub mod vote;
pub mod weights;
pub mod what_if;

use serde::{Deserialize, Serialize};

/// A member's position in the ensemble, from 0. The earlier member wins ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MemberIndex(pub usize);
