//! Scores candidates: each in as few requests as its tokens allow, several candidates at the same time.
//!
//! Owns where a candidate's tokens start, how many requests run side by side, and what happens when the better way of forcing
//! fails. A token whose log-probability is not available (part of a character that is not among the most probable tokens of a
//! large vocabulary) is left out of the candidate's numbers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::stream::{self, StreamExt};

use super::force::{Forcing, Read, is_grammars, refuses_grammar};
use super::plan::{Part, parts};
use super::server::CallError;
use super::template::Prompt;
use super::tokens::{self, Token, common};
use super::wire::Work;
use super::{Inner, judging};
use crate::engine::member::{Bill, Context, MemberError, Opinion, ScoreRequest, ScoreTier, Scored};

/// What all candidates continue.
struct Before {
    prompt: Arc<Prompt>,
    accepted: String,
    /// The accepted text's tokens.
    known: Vec<Token>,
}

/// A candidate in tokens.
struct Candidate {
    /// The prompt and the accepted text, as far as the candidate does not change their tokens.
    before: Vec<u32>,
    /// The tokens it adds.
    tokens: Vec<Token>,
    /// Whether the end is requested.
    ends: bool,
}

/// Scores the candidates of a request, the way it asks for.
pub(super) async fn score(inner: Arc<Inner>, request: ScoreRequest) -> Result<Scored, MemberError> {
    match request.tier {
        ScoreTier::InProcess | ScoreTier::Prompt | ScoreTier::Forced => forced(inner, request).await,
        ScoreTier::Labels | ScoreTier::Ranking => judging::judge(inner, request).await,
        ScoreTier::None => Err(MemberError::Failed(format!("{}: it does not score", inner.server.name()))),
    }
}

/// Exactly, by forcing.
async fn forced(inner: Arc<Inner>, request: ScoreRequest) -> Result<Scored, MemberError> {
    let end = inner.capabilities.end_probability;
    let before = Before::new(&inner, &request.context).await?;
    let candidates: Vec<_> =
        request.candidates.iter().map(|candidate| (Arc::clone(&candidate.text), candidate.ends && end)).collect();
    let prepared = stream::iter(candidates).map(|(text, ends)| prepare(&inner, &before, text, ends));
    let prepared: Vec<_> = prepared.buffered(inner.at_once).collect().await;
    let prepared: Vec<Candidate> = prepared.into_iter().collect::<Result<_, MemberError>>()?;
    let scored = stream::iter(prepared).map(|candidate| one(&inner, candidate, request.progress.bill())).buffered(inner.at_once);
    let scored: Vec<_> = scored.collect().await;
    let mut work = Work::default();
    let mut opinions = Vec::with_capacity(scored.len());
    for result in scored {
        let (read, cost) = result.map_err(lowered)?;
        work += cost;
        opinions.push(Opinion::Tokens(read.into_iter().flatten().collect()));
    }
    Ok(Scored { opinions, ends: Vec::new(), forwards: work.forwards, usage: work.usage })
}

impl Before {
    async fn new(inner: &Inner, context: &Context) -> Result<Self, MemberError> {
        let prompt = inner.prompt(&context.conversation).await?;
        let accepted = context.accepted.concat();
        let known = inner.tokenizer.remembered(&inner.server, &accepted).await?;
        Ok(Self { prompt, accepted, known })
    }
}

/// A candidate's tokens, which must fit.
async fn prepare(inner: &Inner, before: &Before, text: Arc<str>, ends: bool) -> Result<Candidate, MemberError> {
    let whole = match &*text {
        "" => before.known.clone(),
        text => inner.tokenizer.free(&inner.server, &format!("{}{text}", before.accepted)).await?,
    };
    let same = common(&before.known, &whole);
    let mut ids = before.prompt.ids.clone();
    ids.extend(tokens::ids(whole.get(..same).unwrap_or_default()));
    let tokens = whole.get(same..).unwrap_or_default().to_vec();
    inner.room_for(ids.len() + tokens.len() + 1)?;
    Ok(Candidate { before: ids, tokens, ends })
}

/// How many of the permits a candidate takes: one, or more if the server's cache would otherwise have no room for it with its
/// prompt, in case the slots share it.
fn places(inner: &Inner, candidate: &Candidate) -> u32 {
    let length = candidate.before.len() + candidate.tokens.len() + 1;
    let fit = inner.capabilities.context_tokens.map_or(usize::MAX, |context| context / length).max(1);
    inner.at_once.div_ceil(fit) as u32
}

/// Scores one candidate, as soon as there is a permit for it: several requests may be in progress.
async fn one(inner: &Inner, candidate: Candidate, bill: &Bill) -> Result<(Read, Work), CallError> {
    let _places = inner.places.acquire_many(places(inner, &candidate)).await.ok();
    let place = inner.slots.for_scoring(&candidate.before);
    let mut forcing = Forcing {
        server: &inner.server,
        prompt: &candidate.before,
        tokens: &candidate.tokens,
        plain: inner.tokenizer.plain,
        vocabulary: inner.found.vocabulary,
        slot: place.id(),
        work: Work::default(),
        bill,
    };
    let mut read = Vec::with_capacity(candidate.tokens.len() + 1);
    for part in parts(&candidate.tokens, candidate.ends, inner.grammar.load(Ordering::Relaxed)) {
        match forcing.part(&part).await {
            Ok(numbers) => read.extend(numbers),
            Err(error) => read.extend(instead(inner, &mut forcing, &part, error).await?),
        }
    }
    let left = candidate.before.iter().copied().chain(tokens::ids(&candidate.tokens)).collect();
    place.leaves(left);
    Ok((read, forcing.work))
}

/// Repeats a failed run token by token. A server that does not support such grammars is not asked that way again.
async fn instead(inner: &Inner, forcing: &mut Forcing<'_>, part: &Part, error: CallError) -> Result<Read, CallError> {
    let Part::Run { tokens, end } = part else { return Err(error) };
    if !is_grammars(&error) {
        return Err(error);
    }
    if refuses_grammar(&error) {
        inner.grammar.store(false, Ordering::Relaxed);
    }
    let mut read = Vec::with_capacity(tokens.len() + 1);
    for place in tokens.clone() {
        read.extend(forcing.part(&Part::Single(place)).await?);
    }
    if *end {
        read.extend(forcing.part(&Part::End).await?);
    }
    Ok(read)
}

/// A server that no longer reports log-probabilities, or only implausible ones, can still judge.
fn lowered(error: CallError) -> MemberError {
    match &error {
        CallError::Logprob { problem, .. } => MemberError::Lowered { to: ScoreTier::Labels, reason: problem.to_string() },
        CallError::Reply { .. } | CallError::Exchanged { .. } | CallError::Http(_) => error.into(),
    }
}
