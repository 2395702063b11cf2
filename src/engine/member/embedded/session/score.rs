//! Scoring candidates behind the prefix: they go into the tree of branches, which is evaluated in as few passes as it takes.

use super::{At, Cancelled, Session, Stop};
use crate::engine::member::{MemberError, ScoreRequest, Scored};

impl Session {
    /// Log-probabilities of candidates, each token's after the ones before it.
    pub(in crate::engine::member::embedded) fn score(
        &mut self,
        request: &ScoreRequest,
        cancelled: Cancelled<'_>,
    ) -> Result<Scored, Stop> {
        self.forwards = 0;
        let ids = self.tokens(&request.context)?;
        let mut candidates = Vec::with_capacity(request.candidates.len());
        for (text, ends) in &request.candidates {
            candidates.push((self.candidate(ids.len(), text, *ends)?, *ends));
        }
        self.reach(&ids, cancelled)?;
        let mut logprobs = Vec::with_capacity(candidates.len());
        while logprobs.len() < candidates.len() {
            let group = self.plant(&candidates[logprobs.len()..], cancelled)?;
            for (tokens, ends) in &candidates[logprobs.len()..logprobs.len() + group] {
                logprobs.push(self.read(tokens, *ends)?);
            }
        }
        Ok(Scored::tokens(logprobs, self.forwards))
    }

    /// A candidate's tokens, which must fit behind a prefix.
    fn candidate(&self, prefix: usize, text: &str, ends: bool) -> Result<Vec<u32>, MemberError> {
        let limit = self.model.config.context;
        let mut tokens = Vec::new();
        let full = |needed: usize| MemberError::ContextFull { needed, limit };
        let room = limit.saturating_sub(prefix + usize::from(ends));
        self.vocabulary
            .encode(text, false, room, &mut tokens)
            .map_err(|error| full(prefix + error.needed + usize::from(ends)))?;
        if prefix == 0 || prefix > limit { Err(full(prefix)) } else { Ok(tokens) }
    }

    /// Evaluates as many of the candidates as the branches have room for, at least one, and returns how many. A last token
    /// only counts where the end behind it is asked for.
    fn plant(&mut self, candidates: &[(Vec<u32>, bool)], cancelled: Cancelled<'_>) -> Result<usize, Stop> {
        let mut evaluated = self.branches.len();
        let mut planted = 0;
        for (tokens, ends) in candidates {
            let count = if *ends { tokens.len() } else { tokens.len().saturating_sub(1) };
            if self.branches.len() + count > self.branch_limit() {
                if planted > 0 {
                    break;
                }
                self.branches.clear();
                evaluated = 0;
            }
            self.grow(&tokens[..count]);
            planted += 1;
        }
        self.evaluate_branches(evaluated, cancelled)?;
        Ok(planted)
    }

    /// Reads a planted candidate's log-probabilities.
    fn read(&self, tokens: &[u32], ends: bool) -> Result<Vec<f32>, MemberError> {
        let mut at: At = None;
        let mut logprobs = Vec::with_capacity(tokens.len() + 1);
        for token in tokens {
            let (logits, sum) = self.after(at);
            logprobs.push((logits[*token as usize] - sum).min(0.0));
            at = self.branches.child(at, *token);
        }
        if ends {
            logprobs.push(self.end_logprob(at));
        }
        if logprobs.iter().all(|number| number.is_finite()) { Ok(logprobs) } else { Err(self.not_numbers()) }
    }
}
