//! How long this machine takes to evaluate rows of a model, which decides whether drafting ahead of it pays.

use std::time::Instant;

use super::super::engine::Engine;
use super::super::vocabulary::{Part, Vocabulary};
use super::{Cancelled, Session, Stop};
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::MemberError;

/// Rows of the longest decode measured.
const MOST: usize = 16;

impl<E: Engine> Session<E> {
    /// Measures decodes of 1, 4 and 16 rows. This drops what was evaluated before, so it is best called first; later calls return
    /// the same times.
    pub(in crate::engine::member) fn measure(&mut self, cancelled: Cancelled<'_>) -> Result<DecodeTimes, Stop> {
        if let Some(times) = self.times {
            return Ok(times);
        }
        let mut ids = Vec::new();
        let too_long = |_| self.refused("its tokens cannot be counted");
        self.engine.vocabulary().encode(&"the end of it ".repeat(MOST), Part::Text, usize::MAX, &mut ids).map_err(too_long)?;
        ids.truncate(MOST + 1);
        if ids.len() <= MOST || self.engine.context() <= MOST || self.engine.nodes(1) < MOST {
            return Err(self.refused("its context is too small to measure how fast it is").into());
        }
        self.rewind(0);
        self.read(&ids[..1], true)?;
        // The first decode sets up what later ones reuse.
        self.time(&ids[1..2], 1, cancelled)?;
        let (one_ms, four_ms) = (self.time(&ids[1..2], 3, cancelled)?, self.time(&ids[1..5], 2, cancelled)?);
        let sixteen_ms = self.time(&ids[1..], 1, cancelled)?;
        self.rewind(0);
        let times = DecodeTimes { one_ms, four_ms, sixteen_ms };
        self.times = Some(times);
        Ok(times)
    }

    /// Milliseconds of one decode of these tokens, with the logits of each: the fastest of `times` runs, since anything else the
    /// machine does only adds to it.
    fn time(&mut self, tokens: &[u32], times: usize, cancelled: Cancelled<'_>) -> Result<f64, Stop> {
        let mut fastest = f64::INFINITY;
        for _ in 0..times {
            self.forget(0);
            self.plant_rows(None, tokens);
            let begun = Instant::now();
            self.evaluate(0, cancelled)?;
            fastest = fastest.min(begun.elapsed().as_secs_f64() * 1000.0);
        }
        self.forget(0);
        Ok(fastest)
    }

    fn refused(&self, reason: &str) -> MemberError {
        MemberError::Refused(format!("{}: {reason}", self.engine.file()))
    }
}
