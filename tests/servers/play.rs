//! Runs of members on clockwork servers, one of which gets into trouble after the first round.

use std::sync::Arc;
use std::time::Duration;

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Outcome, Record, ScoreTier};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::run::{MemberState, Phase, Run};
use specfuse::engine::member::http::{Backoff, Limits};
use specfuse::engine::round::Command;
use specfuse::engine::{Engine, Seat, Setup};

use crate::clockwork::{Clockwork, Model, Pace, Tune};

/// The answer that all members prefer; no server writes all of it.
pub const ANSWER: &str = "The sky, is blue, as air, scatters light.";
/// The part of it that the troubled server writes best, in the first round.
pub const FIRST: &str = "The sky,";
/// Tokens that every server has room for.
const ROOM: usize = 4096;

/// Waits between attempts too short to notice.
pub fn limits() -> Limits {
    let short = Duration::from_millis(1);
    Limits { backoff: Backoff { first: short, cap: short, loading: short, ..Backoff::default() }, ..Limits::default() }
}

/// Limits of a member whose server falls silent: what works is far faster, and what never comes is not waited for long.
pub fn impatient() -> Limits {
    let soon = Duration::from_secs(2);
    Limits { first: soon, idle: soon, ..limits() }
}

/// A server that writes one text and prefers the answer.
pub async fn server(name: &str, says: &str, context: usize) -> Clockwork {
    Clockwork::start(name, Model::new(Tune::text(says), Tune::text(ANSWER)), Pace::default(), context).await
}

/// Segments of two tokens; no exits for bad drafts.
pub fn params(changes: &[(&str, &str)]) -> Params {
    let mut params = Params::default();
    let usual = [("segment", "tokens"), ("segment-tokens", "2"), ("exit", "off"), ("exit-min-members", "1")];
    for (name, value) in usual.iter().chain(changes) {
        params.set_text(name, value).unwrap();
    }
    params
}

/// Two healthy servers, and one that gets into trouble.
pub struct Trio {
    healthy: [Clockwork; 2],
    /// The one that gets into trouble.
    pub third: Clockwork,
    pub limits: Limits,
    pub params: Params,
}

impl Trio {
    /// All three healthy.
    pub async fn new() -> Self {
        Self::with_room(ROOM).await
    }

    /// The third has room for this many tokens.
    pub async fn with_room(context: usize) -> Self {
        let first = server("first", "A sky, is blue, as air, scatters light.", ROOM).await;
        let second = server("second", "Mud, mud, mud, mud, mud, mud, mud.", ROOM).await;
        let third = server("third", "The sky, was red, so they, say now.", context).await;
        Self { healthy: [first, second], third, limits: limits(), params: params(&[]) }
    }

    /// Plays the first round, starts the trouble, plays to the end.
    pub async fn play(&mut self, trouble: impl AsyncFnOnce(&mut Clockwork)) -> Played {
        let [first, second] = &self.healthy;
        let members = [first.member(limits()).await, second.member(limits()).await, self.third.member(self.limits).await];
        let seats = ["first", "second", "third"].into_iter().zip(members);
        let setup = Setup {
            seats: seats.map(|(name, member)| Seat::new(name, Arc::new(member))).collect(),
            params: self.params.clone(),
            seed: 7,
            conversation: Conversation::question("Why is the sky blue?"),
            answers: Vec::new(),
            journal: None,
            clock: Box::new(|| 0.0),
        };
        let mut engine = Engine::start(setup).await.unwrap();
        // The command arrives before the first round has ended, so that the second waits.
        engine.commands().send(Command::Pause).await.unwrap();
        let mut records = Vec::new();
        while let Some(record) = engine.next_event().await {
            let accepted = matches!(record.event, Event::Accepted { .. });
            records.push(record);
            if accepted {
                break;
            }
        }
        trouble(&mut self.third).await;
        engine.commands().send(Command::Resume).await.unwrap();
        while let Some(record) = engine.next_event().await {
            records.push(record);
        }
        Played { run: Run::from_records(&records).unwrap(), records }
    }

    /// Plays with trouble from which the others do not suffer, and returns what was reported about it.
    pub async fn trouble(&mut self, trouble: impl AsyncFnOnce(&mut Clockwork)) -> Played {
        let played = self.play(trouble).await;
        played.went_on();
        played
    }
}

/// A run that was played to its end.
pub struct Played {
    pub run: Run,
    records: Vec<Record>,
}

impl Played {
    /// The others have finished the answer, and what the troubled member contributed before is part of it.
    pub fn went_on(&self) {
        assert_eq!(self.run.phase, Phase::Finished(Outcome::Answered), "{:?}", self.said());
        assert_eq!(self.run.answer(), ANSWER, "{:?}", self.said());
        let first = self.run.rounds[0].accepted.as_ref().unwrap();
        assert_eq!((first.author, &*first.text), (Some(MemberIndex(2)), FIRST));
        assert!(self.run.members[..2].iter().all(MemberState::is_active), "{:?}", self.said());
        for failed in self.records.iter().filter_map(failed) {
            assert_eq!(failed.0, "third", "{failed:?}");
        }
    }

    /// Everything that the run reports about the trouble.
    pub fn said(&self) -> Vec<String> {
        self.records.iter().filter_map(failed).map(|(_, said)| said).collect()
    }

    /// Why the troubled member left, according to the summary.
    pub fn left(&self) -> String {
        self.run.summarise().members[2].exit_reason.clone().unwrap_or_else(|| panic!("it stayed: {:?}", self.said()))
    }

    /// It continues drafting but no longer verifies, and the reason contains all of this.
    pub fn stopped_verifying_for(&self, words: &[&str]) {
        assert!(self.run.members[2].is_active(), "{:?}", self.said());
        let reason = |record: &Record| match &record.event {
            Event::TierLowered { member, tier: ScoreTier::None, reason } if &**member == "third" => Some(reason.clone()),
            _ => None,
        };
        let reason = self.records.iter().find_map(reason).unwrap_or_else(|| panic!("it verifies: {:?}", self.said()));
        assert!(words.iter().all(|word| reason.contains(word)), "{reason:?} lacks one of {words:?}");
    }

    /// It continues drafting, and what first lowered its way of scoring contains all of this.
    pub fn drafts_on_after(&self, words: &[&str]) {
        assert!(self.run.members[2].is_active(), "{:?}", self.said());
        let lowered = self.records.iter().find_map(|record| match &record.event {
            Event::TierLowered { member, reason, .. } if &**member == "third" => Some(reason.as_str()),
            _ => None,
        });
        let lowered = lowered.unwrap_or_else(|| panic!("it scores as before: {:?}", self.said()));
        assert!(words.iter().all(|word| lowered.contains(word)), "{lowered:?} lacks one of {words:?}");
    }

    /// It has left, and the reason contains all of this.
    pub fn left_for(&self, words: &[&str]) {
        let left = self.left();
        assert!(!left.contains("third"), "whoever shows it names the member: {left}");
        assert!(words.iter().all(|word| left.contains(word)), "{left:?} lacks one of {words:?}");
    }
}

/// Which member failed, and how.
fn failed(record: &Record) -> Option<(&str, String)> {
    match &record.event {
        Event::DraftFailed { member, error, .. } | Event::ScoreFailed { member, error, .. } => Some((member, error.clone())),
        Event::TierLowered { member, reason, .. } => Some((member, reason.clone())),
        Event::Exited { member, reason, .. } => Some((member, reason.in_words())),
        _ => None,
    }
}
