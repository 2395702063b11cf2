//! What is told of a run, in whatever format.
//!
//! Owns the choice and the shape of the facts; serialised, this is the JSON export. Text is as the models wrote it: making it
//! fit to show is each format's.

mod members;
mod round;

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::conversation::Turn;
use crate::engine::fusion::event::{Outcome, Summary};
use crate::engine::fusion::params::{KNOBS, Params, Value};
use crate::engine::fusion::run::{Phase, Run};

pub use members::{Departure, MemberReport};
pub use round::{Agreement, CandidateReport, Failure, RoundReport, StandingReport, Verdict, Weight};

/// What `format` of the JSON export says.
pub const FORMAT: &str = "specfuse-export";

/// The version of the shape of the JSON export. Fields may be added within a version; none changes its meaning or goes.
pub const VERSION: u32 = 1;

/// A run, told from its state. Members are named by their names; members, verifiers and drafters are in the ensemble's order.
///
/// Numbers that are not finite (only a trace that someone edited can hold such) are `null` in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: &'static str,
    /// [`VERSION`].
    pub version: u32,
    /// The version of the program that played the run.
    pub program: String,
    /// The seed that all sampling derives from.
    pub seed: u64,
    /// What was said before the question: instructions, earlier questions and answers.
    pub earlier: Vec<Turn>,
    /// The question.
    pub question: String,
    /// The answer: the segments joined.
    pub answer: String,
    /// What a right answer holds, in order and as whole words, where that is known.
    pub expected: Vec<String>,
    /// How the run ended; absent while it continues, and in a trace that was cut off.
    pub ended: Option<Outcome>,
    /// Whether the user intervened.
    pub steered: bool,
    /// The round that was open when the run was exported or cut off. It is not among `rounds`.
    pub unfinished_round: Option<usize>,
    /// Segments on other branches: accepted once, and not part of this answer.
    pub other_segments: usize,
    /// The answer segment by segment.
    pub segments: Vec<Segment>,
    /// The rounds that the answer is made of.
    pub rounds: Vec<RoundReport>,
    /// The members.
    pub members: Vec<MemberReport>,
    /// Who left, in order; also those that the user brought back later.
    pub exits: Vec<Departure>,
    /// Every knob as the run started.
    pub parameters: Params,
    /// The knobs that then had another value than the default.
    pub not_default: Vec<Changed>,
    /// Warnings, oldest first.
    pub warnings: Vec<String>,
    /// The figures of the run.
    pub summary: Summary,
}

/// A part of the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment {
    /// The round that accepted it.
    pub round: usize,
    /// The text, byte for byte.
    pub text: String,
    /// The member it is credited to; `null` where the user wrote it.
    pub author: Option<Who>,
    /// Everyone who drafted it.
    pub authors: Vec<Who>,
    /// Tokens by its author's tokenizer; words where the user wrote it.
    pub tokens: usize,
    /// Whether the answer is complete after it.
    pub ends: bool,
    /// Whether the user chose, changed or wrote it, whatever the ranking says.
    pub overridden: bool,
    /// Whether the user changed what its authors drafted.
    pub edited: bool,
}

/// A member, by its place and name; its name in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Its place in the ensemble.
    pub place: usize,
    /// Its name.
    pub name: Arc<str>,
}

/// A knob with another value than before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// The knob.
    pub name: &'static str,
    /// The default, or the value of the round before.
    pub from: Value,
    /// The value in force.
    pub to: Value,
}

impl Serialize for Who {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl Who {
    /// The letter that marks the member: A to Z, then a to z.
    #[must_use]
    pub fn letter(&self) -> char {
        ('A'..='Z').chain('a'..='z').nth(self.place).unwrap_or('?')
    }
}

impl Segment {
    /// What the user had to do with it, in words; empty where nothing.
    #[must_use]
    pub fn by_hand(&self) -> &'static str {
        match (&self.author, self.edited, self.overridden) {
            (None, _, _) => "written by hand",
            (Some(_), true, _) => "edited by hand",
            (Some(_), false, true) => "chosen by hand",
            (Some(_), false, false) => "",
        }
    }
}

impl Report {
    /// What there is to tell of a run so far.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let (question, earlier) = match run.header.conversation.turns.split_last() {
            Some((last, earlier)) => (last.content.clone(), earlier.to_vec()),
            None => (String::new(), Vec::new()),
        };
        Self {
            format: FORMAT,
            version: VERSION,
            program: run.header.program.clone(),
            seed: run.header.seed,
            earlier,
            question,
            answer: run.answer(),
            expected: run.header.answers.clone(),
            ended: match &run.phase {
                Phase::Finished(outcome) => Some(outcome.clone()),
                Phase::Running | Phase::Paused => None,
            },
            steered: run.steered,
            unfinished_round: run.open_round().map(|round| round.number),
            other_segments: run.tree.len().saturating_sub(run.segments().count()),
            segments: segments(run),
            rounds: round::rounds(run),
            members: members::members(run),
            exits: members::departures(run),
            parameters: run.header.params.clone(),
            not_default: changes(&Params::default(), &run.header.params),
            warnings: run.warnings.clone(),
            summary: run.summarise(),
        }
    }

    /// How it ended, in words.
    #[must_use]
    pub fn ending(&self) -> String {
        match &self.ended {
            None => "not finished".to_owned(),
            Some(Outcome::Answered) => "answered".to_owned(),
            Some(Outcome::TokenLimit) => "stopped at the token limit".to_owned(),
            Some(Outcome::RoundLimit) => "stopped at the round limit".to_owned(),
            Some(Outcome::ContextLimit) => "stopped where the context was full".to_owned(),
            Some(Outcome::Stopped) => "stopped by hand".to_owned(),
            Some(Outcome::NoMembers { error }) => format!("no member was left that can draft ({error})"),
        }
    }

    /// The segment of a round.
    #[must_use]
    pub fn segment(&self, round: usize) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.round == round)
    }
}

fn segments(run: &Run) -> Vec<Segment> {
    let accepted = run.rounds.iter().filter_map(|round| Some((round.number, round.accepted.as_ref()?)));
    accepted
        .map(|(round, accepted)| Segment {
            round,
            text: accepted.text.to_string(),
            author: accepted.author.map(|author| who(run, author)),
            authors: accepted.authors.iter().map(|author| who(run, *author)).collect(),
            tokens: accepted.tokens,
            ends: accepted.ends,
            overridden: accepted.overridden,
            edited: accepted.edited,
        })
        .collect()
}

fn who(run: &Run, member: MemberIndex) -> Who {
    Who { place: member.0, name: Arc::clone(&run.member(member).header.name) }
}

/// The knobs that differ.
fn changes(from: &Params, to: &Params) -> Vec<Changed> {
    let differing = KNOBS.iter().map(|knob| Changed { name: knob.name, from: (knob.get)(from), to: (knob.get)(to) });
    differing.filter(|changed| changed.from != changed.to).collect()
}
