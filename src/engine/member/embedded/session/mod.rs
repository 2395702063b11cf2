//! One model at work on one answer: what it has evaluated, and how a call is answered with as few evaluations as possible.
//!
//! Owns the prefix, the branches behind it and the counting of evaluations. Every number it returns depends on the request
//! alone, not on what was evaluated before: a cache that is kept gives the same bits as a fresh one.

mod score;

use std::sync::Arc;

use fearless_simd::Level;

use super::branches::{At, Branches};
use super::forward::{Batch, Engine, Place, Row, log_sum_exp};
use super::known::Known;
use super::model::Model;
use super::sampler::Sampler;
use super::template::Template;
use super::tokenizer::Decoder;
use super::vocabulary::Vocabulary;
use crate::engine::fusion::candidate::{Draft, DraftToken};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{Context, Drafted, Hints, MemberError, Sampling, Usage};

/// Rows evaluated in one pass: enough to use each weight many times, few enough that a cancelled call ends soon.
const ROWS_PER_PASS: usize = 64;

/// Memory that the logits of branches may take before they are forgotten.
const BRANCH_BYTES: usize = 64 << 20;

/// Tokens up to which a prompt that does not fit is counted: a few seconds at most.
const MOST_COUNTED: usize = 16 << 20;

/// Why a call ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody waits for the answer any more.
    Cancelled,
    /// The call failed.
    Failed(MemberError),
}

impl From<MemberError> for Stop {
    fn from(error: MemberError) -> Self {
        Self::Failed(error)
    }
}

/// Asked between passes: whether nobody waits any more.
pub(super) type Cancelled<'a> = &'a dyn Fn() -> bool;

/// What the sessions of one model share: nothing of it ever changes.
#[derive(Clone)]
pub(super) struct Shared {
    file: Arc<str>,
    model: Arc<Model>,
    vocabulary: Arc<Vocabulary>,
    level: Level,
}

impl Shared {
    pub(super) fn new(file: &str, model: Model, vocabulary: Vocabulary, level: Level) -> Self {
        Self { file: file.into(), model: Arc::new(model), vocabulary: Arc::new(vocabulary), level }
    }

    /// Where messages say the model is from.
    pub(super) fn file(&self) -> &str {
        &self.file
    }
}

/// A model with its cache.
pub(super) struct Session {
    file: Arc<str>,
    model: Arc<Model>,
    vocabulary: Arc<Vocabulary>,
    template: Template,
    engine: Engine,
    known: Known,
    /// Tokens whose rows are in the main store.
    prefix: Vec<u32>,
    /// What follows the last of them; empty where unknown.
    last: Vec<f32>,
    last_sum: f32,
    branches: Branches,
    /// Tokens that are never drawn.
    never: Vec<bool>,
    sums: Vec<f32>,
    sampling: (Vec<f32>, Vec<(f32, u32)>),
    forwards: u64,
}

impl Session {
    pub(super) fn new(shared: Shared) -> Self {
        let Shared { file, model, vocabulary, level } = shared;
        let mut never = vocabulary.control.clone();
        for end in &vocabulary.ends {
            never[*end as usize] = false;
        }
        Self {
            engine: Engine::new(&model.config, level),
            template: Template::new(&file, &vocabulary.template),
            branches: Branches::new(vocabulary.len()),
            known: Known::default(),
            prefix: Vec::new(),
            last: Vec::new(),
            last_sum: 0.0,
            never,
            sums: Vec::new(),
            sampling: (Vec::new(), Vec::new()),
            forwards: 0,
            file,
            model,
            vocabulary,
        }
    }

    /// Tokens of the prompt. One that does not fit is counted to its end, so that the person who asked learns by how much.
    pub(super) fn prepare(&mut self, conversation: &Arc<Conversation>) -> Result<usize, MemberError> {
        let limit = self.model.config.context;
        let tokens = match self.known.prompt(conversation, &self.template, &self.vocabulary, limit) {
            Ok(tokens) => tokens.len(),
            Err(MemberError::ContextFull { .. }) => self.template.tokens(conversation, &self.vocabulary, MOST_COUNTED)?.len(),
            Err(error) => return Err(error),
        };
        self.room_for(tokens + 1)?;
        Ok(tokens)
    }

    /// Drafts until `complete` says so, the model ends the answer, or the context is full. `drawn` hears every token.
    pub(super) fn draft(
        &mut self,
        context: &Context,
        sampling: Sampling,
        complete: &dyn Fn(&str, usize) -> bool,
        hints: &Hints,
        drawn: &mut dyn FnMut(&DraftToken),
        cancelled: Cancelled<'_>,
    ) -> Result<Drafted, Stop> {
        self.forwards = 0;
        let ids = self.tokens(context)?;
        self.room_for(ids.len() + 1)?;
        self.reach(&ids, cancelled)?;
        if self.branches.len() + self.model.config.context - ids.len() > self.branch_limit() {
            self.branches.clear();
        }
        let mut sampler = Sampler::new(sampling, std::mem::take(&mut self.sampling));
        let result = self.draw(&mut sampler, complete, hints, drawn, cancelled);
        self.sampling = sampler.into_memory();
        Ok(Drafted { draft: result?, forwards: self.forwards, usage: Usage::default() })
    }

    fn draw(
        &mut self,
        sampler: &mut Sampler,
        complete: &dyn Fn(&str, usize) -> bool,
        hints: &Hints,
        drawn: &mut dyn FnMut(&DraftToken),
        cancelled: Cancelled<'_>,
    ) -> Result<Draft, Stop> {
        let mut draft = Draft::default();
        let mut heard = 0;
        let unread = self.branches.len();
        self.listen(hints, &mut heard);
        self.evaluate_branches(unread, cancelled)?;
        let mut text = String::new();
        let mut decoder = Decoder::default();
        let mut at: At = None;
        loop {
            let (logits, sum) = self.after(at);
            let Some(id) = sampler.draw(self.engine.level(), logits, &self.never).filter(|_| sum.is_finite()) else {
                return Err(self.not_numbers().into());
            };
            if self.vocabulary.ends.contains(&id) {
                draft.ends = true;
                draft.end_logprob = Some(self.end_logprob(at));
                return Ok(draft);
            }
            let token = DraftToken {
                text: decoder.take(&self.vocabulary.bytes[id as usize]),
                logprob: Some((logits[id as usize] - sum).min(0.0)),
            };
            text.push_str(&token.text);
            drawn(&token);
            draft.tokens.push(token);
            // Where the draft stops inside a character, the bytes so far are not part of it: the next draft draws them anew.
            let full = self.prefix.len() + draft.tokens.len() >= self.model.config.context;
            if full || complete(&text, draft.tokens.len()) {
                return Ok(draft);
            }
            at = Some(if let Some(known) = self.branches.child(at, id) {
                known
            } else {
                let node = self.branches.add(at, id);
                self.listen(hints, &mut heard);
                self.evaluate_branches(node as usize, cancelled)?;
                node
            });
        }
    }

    /// Puts the finished drafts of others into the tree, to be read with the next pass: what this member draws alike needs none
    /// of its own then. One that has no room is left out.
    fn listen(&mut self, hints: &Hints, heard: &mut usize) {
        for text in hints.since(*heard) {
            *heard += 1;
            let mut tokens = Vec::new();
            let room = self.model.config.context.saturating_sub(self.prefix.len());
            let fits = self.vocabulary.encode(&text, false, room, &mut tokens).is_ok();
            if fits && self.branches.len() + tokens.len() <= self.branch_limit() {
                self.grow(&tokens);
            }
        }
    }

    /// Adds a path of tokens to the tree where it is not there yet; the new ones are to be evaluated.
    fn grow(&mut self, tokens: &[u32]) {
        let mut at = None;
        for token in tokens {
            at = Some(self.branches.child(at, *token).unwrap_or_else(|| self.branches.add(at, *token)));
        }
    }

    /// What follows a place: logits, and the logarithm of their sum of exponentials.
    fn after(&self, at: At) -> (&[f32], f32) {
        match at {
            None => (&self.last, self.last_sum),
            Some(node) => self.branches.after(node),
        }
    }

    /// Logarithm of the probability that the turn ends at a place, by any of the tokens that end one.
    fn end_logprob(&self, at: At) -> f32 {
        let (logits, sum) = self.after(at);
        match self.vocabulary.ends.as_slice() {
            [end] => (logits[*end as usize] - sum).min(0.0),
            ends => {
                let total: f64 = ends.iter().map(|end| libm::exp(f64::from(logits[*end as usize] - sum))).sum();
                (libm::log(total) as f32).min(0.0)
            }
        }
    }

    /// The tokens of a context, which must fit.
    fn tokens(&mut self, context: &Context) -> Result<Vec<u32>, MemberError> {
        self.known.tokens(context, &self.template, &self.vocabulary, self.model.config.context)
    }

    fn room_for(&self, needed: usize) -> Result<(), MemberError> {
        let limit = self.model.config.context;
        if needed > limit { Err(MemberError::ContextFull { needed, limit }) } else { Ok(()) }
    }

    /// Brings the prefix to these tokens: goes back where it differs, takes over what the branches hold, and evaluates the
    /// rest.
    fn reach(&mut self, ids: &[u32], cancelled: Cancelled<'_>) -> Result<(), Stop> {
        let common = self.prefix.iter().zip(ids).take_while(|(known, wanted)| known == wanted).count();
        if common < self.prefix.len() {
            self.prefix.truncate(common);
            self.last.clear();
            self.branches.clear();
        }
        self.adopt(&ids[common..]);
        // Without what follows the last token there is nothing to draw from: evaluate it once more.
        if self.last.is_empty() && self.prefix.len() == ids.len() {
            self.prefix.pop();
        }
        while self.prefix.len() < ids.len() {
            if cancelled() {
                return Err(Stop::Cancelled);
            }
            let start = self.prefix.len();
            let end = ids.len().min(start + ROWS_PER_PASS);
            self.evaluate_prefix(&ids[start..end]);
        }
        Ok(())
    }

    /// Takes over the branch that begins like `rest`, as far as it goes.
    fn adopt(&mut self, rest: &[u32]) {
        let mut end: At = None;
        let mut count = 0;
        for token in rest {
            let Some(child) = self.branches.child(end, *token) else { break };
            self.engine.main.copy_from(self.prefix.len() + count, &self.engine.branch, child as usize);
            end = Some(child);
            count += 1;
        }
        let Some(end) = end else {
            if !rest.is_empty() {
                self.branches.clear();
            }
            return;
        };
        let (logits, sum) = self.branches.after(end);
        self.last.clear();
        self.last.extend_from_slice(logits);
        self.last_sum = sum;
        self.prefix.extend_from_slice(&rest[..count]);
        if count < rest.len() {
            self.branches.clear();
            return;
        }
        for (from, to) in self.branches.keep_behind(end) {
            self.engine.branch.move_down(to as usize, from as usize);
        }
    }

    fn evaluate_prefix(&mut self, ids: &[u32]) {
        let start = self.prefix.len();
        let rows = ids.iter().zip(start..).map(|(token, at)| Row {
            token: *token,
            position: at,
            place: Place::Main(at),
            prefix: at + 1,
            path: 0..0,
        });
        let batch = Batch { rows: rows.collect(), paths: Vec::new() };
        let logits = self.engine.evaluate(&self.model, &batch, ids.len() - 1);
        self.last.clear();
        self.last.extend_from_slice(&logits[..self.vocabulary.len()]);
        self.last_sum = log_sum_exp(self.engine.level(), &self.last, &mut self.sums);
        self.prefix.extend_from_slice(ids);
        self.branches.clear();
        self.forwards += ids.len() as u64;
    }

    /// Evaluates the nodes of the branches from `first` on. Those not reached when the call is cancelled are forgotten.
    fn evaluate_branches(&mut self, mut first: usize, cancelled: Cancelled<'_>) -> Result<(), Stop> {
        while first < self.branches.len() {
            if cancelled() {
                self.branches.keep_first(first);
                return Err(Stop::Cancelled);
            }
            let end = self.branches.len().min(first + ROWS_PER_PASS);
            let mut batch = Batch::default();
            for node in first as u32..end as u32 {
                let start = batch.paths.len();
                let depth = self.branches.path(node, &mut batch.paths);
                batch.rows.push(Row {
                    token: self.branches.token(node),
                    position: self.prefix.len() + depth - 1,
                    place: Place::Branch(node as usize),
                    prefix: self.prefix.len(),
                    path: start..start + depth,
                });
            }
            let level = self.engine.level();
            let stride = self.model.out.stride();
            let logits = self.engine.evaluate(&self.model, &batch, 0);
            for (node, logits) in (first as u32..).zip(logits.chunks_exact(stride)) {
                let logits = &logits[..self.vocabulary.len()];
                self.branches.set(node, logits, log_sum_exp(level, logits, &mut self.sums));
            }
            self.forwards += (end - first) as u64;
            first = end;
        }
        Ok(())
    }

    /// Nodes that the branches may hold: what fits the memory meant for them, but always a whole context.
    fn branch_limit(&self) -> usize {
        (BRANCH_BYTES / (self.vocabulary.len() * size_of::<f32>()))
            .clamp(self.model.config.context, 4096.max(self.model.config.context))
    }

    fn not_numbers(&self) -> MemberError {
        MemberError::Failed(format!("{}: its weights are so large that its results are not numbers", self.file))
    }
}

/// What tests need to see.
#[cfg(test)]
impl Session {
    /// The tokens of a prompt.
    pub(super) fn prompt(&mut self, conversation: &Arc<Conversation>) -> Result<Vec<u32>, MemberError> {
        let context = Context { conversation: Arc::clone(conversation), accepted: Arc::new([]) };
        self.tokens(&context)
    }

    /// The log-probability of each token of a continuation, by reading it as if it had been accepted.
    pub(super) fn log_probabilities(&mut self, prompt: &[u32], continuation: &[u32]) -> Vec<f32> {
        let mut ids = prompt.to_vec();
        let mut logprobs = Vec::new();
        for id in continuation {
            self.reach(&ids, &|| false).unwrap();
            logprobs.push(self.last[*id as usize] - self.last_sum);
            ids.push(*id);
        }
        logprobs
    }
}
