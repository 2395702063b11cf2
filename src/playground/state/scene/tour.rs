//! The card of the guided tour: what there is to see, and what to try next.
//!
//! Every sentence is made from the state, so that it is true while the answer is written, when it is complete, and after whatever the
//! user changed. [`state::tour`](crate::playground::state::tour) owns the questions and knobs of the stops.

use super::counted;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::event::{ExitReason, SegmentId};
use crate::engine::fusion::run::Round;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::answer::Answer;
use crate::playground::state::branches;
use crate::playground::state::prose::{Prose, Tone, wrap};
use crate::playground::state::tour::{STOPS, Seek, Stop, Tour};
use crate::playground::state::tuning::ladder::Length;
use crate::prompts::grade::is_right;

/// What a card says: what to look at, and what to try.
type Said = (DisplayText, DisplayText);

/// The card, unless a question is written or the tour was left for one.
pub(super) fn card(state: &State, width: u16) -> Option<Prose> {
    let tour = state.tour.filter(|_| !state.writing.active)?;
    let stop = tour.stop();
    let asked = Tour::is_asked(stop.question, &state.answers);
    if tour.is_over() && !asked {
        return None;
    }
    let told = Told { state, stop, answer: state.answers.session.newest() };
    let (next, back) = (told.key(Action::TourNext), told.key(Action::TourBack));
    let (head, (sentence, attempt), go) = if tour.is_over() {
        ("the end ".into(), told.end(), display!("{back} back to the last stop"))
    } else {
        let go = match (tour.at, tour.at + 1 == STOPS.len()) {
            (0, _) => display!("{next} next stop"),
            (_, false) => display!("{next} next stop, {back} back"),
            (_, true) => display!("{next} ends the tour, {back} back"),
        };
        let said = if asked { told.stop() } else { ("This is not the stop's own answer.".into(), DisplayText::new()) };
        (display!("{}/{} ", tour.at + 1, STOPS.len()), said, go)
    };
    let mut prose = Prose::new();
    wrap(&mut prose, vec![(Tone::Heading, head)], Tone::Strong, &sentence, width, 4);
    let parts: Vec<DisplayText> = [attempt, go].into_iter().filter(|part| !part.is_empty()).collect();
    wrap(&mut prose, vec![(Tone::Key, "try ".into())], Tone::Plain, &DisplayText::joined(&parts, " · "), width, 4);
    Some(prose)
}

/// What the card is made from.
struct Told<'a> {
    state: &'a State,
    stop: &'static Stop,
    answer: Option<&'a Answer>,
}

impl<'a> Told<'a> {
    fn key(&self, action: Action) -> DisplayText {
        display!("`{}`", self.state.keymap.key(action))
    }

    fn stop(&self) -> Said {
        match self.stop.seek {
            Seek::Nothing => self.votes(),
            Seek::Unanimous => self.unanimous(),
            Seek::Departure => self.departure(),
            Seek::First => self.length(),
            Seek::Contested => self.overruling(),
        }
    }

    /// The answer, once it is complete.
    fn complete(&self) -> Option<&'a Answer> {
        self.answer.filter(|answer| answer.is_closed() && !self.state.answers.session.is_asking())
    }

    fn is_built_in(&self) -> bool {
        self.state.roster.is_plain()
    }

    /// What to do until the answer is complete.
    fn watch(&self) -> DisplayText {
        let go_on = self.key(Action::RunPause);
        if self.state.presenting.is_some() {
            display!("{go_on} shows the next moment")
        } else if self.state.answers.is_paused() || self.state.answers.can_be_continued() {
            display!("{go_on} goes on")
        } else if self.state.settings.linger.on && self.state.answers.lingers() {
            display!("read the decision, {go_on} goes on at once")
        } else {
            "watch the drafts, the votes and the decision".into()
        }
    }

    fn votes(&self) -> Said {
        let sentence = if self.is_built_in() {
            "Each model knows one subject, and the question has three parts: atlas knows capitals, abacus sums, lexicon opposites. \
             The blocks at a draft are the models' votes on it."
        } else {
            "Every model drafts the next segment and votes on every draft (the blocks): the best is accepted, and all go on from it."
        };
        let (before, why) = (self.key(Action::PreviousRound), self.key(Action::Open(Page::Why)));
        let attempt = self.complete().map(|_| display!("{before} looks at an earlier round, {why} says why it was won"));
        (sentence.into(), attempt.unwrap_or_else(|| self.watch()))
    }

    fn unanimous(&self) -> Said {
        let Some(answer) = self.complete() else {
            let sentence = "The shorter a segment, the more often models draft the same. If all that take part do, it is accepted at \
                            once: no model has to score another's draft.";
            return (sentence.into(), self.watch());
        };
        let Some((place, _)) = Seek::Unanimous.find(answer) else {
            let sentence =
                "This time there was no round in which all models drafted the same: it is likelier in shorter segments.";
            return (sentence.into(), display!("{} makes segments shorter", self.key(Action::SegmentShorter)));
        };
        let number = answer.round(place).map_or(0, |round| round.number);
        let sentence = display!(
            "In round {number} all that took part drafted the same. It was accepted at once: each number there is a model's own, for its \
             own draft."
        );
        let (before, after) = (self.key(Action::PreviousRound), self.key(Action::NextRound));
        (sentence, display!("{before} and {after}: the first line of such a round says so"))
    }

    fn departure(&self) -> Said {
        let departures = self.answer.map_or(&[][..], |answer| answer.run.departures());
        let left = departures.iter().find(|departure| matches!(departure.reason, ExitReason::Retention { .. }));
        let sentence = match (left.zip(self.answer), self.is_built_in()) {
            (Some((left, answer)), _) => display!(
                "{} left after round {}: the others found its drafts improbable, and its retention fell below the threshold.",
                answer.name(left.member),
                left.round
            ),
            (None, true) => {
                "babble talks nonsense: whose drafts the others find improbable loses retention round by round, and leaves \
                             below the threshold."
                    .into()
            }
            (None, false) => {
                "Whose drafts the others find improbable loses retention round by round, and leaves below the threshold.".into()
            }
        };
        let why = self.key(Action::Open(Page::Why));
        let is_chart = self.state.looking.page() == Some(Page::Retention);
        let chart = if is_chart {
            display!("{} closes the chart", self.key(Action::Back))
        } else {
            display!("{} shows the chart", self.key(Action::Open(Page::Retention)))
        };
        let attempt = self.complete().map(|_| display!("{chart}, {why} says what the others thought of each draft"));
        (sentence, attempt.unwrap_or_else(|| self.watch()))
    }

    fn length(&self) -> Said {
        let Some(answer) = self.answer.filter(|_| !self.state.answers.session.is_asking()) else {
            return (spanning(Length::of(&self.state.knobs.params)), self.watch());
        };
        let run = &answer.run;
        let others = branches::ends(answer).len() > 1;
        let length = Length::of(&self.state.knobs.in_force(&self.state.answers));
        let shorter = self.key(Action::SegmentShorter);
        match (self.complete().is_some(), others) {
            (false, false) => (spanning(length), self.watch()),
            (true, false) => {
                let sentence = display!("{} Its drafts had to be right as a whole.", self.outcome(answer, run.tree.head()));
                let attempt = match self.state.looking.taken_back(&self.state.answers.session) {
                    Some(number) if number > 1 => {
                        display!(
                            "{} goes back to round 1, then {} takes it back",
                            self.key(Action::PreviousRound),
                            self.key(Action::Rewind)
                        )
                    }
                    _ => display!("{} takes round 1 back, then {shorter} makes segments shorter", self.key(Action::Rewind)),
                };
                (sentence, attempt)
            }
            (false, true) => {
                let kept = match run.rounds.iter().filter(|round| round.accepted.is_some()).count() {
                    0 => "All rounds were taken back and kept.".into(),
                    rounds => display!("What followed {} was taken back and kept.", counted(rounds, "round")),
                };
                let sentence = display!("{kept} Segments are {} long now.", length.name());
                let waits = self.state.answers.is_paused() || self.state.answers.can_be_continued();
                let attempt = match length.next(-1) {
                    Some(next) if waits => display!("{shorter} makes them {} long, {}", next.name(), self.watch()),
                    _ => self.watch(),
                };
                (sentence, attempt)
            }
            (true, true) => {
                let ends = branches::ends(answer).into_iter().filter(|end| is_whole(answer, *end));
                let outcomes: Vec<DisplayText> = ends.take(3).map(|end| self.outcome(answer, end)).collect();
                (DisplayText::joined(&outcomes, " "), self.compared(answer))
            }
        }
    }

    /// What compares the branches of the answer.
    fn compared(&self, answer: &Answer) -> DisplayText {
        let (compare, list) = (self.key(Action::Compare), self.key(Action::Branches));
        if branches::ends(answer).len() > 2 {
            display!("{compare} compares two of them, {list} lists all")
        } else {
            display!("{compare} shows both side by side, {list} lists them")
        }
    }

    /// How a branch came out, with which length.
    fn outcome(&self, answer: &Answer, end: SegmentId) -> DisplayText {
        let rounds = answer.run.tree.rounds(end);
        let lengths: Vec<Length> = rounds.iter().map(|round| Length::of(&round.params)).collect();
        let with = match lengths.first() {
            Some(first) if lengths.iter().all(|length| length == first) => match first {
                Length::Sentence => "With a sentence a segment".into(),
                Length::Words(_) | Length::Tokens(_) => display!("With {} a segment", first.short()),
            },
            Some(_) | None => "With segments of several lengths".into(),
        };
        let text: String =
            rounds.iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| accepted.text.to_string()).collect();
        let known: Vec<String> = self.stop.answers.iter().map(|&answer| answer.to_owned()).collect();
        let outcome = if is_right(&text, &known) { "right" } else { "wrong" };
        display!("{with} the answer came out {outcome}.")
    }

    fn overruling(&self) -> Said {
        let overrule = "You can overrule the vote: choose another candidate of a round, and every model goes on from it.";
        let (choose, undo) = (self.key(Action::Override), self.key(Action::Undo));
        let three = display!("{} plays it at three lengths side by side", self.key(Action::Open(Page::Lengths)));
        let Some(answer) = self.answer.filter(|_| !self.state.answers.session.is_asking()) else {
            return (overrule.into(), self.watch());
        };
        let chosen = answer.run.rounds.iter().find(|round| round.accepted.as_ref().is_some_and(|accepted| accepted.overridden));
        if let Some((round, name)) = chosen.and_then(|round| Some((round.number, winner(answer, round)?))) {
            let sentence = display!("In round {round} you chose the draft of {name}: every model goes on from it.");
            let attempt = match self.complete() {
                None => display!("{}, {undo} undoes your choice", self.watch()),
                Some(answer) if branches::ends(answer).len() > 1 => display!("{}; {three}", self.compared(answer)),
                Some(_) => display!("{undo} undoes your choice; {three}"),
            };
            return (sentence, attempt);
        }
        let Some(answer) = self.complete() else {
            return (overrule.into(), display!("{}; {choose} lists the candidates of this round", self.watch()));
        };
        let round = self.state.shown().1.and_then(|place| answer.round(place));
        let sentence = match round.and_then(|round| Some((round.number, winner(answer, round)?))) {
            Some((number, name)) => display!(
                "In round {number} the draft of {name} won, but the choice is yours: choose another, and every model goes on from it."
            ),
            None => overrule.into(),
        };
        (sentence, display!("{choose} and choose another candidate; {three}"))
    }

    fn end(&self) -> Said {
        let (write, three) = (self.key(Action::Write), self.key(Action::Open(Page::Lengths)));
        let sentence = display!("The tour is over: {write} asks a question of your own.");
        let compare = self.key(Action::Compare);
        (
            sentence,
            display!("{three} plays a question at three lengths side by side, {compare} compares two branches of an answer"),
        )
    }
}

fn spanning(length: Length) -> DisplayText {
    display!(
        "Segments are {} long here. Where one draft spans several answers, all of them have to be right at once.",
        length.name()
    )
}

fn winner(answer: &Answer, round: &Round) -> Option<DisplayText> {
    round.accepted.as_ref()?.author.map(|author| DisplayText::from(answer.name(author)))
}

/// Whether a branch goes on to the end of the answer.
fn is_whole(answer: &Answer, end: SegmentId) -> bool {
    let node = answer.run.tree.node(end);
    node.and_then(|node| node.round.accepted.as_ref()).is_some_and(|accepted| accepted.ends)
}
