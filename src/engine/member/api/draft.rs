//! Drafting: the next segment, by the best way that the model supports.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::super::continuation::{Continuation, instructions};
use super::super::drawing::Drawing;
use super::super::http::HttpError;
use super::super::other_turns::OtherTurns;
use super::super::thought::Thoughts;
use super::super::{DraftRequest, Drafted, MemberError, Progress, Thought, Usage};
use super::advice::remedy;
use super::begun::Following;
use super::client::{Client, Stream};
use super::error::{of_call, of_ending};
use super::finish::Finish;
use super::render::Renderer;
use super::reply::Ending;
use super::request::{Call, Prompt, Subject, estimate, parted};
use super::work::{Filter, Work};
use crate::engine::fusion::event::Drafting;
use crate::engine::fusion::segment::{SegmentRule, SegmentUnit};

/// How long to wait for the last message, which reports the usage, if the server was told to stop exactly there.
const LAST: Duration = Duration::from_millis(200);

/// How long to watch for a break right after a segment that was cut from a reply.
const SOON: Duration = Duration::from_millis(5);

/// Extra tokens for a model that is instructed to continue: its reply may start with text that is stripped.
const OVERHEAD: usize = 8;

/// How many times to request a reply that breaks off.
const ATTEMPTS: usize = 2;

/// How many characters of a thought's end a message shows.
const THOUGHT_SHOWN: usize = 60;

/// After this many replies in a row that only repeat, the message calls it the model's habit.
const REPETITIONS: usize = 2;

/// What drafting needs to know of a member.
#[derive(Debug)]
pub(super) struct Drafter {
    pub(super) way: Drafting,
    /// Whether drafts come with log-probabilities.
    pub(super) logprobs: bool,
    pub(super) context_tokens: Option<usize>,
    /// Replies in a row that only repeated.
    repeated: AtomicUsize,
    /// Whether a reply contained the end of a thought without its start, so that the prompt opens it.
    opens: AtomicBool,
}

/// A reply, read as far as the draft needs it.
struct Replied {
    ending: Ending,
    /// Hidden reasoning, as far as it is reported.
    hidden: Thought,
    /// Whether any was seen.
    counted: bool,
}

impl Replied {
    fn of(stream: &Stream, ending: Ending) -> Self {
        Self { ending, hidden: stream.reader.thought().clone(), counted: stream.reader.hides() }
    }
}

impl Drafter {
    pub(super) fn new(way: Drafting, logprobs: bool, context_tokens: Option<usize>) -> Self {
        Self { way, logprobs, context_tokens, repeated: AtomicUsize::new(0), opens: AtomicBool::new(false) }
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
                let filter = if renderer.is_plain() {
                    Filter::Plain { others: OtherTurns::new(accepted.clone()), another: false }
                } else {
                    Filter::Following(Following::new("", ""))
                };
                let work = self.work(filter, &accepted, request, progress);
                self.reply(client, request, Subject::Raw(&prompt), work).await
            }
            (Drafting::Raw | Drafting::Prefill, _) => {
                let (system, turns) = parted(conversation);
                let sent = if client.sender.dialect.trimmed { accepted.trim_end() } else { &accepted };
                let begun = (!sent.is_empty()).then_some(sent);
                let subject = Subject::Turns { system: &system, turns: &turns, begun };
                let work = self.work(Filter::Following(Following::new(&accepted, sent)), &accepted, request, progress);
                self.reply(client, request, subject, work).await
            }
            (Drafting::Instruction, _) => {
                let (system, turns) = instructions(conversation, &accepted);
                let subject = Subject::Turns { system: &system, turns: &turns, begun: None };
                let filter = Filter::Told { continuation: Continuation::new(&accepted), whole: accepted.is_empty() };
                let work = self.work(filter, &accepted, request, progress);
                self.reply(client, request, subject, work).await
            }
            (Drafting::None, _) => Err(MemberError::Refused("it cannot draft: it can only verify".to_owned())),
        }
    }

    /// How to turn a reply into a draft. A model instructed in words to continue thinks again in every reply.
    fn work(&self, filter: Filter, accepted: &str, request: &DraftRequest, progress: Progress) -> Work {
        let new_turn = accepted.is_empty() || matches!(filter, Filter::Told { .. });
        let thoughts = match (new_turn, self.opens.load(Ordering::Relaxed)) {
            (true, true) => Thoughts::opened(accepted),
            (true, false) => Thoughts::new_turn(accepted),
            (false, _) => Thoughts::continued(accepted),
        };
        Work::new(filter, thoughts, request.segment, accepted.is_empty(), progress)
    }

    async fn reply(
        &self,
        client: &Client,
        request: &DraftRequest,
        subject: Subject<'_>,
        mut work: Work,
    ) -> Result<Drafted, MemberError> {
        let (rule, bill) = (request.segment, work.bill().clone());
        let told = work.is_told();
        let call = Call {
            subject,
            limit: Drawing::limit(rule) + if told { OVERHEAD } else { 0 },
            sampling: Some(request.sampling),
            alternatives: (self.logprobs && !told).then_some(1),
            json: false,
            bill: &bill,
        };
        let needed = size(subject);
        let failed = |error| of_call(&error, needed, self.context_tokens);
        let exact = stops_by_itself(client, rule, told);
        for attempt in 1..=ATTEMPTS {
            let mut stream = client.stream(&call).await.map_err(failed)?;
            let broken = match read(&mut work, &mut stream).await {
                Ok(()) => false,
                Err(error) if error.is_broken() && attempt < ATTEMPTS => true,
                Err(error) => return Err(failed(error)),
            };
            let before = stream.reader.ending();
            let wait = if exact { LAST } else { SOON };
            let doubtful = !broken && work.complete && breaks_off(&mut stream, wait).await && attempt < ATTEMPTS;
            let ending = if exact { stream.reader.ending() } else { before };
            if !broken && !doubtful {
                let drafted = self.finish(client, work, Replied::of(&stream, ending)).await;
                stream.end_by_itself();
                return drafted;
            }
            // Nothing of it became part of the answer.
            stream.give_up().await;
            work = work.again();
        }
        Err(MemberError::Failed("its reply broke off each time".to_owned()))
    }

    async fn finish(&self, client: &Client, mut work: Work, replied: Replied) -> Result<Drafted, MemberError> {
        let Replied { ending, hidden, counted } = replied;
        if let Some(error) = of_ending(&ending) {
            return Err(error);
        }
        let begins = work.is_beginning();
        let end = work.end(&ending).await;
        if end.opened_in_prompt {
            self.opens.store(true, Ordering::Relaxed);
        }
        self.note_repetition(end.repeated)?;
        let in_text = !end.thought.is_empty();
        let thought = hidden.followed_by(end.thought);
        if work.drawing.text().is_empty() && (!end.ends || end.unclosed || begins) {
            let remedy = remedy(client.sender.dialect);
            return Err(MemberError::Failed(match (in_text || end.unclosed, counted) {
                (false, false) => nothing(&ending).to_owned(),
                (true, _) => format!("its reply is only a thought{}: {remedy}", shown(&thought)),
                (false, true) => format!("all its tokens went into hidden reasoning{}: {remedy}", shown(&thought)),
            }));
        }
        let draft = work.drawing.finish(end.ends, end.logprob);
        // Its usage is on the call's bill.
        Ok(Drafted { draft, thought, ends: Vec::new(), forwards: 0, usage: Usage::default() })
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

/// Whether the server was told to stop exactly where the segment is complete.
fn stops_by_itself(client: &Client, rule: SegmentRule, told: bool) -> bool {
    let exact = match rule.unit {
        SegmentUnit::Tokens => Drawing::limit(rule) as u64 >= client.sender.dialect.chat.tokens.1,
        SegmentUnit::Words | SegmentUnit::Sentence => false,
    };
    exact && !told
}

/// Whether the reply breaks off right after a complete segment; reads on as long as no text comes. Other failures no longer
/// affect the draft. But what follows decides where a sentence ends, so a break there casts doubt on the end.
async fn breaks_off(stream: &mut Stream, wait: Duration) -> bool {
    let reading = async {
        loop {
            match stream.next().await {
                Ok(Some(pieces)) if pieces.is_empty() => {}
                Ok(_) => return false,
                Err(error) => return matches!(error, HttpError::Cut { .. }),
            }
        }
    };
    timeout(wait, reading).await.unwrap_or(false)
}

/// Roughly how many tokens a call's prompt has.
pub(super) fn size(subject: Subject<'_>) -> usize {
    match subject {
        Subject::Raw(prompt) => Prompt::tokens(prompt),
        Subject::Turns { system, turns, begun } => {
            let turns: usize = turns.iter().map(|turn| estimate(&turn.content)).sum();
            estimate(system) + turns + begun.map_or(0, estimate)
        }
    }
}

/// Why there is no text, if no thought was seen.
fn nothing(ending: &Ending) -> &'static str {
    match ending.finish {
        Finish::Length => "its reply is empty though it used all its tokens: if it reasons before it answers, let it only verify",
        Finish::Eos | Finish::StopString | Finish::Filtered | Finish::ToolCall | Finish::Error => "its reply is empty",
        Finish::Unknown => "its reply ended before any text came",
    }
}

/// How long a thought is and how it ends, in words that follow "a thought".
pub(super) fn shown(thought: &Thought) -> String {
    if thought.is_empty() {
        return String::new();
    }
    let (count, end) = (thought.characters, thought.ending(THOUGHT_SHOWN));
    format!(" ({count} characters, which end with \u{201c}{end}\u{201d})")
}

/// Reads a reply until the segment is complete or the reply ends.
async fn read(work: &mut Work, stream: &mut Stream) -> Result<(), HttpError> {
    while !work.is_over() {
        let Some(pieces) = stream.next().await? else { break };
        work.drawing.alive();
        work.take(pieces).await;
    }
    Ok(())
}
