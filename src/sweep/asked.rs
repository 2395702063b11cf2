//! What makes a prompt of a sweep the same one in another sweep, and which seed it is played with.
//!
//! A prompt is what it says: its place in the file decides nothing. So results outlive a prompt that is added, taken out or put
//! elsewhere, and stand for exactly what a sweep from the start would play.

use std::collections::HashMap;

use crate::prompts::{Prompt, hash};

/// A prompt of a sweep by what it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Its [`Prompt::fingerprint`].
    pub fingerprint: String,
    /// Of equal prompts of one file, which this is, from 1: they are played apart.
    pub copy: usize,
}

/// How a sweep's seed becomes that of a prompt, in every setting the same: what differs then is the setting's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeding {
    /// It is that of the prompt: for a single one, whose run on the screen has that seed too.
    Given,
    /// Each prompt has its own, made from the sweep's and what the prompt says.
    OfPrompt,
}

impl Asked {
    /// The prompts of a sweep, in order.
    #[must_use]
    pub fn of(prompts: &[Prompt]) -> Vec<Self> {
        let mut copies: HashMap<String, usize> = HashMap::new();
        let asked = prompts.iter().map(|prompt| {
            let fingerprint = prompt.fingerprint();
            let copy = copies.entry(fingerprint.clone()).or_default();
            *copy += 1;
            Self { fingerprint, copy: *copy }
        });
        asked.collect()
    }

    /// The seed that it is played with in a sweep of this seed.
    #[must_use]
    pub fn seed(&self, seeding: Seeding, seed: u64) -> u64 {
        match seeding {
            Seeding::Given => seed,
            // Half of the bits: such numbers can be typed, and every reader of JSON keeps them whole.
            Seeding::OfPrompt => seed.wrapping_add(hash(format!("{} {}", self.fingerprint, self.copy).as_bytes()) >> 32),
        }
    }
}

impl std::fmt::Display for Asked {
    /// For names of files: the second of equal prompts ends in `-2`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.fingerprint)?;
        if self.copy > 1 { write!(out, "-{}", self.copy) } else { Ok(()) }
    }
}
