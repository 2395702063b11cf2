//! Scoring candidates after the prefix: they go into the tree, which is evaluated in as few passes as possible.

use super::super::engine::Engine;
use super::super::tree::{At, Wanted};
use super::super::vocabulary::{Part, Vocabulary};
use super::{Cancelled, Session, Stop};
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::member::{MemberError, ScoreRequest, Scored};

impl<E: Engine> Session<E> {
    /// Log-probabilities of candidates, each token's after the ones before it.
    pub(in crate::engine::member) fn score(&mut self, request: &ScoreRequest, cancelled: Cancelled<'_>) -> Result<Scored, Stop> {
        self.forwards = 0;
        let ids = self.tokens(&request.context)?;
        let mut candidates = Vec::with_capacity(request.candidates.len());
        for CandidateText { text, ends } in &request.candidates {
            candidates.push((self.candidate(ids.len(), text, *ends)?, *ends));
        }
        self.reach(&ids, cancelled)?;
        let (mut logprobs, mut ends_after) = (Vec::with_capacity(candidates.len()), Vec::new());
        while logprobs.len() < candidates.len() {
            let group = &candidates[logprobs.len()..];
            let paths = self.plant_group(group, request.asks_end, cancelled)?;
            for ((tokens, ends), path) in group.iter().zip(&paths) {
                logprobs.push(self.scores(tokens, *ends, path)?);
                let known = request.asks_end && !ends && path.len() == tokens.len();
                ends_after.push(known.then(|| self.end_logprob(path.last().copied())));
            }
        }
        Ok(Scored { ends: ends_after, ..Scored::tokens(logprobs, self.forwards) })
    }

    /// A candidate's tokens, which must fit after a prefix.
    fn candidate(&self, prefix: usize, text: &str, ends: bool) -> Result<Vec<u32>, MemberError> {
        let limit = self.engine.context();
        let mut tokens = Vec::new();
        let full = |needed: usize| MemberError::ContextFull { needed, limit };
        let room = limit.saturating_sub(prefix + usize::from(ends));
        self.engine
            .vocabulary()
            .encode(text, Part::Text, room, &mut tokens)
            .map_err(|error| full(prefix + error.needed + usize::from(ends)))?;
        if prefix == 0 || prefix > limit { Err(full(prefix)) } else { Ok(tokens) }
    }

    /// Evaluates as many of the candidates as the tree has room for, at least one, and returns the nodes of each. A last token
    /// only counts if the end after it is needed.
    pub(super) fn plant_group(
        &mut self,
        candidates: &[(Vec<u32>, bool)],
        asks_end: bool,
        cancelled: Cancelled<'_>,
    ) -> Result<Vec<Vec<u32>>, Stop> {
        let mut evaluated = self.tree.len();
        let mut paths = Vec::new();
        for (tokens, ends) in candidates {
            let to_end = *ends || asks_end;
            let count = if to_end { tokens.len() } else { tokens.len().saturating_sub(1) };
            let nodes = self.tree.len() + count > self.engine.nodes(self.prefix.len());
            if nodes || self.tree.leaves() >= self.engine.leaves() {
                if !paths.is_empty() {
                    break;
                }
                self.forget(0);
                evaluated = 0;
            }
            let last = if to_end { Wanted::End } else { tokens.last().map_or(Wanted::Nothing, |last| Wanted::Token(*last)) };
            paths.push(self.plant(&tokens[..count], last));
        }
        self.evaluate(evaluated, cancelled)?;
        Ok(paths)
    }

    /// A planted candidate's log-probabilities.
    pub(super) fn scores(&self, tokens: &[u32], ends: bool, path: &[u32]) -> Result<Vec<f32>, MemberError> {
        let mut at: At = None;
        let mut logprobs = Vec::with_capacity(tokens.len() + 1);
        for (place, token) in tokens.iter().enumerate() {
            let logprob = match at {
                None => self.last[*token as usize] - self.last_sum,
                Some(node) => self.tree.logprob(node, *token),
            };
            // NaN has to stay NaN: `min` would make it 0.
            logprobs.push(if logprob > 0.0 { 0.0 } else { logprob });
            at = path.get(place).copied();
        }
        if ends {
            logprobs.push(self.end_logprob(at));
        }
        if logprobs.iter().all(|number| number.is_finite()) { Ok(logprobs) } else { Err(self.not_numbers()) }
    }
}
