//! One question at three lengths of segments, side by side: which run has which length, how far each one is, and which is marked.
//!
//! Owns what the user sees of them. They are played outside ([`Effect::Lengths`](super::Effect::Lengths)), and continue while the page
//! is closed. [`tuning::ladder`](super::tuning::ladder) owns the lengths.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::roster::Seated;
use super::tuning::ladder::Length;
use crate::engine::fusion::event::{Outcome, Record};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::Phase;
use crate::prompts::Prompt;
use crate::text::paths;

/// How many lengths are side by side.
pub const COLUMNS: usize = 3;

/// A question to be answered under several knobs.
#[derive(Debug, Clone, PartialEq)]
pub struct LengthsAsk {
    /// The members, in the order that decides ties.
    pub members: Vec<Seated>,
    /// The question, with the answers if they are known.
    pub prompt: Prompt,
    /// The knobs of each run.
    pub params: [Params; COLUMNS],
    /// The seed, the same in every run.
    pub seed: u64,
}

/// News of one of the runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunNews {
    /// Something happened in it.
    Record(Record),
    /// Its last event was delivered.
    Ended {
        /// Its trace, if one was kept.
        #[serde(serialize_with = "paths::lossy_where_given")]
        trace: Option<PathBuf>,
        /// Why the trace is not complete, if it is not.
        incomplete: Option<String>,
    },
    /// It could not start, for this reason.
    Failed(String),
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Others have their turn first.
    Waiting,
    /// It is being played.
    Playing,
    /// It is over.
    Over,
    /// The user stopped it.
    Stopped,
    /// There is no answer, for this reason.
    Failed(String),
}

/// The question at one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The length.
    pub length: Length,
    /// How far it is.
    pub stage: Stage,
    /// The run so far, if it has started.
    pub answer: Option<Box<Answer>>,
    /// Where it is recorded, once it is over.
    pub trace: Option<PathBuf>,
}

/// A question at three lengths, as far as its runs are.
#[derive(Debug, Clone, PartialEq)]
pub struct LengthComparison {
    /// What was asked, byte for byte.
    pub question: String,
    /// The runs, the longest segments first.
    pub columns: [Column; COLUMNS],
    /// The index of the marked one.
    pub marked: usize,
}

impl Column {
    fn new(length: Length) -> Self {
        Self { length, stage: Stage::Waiting, answer: None, trace: None }
    }

    /// Whether more of it will come by itself.
    #[must_use]
    pub fn is_going(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Playing)
    }

    fn apply(&mut self, record: &Record) {
        match &mut self.answer {
            Some(answer) => answer.apply(record),
            None => self.answer = Answer::of(std::slice::from_ref(record)).map(Box::new),
        }
        if self.stage == Stage::Waiting && self.answer.is_some() {
            self.stage = Stage::Playing;
        }
    }

    fn fail(&mut self, reason: String) {
        if self.is_going() {
            self.stage = Stage::Failed(reason);
        }
    }

    fn end(&mut self, trace: Option<PathBuf>) {
        self.trace = trace;
        if !self.is_going() {
            return;
        }
        self.stage = match self.answer.as_ref().map(|answer| &answer.run.phase) {
            Some(Phase::Finished(Outcome::NoMembers { error })) => {
                Stage::Failed(format!("no member is left that can draft ({error})"))
            }
            Some(Phase::Finished(Outcome::Stopped)) => Stage::Stopped,
            Some(Phase::Finished(Outcome::Answered | Outcome::TokenLimit | Outcome::RoundLimit | Outcome::ContextLimit)) => {
                Stage::Over
            }
            Some(Phase::Running | Phase::Paused) | None => Stage::Failed("the run broke off".to_owned()),
        };
    }
}

impl LengthComparison {
    /// A comparison that was just started, with the mark at this length.
    #[must_use]
    pub fn new(question: &str, lengths: [Length; COLUMNS], marked: Length) -> Self {
        let marked = lengths.iter().position(|length| *length == marked).unwrap_or_default();
        Self { question: question.to_owned(), columns: lengths.map(Column::new), marked }
    }

    /// Whether any of the runs continues by itself.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.columns.iter().any(Column::is_going)
    }

    /// How many of the runs have a whole answer.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.columns.iter().filter(|column| column.stage == Stage::Over).count()
    }

    /// The marked run.
    #[must_use]
    pub fn marked(&self) -> &Column {
        // The mark never leaves the columns.
        self.columns.get(self.marked).unwrap_or(&self.columns[0])
    }

    /// Moves the mark to the neighbour, if there is one.
    pub fn move_by(&mut self, columns: isize) {
        self.marked = self.marked.saturating_add_signed(columns).min(COLUMNS - 1);
    }

    /// Takes in news of a run. Returns what is worth a warning.
    pub fn take_in(&mut self, column: usize, news: RunNews) -> Option<String> {
        let column = self.columns.get_mut(column)?;
        match news {
            RunNews::Record(record) => column.apply(&record),
            RunNews::Failed(reason) => column.fail(reason),
            RunNews::Ended { trace, incomplete } => {
                column.end(trace);
                return incomplete.map(|why| format!("the trace of the run {} is not complete: {why}", column.length.words()));
            }
        }
        None
    }

    /// Marks what continued as stopped.
    pub fn stop(&mut self) {
        for column in self.columns.iter_mut().filter(|column| column.is_going()) {
            column.stage = Stage::Stopped;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::{Event, Header, Summary};

    fn comparison() -> LengthComparison {
        LengthComparison::new("Why?", Length::Sentence.around(), Length::Sentence)
    }

    fn record(event: Event) -> RunNews {
        RunNews::Record(Record { round: 0, t_ms: 0.0, event })
    }

    fn header() -> RunNews {
        let header = Header {
            format: String::new(),
            version: 0,
            program: String::new(),
            members: Vec::new(),
            params: Params::default(),
            seed: 0,
            conversation: crate::engine::fusion::conversation::Conversation::question("Why?"),
            answers: Vec::new(),
        };
        record(Event::RunStarted(Box::new(header)))
    }

    fn finished(outcome: Outcome) -> RunNews {
        let finished = crate::engine::fusion::event::Finished { outcome, summary: Summary::default() };
        record(Event::RunFinished(Box::new(finished)))
    }

    fn ended() -> RunNews {
        RunNews::Ended { trace: Some("run.jsonl".into()), incomplete: None }
    }

    #[test]
    fn the_mark_stays_on_the_columns_and_starts_at_the_length_in_force() {
        let mut comparison = LengthComparison::new("Why?", Length::Words(6).around(), Length::Words(6));
        assert_eq!((comparison.marked, comparison.marked().length), (1, Length::Words(6)));
        comparison.move_by(-5);
        assert_eq!(comparison.marked, 0);
        comparison.move_by(5);
        assert_eq!((comparison.marked, comparison.marked().length), (2, Length::Tokens(3)));
    }

    #[test]
    fn each_run_goes_its_own_way() {
        let mut comparison = comparison();
        let news = [
            (0, header()),
            (0, finished(Outcome::Answered)),
            (0, ended()),
            (1, header()),
            (2, RunNews::Failed("the server is gone".to_owned())),
            (7, header()),
        ];
        for (column, news) in news {
            assert_eq!(comparison.take_in(column, news), None);
        }
        let stages = comparison.columns.each_ref().map(|column| column.stage.clone());
        assert_eq!(stages, [Stage::Over, Stage::Playing, Stage::Failed("the server is gone".to_owned())]);
        assert!(comparison.is_going() && comparison.answered() == 1);
        assert_eq!(comparison.columns[0].trace, Some("run.jsonl".into()));
    }

    #[test]
    fn a_run_without_a_whole_answer_says_why() {
        let stage = |news: Vec<RunNews>| {
            let mut comparison = comparison();
            for news in news {
                comparison.take_in(1, news);
            }
            comparison.columns[1].stage.clone()
        };
        let error = "connection refused".to_owned();
        let lost = Stage::Failed("no member is left that can draft (connection refused)".to_owned());
        assert_eq!(stage(vec![header(), finished(Outcome::NoMembers { error }), ended()]), lost);
        assert_eq!(stage(vec![header(), ended()]), Stage::Failed("the run broke off".to_owned()));
        assert_eq!(stage(vec![header(), finished(Outcome::Stopped), ended()]), Stage::Stopped);
        assert_eq!(stage(vec![header(), finished(Outcome::TokenLimit), ended()]), Stage::Over, "a limit is a setting");
    }

    #[test]
    fn what_was_stopped_stays_stopped_whatever_still_comes_of_it() {
        let mut comparison = comparison();
        comparison.take_in(0, header());
        comparison.stop();
        assert!(!comparison.is_going());
        for news in [finished(Outcome::Stopped), ended(), RunNews::Failed("the server is gone".to_owned())] {
            comparison.take_in(0, news);
        }
        assert_eq!((&comparison.columns[0].stage, &comparison.columns[0].trace), (&Stage::Stopped, &Some("run.jsonl".into())));
        assert_eq!(comparison.columns[1].stage, Stage::Stopped);
    }

    #[test]
    fn a_trace_that_is_not_complete_is_worth_a_warning() {
        let news = RunNews::Ended { trace: None, incomplete: Some("disk full".to_owned()) };
        let told = comparison().take_in(2, news).unwrap();
        assert_eq!(told, "the trace of the run by 3 tokens is not complete: disk full");
    }
}
