//! What makes a prompt of a sweep the same one in another sweep, and the seed it is played with.
//!
//! A prompt is identified by its contents, not by its position in the file. So results stay valid when a prompt is added, removed
//! or moved, and equal exactly what a sweep from the start would give.

use std::collections::HashMap;

use crate::prompts::{Prompt, hash};

/// A prompt of a sweep, identified by its contents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Its [`Prompt::fingerprint`].
    pub fingerprint: String,
    /// Its number among equal prompts of one file, from 1: they are played separately.
    pub copy: usize,
}

/// How the seed of a prompt is derived from the sweep's, the same in every setting: then any difference is due to the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeding {
    /// It is the sweep's seed: for a single prompt, whose run on the screen has that seed too.
    Given,
    /// Each prompt has its own seed, derived from the sweep's and its contents.
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
            // Half of the bits: such numbers can be typed, and every reader of JSON keeps them exact.
            Seeding::OfPrompt => seed.wrapping_add(hash(format!("{} {}", self.fingerprint, self.copy).as_bytes()) >> 32),
        }
    }
}

impl std::fmt::Display for Asked {
    /// For file names: the second of equal prompts ends in `-2`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.fingerprint)?;
        if self.copy > 1 { write!(out, "-{}", self.copy) } else { Ok(()) }
    }
}
