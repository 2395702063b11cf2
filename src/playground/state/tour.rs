//! The guided tour: five stops, each with one sentence and one thing to try, and after the last a question of the user's own.
//!
//! Owns what each stop asks, under which knobs, and what it shows when the answer is complete. [`card`](super::scene::tour) says
//! what there is to see, found from the state: nothing is promised of a run before it is there.

use super::answer::Answer;
use super::parts::answers::Answers;
use super::prompt::EXAMPLE;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::Round;

/// The seed of every stop.
pub const SEED: u64 = 1;

/// What a stop shows when its answer is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The end of the answer.
    Nothing,
    /// This round, by its number.
    Look(usize),
    /// This round, and the exit chart over it.
    Chart(usize),
}

/// What a stop shows of an ensemble of which it is not known how its answer comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// The end of the answer.
    Nothing,
    /// The last round in which all drafts were the same.
    Unanimous,
    /// The exit chart, over the first round after which a member left.
    Departure,
    /// The first round.
    First,
    /// The last round that scores decided.
    Contested,
}

/// One stop.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    pub question: &'static str,
    /// Knobs that differ from the defaults.
    pub changes: &'static [(&'static str, &'static str)],
    /// Tokens a second that models in this process are slowed down to, so that the answer can be watched as it grows.
    pub pace: u32,
    pub then: Then,
    /// What it is about.
    pub seek: Seek,
    /// The right answers to its question, in its order.
    pub answers: &'static [&'static str],
}

/// The right answers to [`EXAMPLE`].
const ANSWERS: &[&str] = &["Tokyo", "75", "cowardly"];

/// The stops.
pub const STOPS: &[Stop] = &[
    Stop { question: EXAMPLE, changes: &[], pace: 15, then: Then::Nothing, seek: Seek::Nothing, answers: ANSWERS },
    Stop {
        question: EXAMPLE,
        changes: &[("segment", "words"), ("segment-words", "4")],
        pace: 25,
        then: Then::Look(4),
        seek: Seek::Unanimous,
        answers: ANSWERS,
    },
    Stop {
        question: "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave? What is the past tense of swim?",
        changes: &[],
        pace: 25,
        then: Then::Chart(3),
        seek: Seek::Departure,
        answers: &["Tokyo", "75", "cowardly", "swam"],
    },
    Stop {
        question: EXAMPLE,
        changes: &[("segment", "tokens"), ("segment-tokens", "20")],
        pace: 25,
        then: Then::Look(1),
        seek: Seek::First,
        answers: ANSWERS,
    },
    Stop { question: EXAMPLE, changes: &[], pace: 25, then: Then::Look(2), seek: Seek::Contested, answers: ANSWERS },
];

/// The current position in the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tour {
    /// The index of the stop; behind the last one the tour is over.
    pub at: usize,
    /// Whether its page was already shown.
    pub shown: bool,
}

impl Stop {
    /// The knobs of its run.
    #[must_use]
    pub fn params(&self) -> Params {
        let mut params = Params::default();
        for (name, value) in self.changes {
            // A test checks that each is a knob with a value in its range.
            let _ = params.set_text(name, value);
        }
        params
    }
}

impl Seek {
    /// The index of the round, and whether the exit chart lies over it.
    #[must_use]
    pub fn find(self, answer: &Answer) -> Option<(usize, bool)> {
        let rounds = &answer.run.rounds;
        let unanimous = |round: &Round| round.ranked.as_ref().is_some_and(|ranked| ranked.unanimous) && !round.only_ends();
        match self {
            Self::Nothing => None,
            Self::Unanimous => rounds.iter().rposition(|round| unanimous(round)).map(|at| (at, false)),
            Self::Departure => {
                let left = answer.run.departures().iter().map(|departure| departure.round).find(|round| *round > 0);
                Some((left.map_or_else(|| answer.last_contested(), |round| round.checked_sub(1))?, true))
            }
            Self::First => (!rounds.is_empty()).then_some((0, false)),
            Self::Contested => answer.last_contested().map(|at| (at, false)),
        }
    }
}

impl Tour {
    /// The current stop; the last one if the tour is over.
    #[must_use]
    pub fn stop(self) -> &'static Stop {
        STOPS.get(self.at).unwrap_or(&STOPS[STOPS.len() - 1])
    }

    /// Whether what is shown is the answer to this question of a stop, not to one of the user's own or a recording.
    #[must_use]
    pub fn is_asked(question: &str, answers: &Answers) -> bool {
        let asked = |answer: &Answer| answer.run.header.conversation.turns.last().is_some_and(|turn| turn.content == question);
        let own = answers.asked.as_deref().is_some_and(|asked| asked != question);
        !own && !answers.is_replay() && answers.session.answers().len() <= 1 && answers.session.newest().is_none_or(asked)
    }

    /// Whether the last stop is behind.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.at >= STOPS.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knob_of_a_stop_exists() {
        for stop in STOPS {
            let mut params = Params::default();
            for (name, value) in stop.changes {
                params.set_text(name, value).unwrap();
            }
        }
    }
}
