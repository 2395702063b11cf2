//! Drafting: the next segment, by the best way that the model has.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::super::continuation::{Continuation, instructions};
use super::super::drawing::Drawing;
use super::super::{DraftRequest, Drafted, MemberError, Progress, Usage};
use super::begun::Following;
use super::client::{Client, Stream};
use super::error::{of_call, of_ending};
use super::finish::Finish;
use super::render::Renderer;
use super::reply::Ending;
use super::request::{Call, Prompt, Subject, estimate, parted};
use super::tokens::Piece;
use crate::engine::fusion::event::Drafting;
use crate::engine::fusion::segment::{SegmentRule, SegmentUnit};

/// How long the last message is waited for, which tells what was used, when the server was told to stop just there.
const LAST: Duration = Duration::from_millis(200);

/// Tokens on top of a segment's for a model that is told to continue: it may begin with what is stripped.
const OVERHEAD: usize = 8;

/// Characters that a token has about, where the server's own tokens are not seen.
const TOKEN_CHARACTERS: usize = 5;

/// Replies in a row that only repeat, from which on the message says that it is the model's way.
const REPETITIONS: usize = 2;

/// What drafting needs to know of a member.
#[derive(Debug)]
pub(super) struct Drafter {
    pub(super) way: Drafting,
    /// Whether log-probabilities come with drafts.
    pub(super) logprobs: bool,
    pub(super) context_tokens: Option<usize>,
    /// Replies in a row that only repeated.
    repeated: AtomicUsize,
}

/// What makes of a reply a draft.
enum Filter {
    Following(Following),
    Told {
        continuation: Continuation,
        /// Nothing is accepted yet, so the model was asked for its whole answer.
        whole: bool,
    },
}

/// The end of a reply, as the draft sees it.
struct End {
    ends: bool,
    logprob: Option<f32>,
    repeated: bool,
}

impl Drafter {
    pub(super) fn new(way: Drafting, logprobs: bool, context_tokens: Option<usize>) -> Self {
        Self { way, logprobs, context_tokens, repeated: AtomicUsize::new(0) }
    }

    /// Drafts the next segment.
    pub(super) async fn draft(
        &self,
        client: &Client,
        renderer: Option<&Renderer>,
        request: &DraftRequest,
        progress: Progress,
    ) -> Result<Drafted, MemberError> {
        let accepted = request.context.accepted.concat();
        let conversation = &request.context.conversation;
        match (self.way, renderer) {
            (Drafting::Raw, Some(renderer)) => {
                let prompt = renderer.prompt(client, conversation, &accepted).await?;
                let filter = Filter::Following(Following::new("", ""));
                self.reply(client, request, Subject::Raw(&prompt), filter, progress).await
            }
            (Drafting::Raw | Drafting::Prefill, _) => {
                let (system, turns) = parted(conversation);
                let sent = if client.sender.dialect.trimmed { accepted.trim_end() } else { &accepted };
                let begun = (!sent.is_empty()).then_some(sent);
                let subject = Subject::Turns { system: &system, turns: &turns, begun };
                self.reply(client, request, subject, Filter::Following(Following::new(&accepted, sent)), progress).await
            }
            (Drafting::Instruction, _) => {
                let (system, turns) = instructions(conversation, &accepted);
                let subject = Subject::Turns { system: &system, turns: &turns, begun: None };
                let filter = Filter::Told { continuation: Continuation::new(&accepted), whole: accepted.is_empty() };
                self.reply(client, request, subject, filter, progress).await
            }
            (Drafting::None, _) => Err(MemberError::Refused("it cannot draft: it can only verify".to_owned())),
        }
    }

    async fn reply(
        &self,
        client: &Client,
        request: &DraftRequest,
        subject: Subject<'_>,
        filter: Filter,
        progress: Progress,
    ) -> Result<Drafted, MemberError> {
        let rule = request.segment;
        let told = matches!(filter, Filter::Told { .. });
        let call = Call {
            subject,
            limit: Drawing::limit(rule) + if told { OVERHEAD } else { 0 },
            sampling: Some(request.sampling),
            alternatives: (self.logprobs && !told).then_some(1),
            json: false,
        };
        let needed = size(subject);
        let failed = |error| of_call(&error, needed, self.context_tokens);
        let mut stream = client.stream(&call).await.map_err(failed)?;
        let mut work = Work { filter, drawing: Drawing::new(rule, progress), complete: false, overflows: false };
        while !work.complete {
            match stream.next().await.map_err(failed)? {
                Some(pieces) => {
                    work.drawing.alive();
                    work.take(pieces).await;
                }
                None => break,
            }
        }
        if work.complete && stops_by_itself(client, rule, told) {
            rest(&mut stream).await;
        }
        self.finish(work, stream, needed).await
    }

    async fn finish(&self, mut work: Work, stream: Stream, needed: usize) -> Result<Drafted, MemberError> {
        let hidden = stream.reader.hides();
        let mut usage = stream.reader.usage();
        let ending = stream.reader.end();
        if let Some(error) = of_ending(&ending) {
            return Err(error);
        }
        let end = work.end(&ending).await;
        self.note_repetition(end.repeated)?;
        if work.drawing.text().is_empty() && !end.ends {
            return Err(MemberError::Failed(nothing(&ending, hidden)));
        }
        estimated(&mut usage, needed, work.drawing.pieces(), ending.finish != Finish::Unknown);
        let draft = work.drawing.finish(end.ends, end.logprob);
        let forwards = usage.evaluated();
        Ok(Drafted { draft, ends: Vec::new(), forwards, usage })
    }

    /// Counts replies in a row that only repeat.
    fn note_repetition(&self, repeated: bool) -> Result<(), MemberError> {
        if !repeated {
            self.repeated.store(0, Ordering::Relaxed);
            return Ok(());
        }
        let times = self.repeated.fetch_add(1, Ordering::Relaxed) + 1;
        Err(MemberError::Failed(if times < REPETITIONS {
            "its reply only repeated the answer so far".to_owned()
        } else {
            format!("its last {times} replies only repeated the answer so far: it cannot continue a text, let it only verify")
        }))
    }
}

/// A draft in the making.
struct Work {
    filter: Filter,
    drawing: Drawing,
    complete: bool,
    /// Text came that the draft has no room for.
    overflows: bool,
}

impl Work {
    async fn take(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            let certain = match &mut self.filter {
                Filter::Following(following) => following.take(piece),
                Filter::Told { continuation, .. } => as_tokens(&continuation.feed(&piece.text)),
            };
            self.add(certain).await;
        }
    }

    async fn add(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            if self.complete {
                self.overflows |= !piece.text.is_empty();
            } else if !piece.text.is_empty() || piece.logprob.is_some() {
                self.complete = self.drawing.add(&piece.text, piece.logprob).await;
            }
        }
    }

    /// Takes in what was held back; the draft ends only if all of it is part of the draft.
    async fn end(&mut self, ending: &Ending) -> End {
        let filter = std::mem::replace(&mut self.filter, Filter::Following(Following::new("", "")));
        match filter {
            Filter::Following(following) => {
                self.add(following.finish()).await;
                End { ends: ending.finish.ends() && !self.overflows, logprob: ending.end_logprob, repeated: false }
            }
            Filter::Told { continuation, whole } => {
                let finished = continuation.finish(ending.finish.of_instruction());
                self.add(as_tokens(&finished.rest)).await;
                let ends = finished.ends || (whole && ending.finish.ends());
                End { ends: ends && !self.overflows, logprob: None, repeated: finished.repeated }
            }
        }
    }
}

/// A text in pieces of about a token each, for models whose tokens cannot be matched with what is left of their reply.
fn as_tokens(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut length = 0;
    let mut blank = true;
    for c in text.chars() {
        let begins = (c.is_whitespace() && !blank) || length >= TOKEN_CHARACTERS;
        if let Some(last) = pieces.last_mut().filter(|_| !begins) {
            last.text.push(c);
        } else {
            pieces.push(Piece { text: c.to_string(), logprob: None });
            length = 0;
        }
        (length, blank) = (length + 1, c.is_whitespace());
    }
    pieces
}

/// Whether the server was told to stop just where the segment is complete.
fn stops_by_itself(client: &Client, rule: SegmentRule, told: bool) -> bool {
    let exact = match rule.unit {
        SegmentUnit::Tokens => Drawing::limit(rule) as u64 >= client.sender.dialect.chat.tokens.1,
        SegmentUnit::Words | SegmentUnit::Sentence => false,
    };
    exact && !told
}

/// Reads on as long as no text comes; what fails now does not matter to the draft.
async fn rest(stream: &mut Stream) {
    let reading = async { while matches!(stream.next().await, Ok(Some(pieces)) if pieces.is_empty()) {} };
    let _ = timeout(LAST, reading).await;
}

/// About how many tokens a call's prompt has.
pub(super) fn size(subject: Subject<'_>) -> usize {
    match subject {
        Subject::Raw(prompt) => Prompt::tokens(prompt),
        Subject::Turns { system, turns, begun } => {
            let turns: usize = turns.iter().map(|turn| estimate(&turn.content)).sum();
            estimate(system) + turns + begun.map_or(0, estimate)
        }
    }
}

/// A reply that was not read to its end, or whose server does not count, leaves its counts to be guessed.
fn estimated(usage: &mut Usage, prompt: usize, output: usize, ended: bool) {
    if usage.prompt_tokens == 0 {
        usage.prompt_tokens = prompt as u64;
    }
    if usage.output_tokens == 0 || !ended {
        usage.output_tokens = usage.output_tokens.max(output as u64);
    }
}

/// Why there is no text.
fn nothing(ending: &Ending, hidden: bool) -> String {
    match ending.finish {
        Finish::Length if hidden => "all its tokens went into hidden reasoning: switch that off, or let it only verify",
        Finish::Length => "its reply is empty though it used all its tokens: if it reasons before it answers, let it only verify",
        Finish::Eos | Finish::StopString | Finish::Filtered | Finish::ToolCall | Finish::Error => "its reply is empty",
        Finish::Unknown => "its reply broke off before any text came",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<String> {
        as_tokens(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn words_are_about_a_token_and_long_ones_more() {
        assert_eq!(texts(" is in France"), [" is", " in", " Fran", "ce"]);
        assert_eq!(texts("\n\n- a"), ["\n\n-", " a"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn counts_that_did_not_come_are_guessed() {
        let mut usage = Usage::default();
        estimated(&mut usage, 12, 3, true);
        assert_eq!(usage, Usage { prompt_tokens: 12, cached_tokens: 0, output_tokens: 3 });
        estimated(&mut usage, 99, 5, true);
        assert_eq!(usage, Usage { prompt_tokens: 12, cached_tokens: 0, output_tokens: 3 });
        estimated(&mut usage, 99, 5, false);
        assert_eq!(usage.output_tokens, 5);
    }

    proptest! {
        #[test]
        fn cutting_into_tokens_loses_nothing(text in ".{0,40}") {
            prop_assert_eq!(texts(&text).concat(), text);
        }
    }
}
