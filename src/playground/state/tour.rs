//! The guided tour: five stops, each with one sentence and one thing to try, over the built-in ensemble.
//!
//! Owns what each stop asks, under which knobs, and what it shows when the answer is complete. The runs are real: if a stop no
//! longer turned out as described, a test would fail before a user notices.

use super::action::Action;
use super::keymap::Keymap;
use super::prompt::EXAMPLE;
use super::prose::{Prose, Tone, wrap};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::Params;

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
    /// Whether the models are slowed down, so that the user can watch the answer grow.
    pub slow: bool,
    pub then: Then,
}

/// The stops.
pub const STOPS: &[Stop] = &[
    Stop {
        sentence: "Each model knows one subject and the question has three parts: atlas writes the capital, abacus the sum, \
                   lexicon the opposite.",
        attempt: "wait for the answer, then {previous-round} looks at an earlier round and {why} says why it was won",
        question: EXAMPLE,
        changes: &[],
        slow: true,
        then: Then::Nothing,
    },
    Stop {
        sentence: "With 4 words a segment, all models drafted the same in round 4, so it was accepted without asking anybody for \
                   a score.",
        attempt: "{previous-round} and {next-round}: the mark = below the rounds is such a round, a bar is how far the best was ahead",
        question: EXAMPLE,
        changes: &[("segment", "words"), ("segment-words", "4")],
        slow: false,
        then: Then::Look(4),
    },
    Stop {
        sentence: "babble talks nonsense: round by round its retention sinks, and below the line it leaves.",
        attempt: "look at the chart, then {back} closes it; {why} shows what the others thought of its last draft",
        question: "What is the capital of Japan? What is 27 plus 48? What is the opposite of brave? What is the past tense of swim?",
        changes: &[],
        slow: false,
        then: Then::Chart(3),
    },
    Stop {
        sentence: "With 20 tokens a segment one draft spans several answers, no candidate is right as a whole, and the opposite of \
                   brave comes out wrong. With 5 it comes out right.",
        attempt: "{rewind} takes round 1 back, {segment-shorter} makes segments shorter (to 5), {run-pause} goes on, {compare} shows both",
        question: EXAMPLE,
        changes: &[("segment", "tokens"), ("segment-tokens", "20")],
        slow: false,
        then: Then::Look(1),
    },
    Stop {
        sentence: "You can overrule the vote: in round 2 abacus's sum won, but the choice is yours, and every model goes on from it.",
        attempt: "{override} and choose another candidate, {run-pause} goes on; {undo} takes it back, {branches} lists what there is",
        question: EXAMPLE,
        changes: &[],
        slow: false,
        then: Then::Look(2),
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

impl Tour {
    /// The current stop.
    #[must_use]
    pub fn stop(self) -> &'static Stop {
        STOPS.get(self.at).unwrap_or(&STOPS[0])
    }

    /// The card shown in place of the question.
    #[must_use]
    pub fn card(self, keymap: &Keymap, width: u16) -> Prose {
        let stop = self.stop();
        let mut prose = Prose::new();
        let head = vec![(Tone::Heading, display!("{}/{} ", self.at + 1, STOPS.len()))];
        wrap(&mut prose, head, Tone::Strong, stop.sentence, width, 4);
        let (next, back) = (keymap.key(Action::TourNext), keymap.key(Action::TourBack));
        let go = match (self.at, self.at + 1 == STOPS.len()) {
            (0, _) => display!(" · `{next}` next stop"),
            (_, false) => display!(" · `{next}` next stop, `{back}` back"),
            (_, true) => display!(" · `{back}` back, `{}` leaves", keymap.key(Action::Quit)),
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
            let card = Tour { at, shown: false }.card(&Keymap::default(), 78);
            assert!(card.len() <= 5, "{card:?}");
        }
    }
}
