//! What the page of three lengths keeps of each run: its text in lines, what it says, and the tokens of its decided rounds.

use std::sync::Arc;

use super::cached::Cached;
use crate::engine::fusion::run::{Round, Run};
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::lengths::COLUMNS;
use crate::playground::state::prose::Prose;
use crate::prompts::grade;

/// What is kept of the runs, by column.
pub type KeptLengths = [Kept; COLUMNS];

/// What is kept of a run.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What the lines were made for.
    look: Option<Look>,
    lines: Cached<Prose>,
    /// What the text was graded with.
    known: Vec<String>,
    said: Cached<Said>,
    decided: Cached<Decided>,
}

/// How the lines of an answer look.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub width: u16,
    /// Whether authors are marked.
    pub authors: bool,
    pub glyphs: Glyphs,
}

/// What a whole answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its words: white space is part of how segments are cut, not of what is said.
    pub text: Arc<str>,
    /// How many of the right answers are in it.
    pub found: usize,
}

/// The tokens that a run took.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    pub drafted: usize,
    pub scored: usize,
}

/// The rounds up to the last decided one.
#[derive(Debug, Clone)]
struct Decided {
    rounds: usize,
    tokens: Tokens,
}

impl Kept {
    /// The answer in lines that look so.
    pub fn lines(&mut self, run: &Run, look: Look, make: impl FnOnce(&Run) -> Prose) -> Arc<Prose> {
        if self.look != Some(look) {
            (self.look, self.lines) = (Some(look), Cached::default());
        }
        self.lines.of(run, make)
    }

    /// What an answer that is over says.
    pub fn said(&mut self, run: &Run) -> Arc<Said> {
        if self.known != run.header.answers {
            (self.known, self.said) = (run.header.answers.clone(), Cached::default());
        }
        self.said.of(run, |run| {
            let text = run.answer();
            let words: Vec<&str> = text.split_whitespace().collect();
            Said { text: words.join(" ").into(), found: grade::found(&text, &run.header.answers) }
        })
    }

    /// The tokens that the run took so far.
    pub fn tokens(&mut self, run: &Run) -> Tokens {
        let decided = self.decided.of(run, |run| {
            let rounds = run.rounds.iter().rposition(|round| round.accepted.is_some()).map_or(0, |last| last + 1);
            Decided { rounds, tokens: Tokens::of(run.rounds.get(..rounds).unwrap_or_default()) }
        });
        let open = Tokens::of(run.rounds.get(decided.rounds..).unwrap_or_default());
        let Tokens { drafted, scored } = decided.tokens;
        Tokens { drafted: drafted + open.drafted, scored: scored + open.scored }
    }
}

impl Tokens {
    fn of(rounds: &[Arc<Round>]) -> Self {
        let drafts = rounds.iter().flat_map(|round| round.drafters.iter().filter_map(|drafter| round.finished(*drafter)));
        let scores = rounds.iter().flat_map(|round| round.scores());
        Self {
            drafted: drafts.map(|finished| finished.draft.tokens.len()).sum(),
            scored: scores.filter_map(|score| score.logprobs()).map(<[f32]>::len).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::fusion::event::Record;
    use crate::engine::trace;
    use crate::playground::state::answer::Answer;

    fn records() -> Vec<Record> {
        trace::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/example.trace.jsonl")).unwrap().records
    }

    #[test]
    fn what_is_kept_is_what_would_be_made_again_at_every_moment_of_a_run() {
        let records = records();
        let (mut kept, mut answer) = (Kept::default(), Answer::of(&records[..1]).unwrap());
        for record in &records[1..] {
            answer.apply(record);
            assert_eq!(kept.tokens(&answer.run), Tokens::of(&answer.run.rounds));
        }
        assert_eq!(kept.said(&answer.run), Kept::default().said(&answer.run));
        answer.run.header.answers = vec!["no such answer".to_owned()];
        assert_eq!(kept.said(&answer.run).found, 0, "it is graded with the answers of this run");
    }

    #[test]
    fn lines_are_made_again_only_for_another_round_or_look() {
        let records = records();
        let whole = Answer::of(&records).unwrap();
        let second = records.iter().position(|record| record.round == 2).unwrap();
        let begun = Answer::of(&records[..second]).unwrap();
        let (mut kept, mut made) = (Kept::default(), 0);
        let look = |width| Look { width, authors: true, glyphs: Glyphs::new(false) };
        for (answer, width, times) in [(&begun, 40, 1), (&begun, 40, 1), (&whole, 40, 2), (&whole, 40, 2), (&whole, 41, 3)] {
            kept.lines(&answer.run, look(width), |_| {
                made += 1;
                Prose::new()
            });
            assert_eq!(made, times);
        }
    }
}
