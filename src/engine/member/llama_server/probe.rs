//! Finds out what a server can really do, with a handful of tiny requests.
//!
//! A finding counts only if the reply had the field in the expected form: many servers reply normally and ignore what they do not
//! know. Findings belong to a server and model, and can be kept and handed back instead of probing again.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::discover::Found;
use super::force::{FIELDS, Forcing, in_slot};
use super::plan::Part;
use super::server::{CallError, Server};
use super::tokens::{Token, Tokenizer, fields, ids, tokens};
use super::wire::Work;
use crate::engine::member::Bill;

/// The findings about a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub struct Probed {
    /// The model they belong to.
    pub model: String,
    /// The server they belong to: its build, its model's file, its settings.
    #[serde(default)]
    pub server: String,
    /// Its grammars support tokens: a candidate is scored in one request.
    pub grammar: bool,
    /// A token can be forced by a bias, and its log-probability is returned.
    pub forced: bool,
    /// The log-probability of the end of a turn is returned.
    pub end: bool,
    /// Drafts come with genuine log-probabilities.
    pub draft_logprobs: bool,
    /// Equal seeds gave equal drafts.
    pub seed: bool,
    /// Idle slots keep what they have read when a request starts in another one.
    #[serde(default)]
    pub keeps_slots: bool,
    /// It decodes speculatively: log-probabilities of generated tokens are wrong, except for the first of a request.
    pub speculative: bool,
}

/// Tokens drawn for a trial draft.
const DRAWN: usize = 8;

/// A trial draft.
#[derive(Debug, Default, PartialEq)]
struct Trial {
    text: String,
    ids: Vec<Option<u32>>,
    logprobs: bool,
    speculative: bool,
    /// The slot that drew it.
    slot: Option<usize>,
}

/// Runs the probe.
pub(super) async fn probe(server: &Server, tokenizer: &Tokenizer, found: &Found) -> Result<Probed, CallError> {
    let prompt = ids(&tokens(server, "Hello", true, true).await?);
    let words: Vec<Token> = tokenizer.free(server, " a b").await?.into_iter().filter(|token| token.whole).collect();
    let (first, second) = (trial(server, &prompt).await?, trial(server, &prompt).await?);
    let speculative = found.speculative || first.speculative || second.speculative;
    let bill = Bill::default();
    let mut forcing = Forcing {
        server,
        prompt: &prompt,
        tokens: &words,
        plain: tokenizer.plain,
        vocabulary: found.vocabulary,
        slot: second.slot.and_then(|slot| another(slot, found.slots)),
        work: Work::default(),
        bill: &bill,
    };
    let mut grammar = false;
    let mut end = false;
    if !speculative {
        let run = |end| Part::Run { tokens: 0..words.len(), end };
        end = works(&mut forcing, &run(true)).await?;
        grammar = end || works(&mut forcing, &run(false)).await?;
    }
    let forced = grammar || works(&mut forcing, &Part::Single(0)).await?;
    let end = forced && (end || works(&mut forcing, &Part::End).await?);
    let keeps_slots = match second.slot.filter(|slot| another(*slot, found.slots).is_some()) {
        Some(slot) => keeps(server, &prompt, &second, slot).await?,
        None => false,
    };
    Ok(Probed {
        model: found.model.clone(),
        server: found.identity.clone(),
        grammar,
        forced,
        end,
        keeps_slots,
        draft_logprobs: !speculative && first.logprobs && second.logprobs,
        seed: first.ids == second.ids && first.text == second.text,
        speculative,
    })
}

/// Whether a way of forcing returns its log-probabilities. A server that cannot be reached is not an answer.
async fn works(forcing: &mut Forcing<'_>, part: &Part) -> Result<bool, CallError> {
    match forcing.part(part).await {
        Ok(read) => Ok(read.iter().all(Option::is_some)),
        Err(CallError::Http(error)) if error.status().is_none() => Err(error.into()),
        Err(CallError::Http(_) | CallError::Reply { .. } | CallError::Logprob { .. }) => Ok(false),
        Err(error @ CallError::Exchanged { .. }) => Err(error),
    }
}

/// A slot other than this one.
fn another(slot: usize, count: usize) -> Option<usize> {
    (count > 1).then(|| (slot + 1) % count)
}

/// Whether the slot of a trial still holds it after another slot was used.
async fn keeps(server: &Server, prompt: &[u32], trial: &Trial, slot: usize) -> Result<bool, CallError> {
    let held: Vec<u32> = prompt.iter().copied().chain(trial.ids.iter().copied().flatten()).collect();
    let body = json!({ "prompt": held, "n_predict": 1, "cache_prompt": true, "response_fields": FIELDS });
    let mut completion = server.complete(in_slot(fields(body), Some(slot)), &Bill::default()).await?;
    loop {
        let event = completion.next().await?;
        if event.stop {
            return Ok(event.timings.is_some_and(|timings| timings.cached > 0));
        }
    }
}

/// Draws a few tokens, always with the same seed.
async fn trial(server: &Server, prompt: &[u32]) -> Result<Trial, CallError> {
    let body = json!({
        "prompt": prompt, "n_predict": DRAWN, "n_probs": 1, "samplers": ["temperature"], "temperature": 1.0, "seed": 7,
        "cache_prompt": true, "timings_per_token": true, "response_fields": FIELDS,
    });
    let mut completion = server.complete(fields(body), &Bill::default()).await?;
    let mut trial = Trial { logprobs: true, ..Trial::default() };
    loop {
        let event = completion.next().await?;
        trial.speculative |= event.is_speculative();
        trial.text += &event.content;
        trial.ids.extend(event.completion_probabilities.iter().map(|entry| entry.id));
        trial.logprobs &= event.completion_probabilities.iter().all(|entry| entry.logprob().is_ok());
        trial.logprobs &= event.content.is_empty() || !event.completion_probabilities.is_empty();
        if event.stop {
            trial.slot = event.id_slot;
            return Ok(trial);
        }
    }
}
