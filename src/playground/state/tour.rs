//! The guided tour: five stops, each with one sentence and one thing to try, and after the last a question of the user's own.
//!
//! Owns what each stop asks, under which knobs, and what it shows when the answer is complete. The runs are real: if a stop no
//! longer turned out as described, a test would fail before a user notices. That holds for the built-in ensemble; of others each
//! stop says what is true of any.

use super::action::Action;
use super::answer::Answer;
use super::keymap::Keymap;
use super::prompt::EXAMPLE;
use super::prose::{Prose, Tone, wrap};
use crate::clean::DisplayText;
use crate::display;
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
    /// What to look at, in one sentence.
    pub sentence: &'static str,
    /// What to try; actions in braces stand for their keys.
    pub attempt: &'static str,
    pub question: &'static str,
    /// Knobs that differ from the defaults.
    pub changes: &'static [(&'static str, &'static str)],
    /// Tokens a second that models in this process are slowed down to, so that the answer can be watched as it grows.
    pub pace: u32,
    /// How long a decision stays, as a share of what it does elsewhere: less where a stop has many decisions, none of them its point.
    pub rest: f64,
    pub then: Then,
    /// What to look at, whoever the members are.
    pub of_any: &'static str,
    pub seek: Seek,
}

/// The stops.
pub const STOPS: &[Stop] = &[
    Stop {
        sentence: "Each model knows one subject and the question has three parts: atlas writes the capital, abacus the sum, \
                   lexicon the opposite. The blocks at a draft are the others' votes.",
        attempt: "wait for the answer, then {previous-round} looks at an earlier round and {why} says why it was won",
        question: EXAMPLE,
        changes: &[],
        pace: 15,
        rest: 1.0,
        then: Then::Nothing,
        of_any: "Every model drafts the next sentence and votes on the others' drafts (the blocks): the best is accepted, and all go on from it.",
        seek: Seek::Nothing,
    },
    Stop {
        sentence: "With 4 words a segment, all models drafted the same in round 4, so it was accepted without asking anybody for \
                   a score.",
        attempt: "{previous-round} and {next-round}: a round in which all drafted the same says so in its first line",
        question: EXAMPLE,
        changes: &[("segment", "words"), ("segment-words", "4")],
        pace: 25,
        rest: 0.4,
        then: Then::Look(4),
        of_any: "With 4 words a segment models agree more often: where all drafted the same, nobody is asked for a score.",
        seek: Seek::Unanimous,
    },
    Stop {
        sentence: "babble talks nonsense: round by round its retention sinks, and below the line it leaves.",
        attempt: "look at the chart, then {back} closes it; {why} shows what the others thought of its last draft",
        question: "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave? What is the past tense of swim?",
        changes: &[],
        pace: 25,
        rest: 1.0,
        then: Then::Chart(3),
        of_any: "Whose drafts the others find improbable loses retention round by round, and below the line it leaves.",
        seek: Seek::Departure,
    },
    Stop {
        sentence: "With 20 tokens a segment one draft spans several answers, no candidate is right as a whole, and the opposite of \
                   brave comes out wrong. With 5 it comes out right.",
        attempt: "{rewind} takes round 1 back, {segment-shorter} makes segments shorter (to 5), {run-pause} goes on, {compare} shows both",
        question: EXAMPLE,
        changes: &[("segment", "tokens"), ("segment-tokens", "20")],
        pace: 25,
        rest: 1.0,
        then: Then::Look(1),
        of_any: "With 20 tokens a segment one draft may span several answers, and all of it has to be right at once. With 5 each is chosen by itself.",
        seek: Seek::First,
    },
    Stop {
        sentence: "You can overrule the vote: in round 2 abacus's sum won, but the choice is yours, and every model goes on from it.",
        attempt: "{override} and choose another candidate, {run-pause} goes on; {undo} takes it back, {branches} lists what there is",
        question: EXAMPLE,
        changes: &[],
        pace: 25,
        rest: 1.0,
        then: Then::Look(2),
        of_any: "You can overrule the vote: choose another candidate of this round, and every model goes on from it.",
        seek: Seek::Contested,
    },
];

/// The current position in the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tour {
    /// The index of the stop.
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
    /// The current stop.
    #[must_use]
    pub fn stop(self) -> &'static Stop {
        STOPS.get(self.at).unwrap_or(&STOPS[0])
    }

    /// The card shown in place of the question; `built_in`: it is known how the answer comes out.
    #[must_use]
    pub fn card(self, keymap: &Keymap, built_in: bool, width: u16) -> Prose {
        let stop = self.stop();
        let mut prose = Prose::new();
        let head = vec![(Tone::Heading, display!("{}/{} ", self.at + 1, STOPS.len()))];
        wrap(&mut prose, head, Tone::Strong, if built_in { stop.sentence } else { stop.of_any }, width, 4);
        let (next, back) = (keymap.key(Action::TourNext), keymap.key(Action::TourBack));
        let go = match (self.at, self.at + 1 == STOPS.len()) {
            (0, _) => display!(" · `{next}` next stop"),
            (_, false) => display!(" · `{next}` next stop, `{back}` back"),
            (_, true) => display!(" · `{back}` back, `{next}` ask your own question"),
        };
        let attempt = with_keys(stop.attempt, keymap);
        wrap(&mut prose, vec![(Tone::Key, "try ".into())], Tone::Plain, &display!("{attempt}{go}"), width, 4);
        prose
    }
}

/// A text with the names of actions in braces replaced by their keys.
fn with_keys(text: &'static str, keymap: &Keymap) -> DisplayText {
    let mut parts = text.split('{');
    let mut whole = DisplayText::from(parts.next().unwrap_or_default());
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else { continue };
        let entry = super::action::ACTIONS.iter().find(|entry| entry.name == name);
        let key = entry.map_or_else(|| name.to_owned(), |entry| keymap.key(entry.action));
        whole.push(&display!("`{key}`{rest}"));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::state::action::ACTIONS;

    #[test]
    fn every_knob_of_a_stop_exists_and_every_action_has_a_key() {
        for stop in STOPS {
            let mut params = Params::default();
            for (name, value) in stop.changes {
                params.set_text(name, value).unwrap();
            }
            let keymap = Keymap::default();
            for name in stop.attempt.split('{').skip(1).map(|part| part.split_once('}').unwrap().0) {
                assert!(ACTIONS.iter().any(|entry| entry.name == name), "{name}");
            }
            assert!(!with_keys(stop.attempt, &keymap).contains('{'));
        }
    }

    #[test]
    fn a_card_fits_the_smallest_usual_screen() {
        for at in 0..STOPS.len() {
            let card = Tour { at, shown: false }.card(&Keymap::default(), true, 78);
            assert!(card.len() <= 5, "{card:?}");
            assert!(Tour { at, shown: false }.card(&Keymap::default(), false, 78).len() <= 5);
        }
    }
}
