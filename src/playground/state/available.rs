//! Which actions do something now, and why the others do not: the palette ranks by it, and the hint line names only those.

use super::State;
use super::action::{Action, Page};
use super::answer::Answer;

/// Why an action would do nothing now; `None` if it does something.
#[must_use]
pub fn unavailable(state: &State, action: Action) -> Option<&'static str> {
    let mut needs = NEEDS.iter().filter(|(actions, _)| actions.contains(&action));
    needs.find_map(|(_, missing)| missing(state))
}

type Missing = fn(&State) -> Option<&'static str>;

/// What actions need, each with what is said where it is missing. An action that is not named does something at any time.
const NEEDS: &[(&[Action], Missing)] = &[
    (&[Action::Send, Action::NewLine, Action::LeavePrompt, Action::EarlierQuestion, Action::LaterQuestion], |state| {
        (!state.writing.active).then_some("only while a question is written")
    }),
    (&[Action::Again, Action::AgainSameSeed], asked),
    (&[Action::NewConversation], |state| state.answers.is_writing().then_some(BEING_WRITTEN)),
    (&[Action::OpenTrace], |state| state.answers.is_writing().then_some(BEING_WRITTEN)),
    (&[Action::RunPause, Action::Step], |state| plays(state).filter(|_| !state.answers.can_be_continued())),
    (&[Action::Stop], plays),
    (&[Action::Slower, Action::Faster], |state| {
        let paced = state.answers.is_replay() || state.roster.is_in_process();
        (!paced).then_some("these models run at their own speed")
    }),
    (
        &[
            Action::Override,
            Action::EditSegment,
            Action::WriteSegment,
            Action::Redraft,
            Action::RedraftAll,
            Action::SendAway,
            Action::Lighter,
            Action::Heavier,
            Action::Undo,
            Action::Redo,
            Action::Rewind,
            Action::Branches,
        ],
        |state| state.answers.changeable(state.shown().0).err(),
    ),
    (
        &[
            Action::Override,
            Action::Redraft,
            Action::RedraftAll,
            Action::Rewind,
            Action::CopyCandidate,
            Action::Open(Page::Why),
            Action::Open(Page::Retention),
            Action::Open(Page::Single),
            Action::Open(Page::RoundTime),
        ],
        |state| state.shown().1.is_none().then_some("there is no round yet"),
    ),
    (&[Action::EditSegment, Action::CopySegment], |state| {
        let (answer, round) = state.shown();
        state.answers.segment_of(answer, round).is_none().then_some("nothing was accepted in this round yet")
    }),
    (&[Action::Undo], |state| {
        let run = state.answers.session.newest().map(|answer| &answer.run);
        run.is_none_or(|run| run.history.undoable().is_none()).then_some("nothing was changed yet")
    }),
    (&[Action::Redo], |state| {
        let run = state.answers.session.newest().map(|answer| &answer.run);
        run.is_none_or(|run| run.history.redoable().is_none()).then_some("nothing was taken back")
    }),
    (&[Action::Compare, Action::SaveTrace], |state| state.answers.session.newest().is_none().then_some("nothing was asked yet")),
    (&[Action::PreviousRound], |state| {
        let (answer, round) = state.shown();
        let earlier = (0..answer).any(|answer| !state.answers.session.answer(answer).run.rounds.is_empty());
        // The closing card lies over the round that is looked at first.
        let card = state.looking.round.is_none() && state.answers.session.answer(answer).is_closed();
        let before = round.is_some_and(|round| round > 0 || card) || earlier;
        (!before).then_some("there is no round before")
    }),
    (&[Action::Zoom, Action::Votes], |state| state.presenting.is_some().then_some("presenter mode has no zoom")),
    (&[Action::NextRound], |state| state.looking.round.is_none().then_some("this is the newest round")),
    (&[Action::CopyAnswer, Action::Export], |state| {
        let answer = state.answers.session.answers().get(state.shown().0);
        answer.is_none_or(|answer: &Answer| answer.run.segments().next().is_none()).then_some("no segment was accepted yet")
    }),
    (&[Action::TourNext, Action::TourBack], |state| state.tour.is_none().then_some("only in the guided tour (`specfuse demo`)")),
];

const BEING_WRITTEN: &str = "the answer is still being written";

fn plays(state: &State) -> Option<&'static str> {
    let plays = state.answers.is_replay() || state.answers.session.is_going() || state.answers.waits_for_members();
    (!plays).then_some("no answer is being written")
}

fn asked(state: &State) -> Option<&'static str> {
    if state.answers.is_replay() {
        return None;
    }
    if state.answers.session.is_going() {
        return Some(BEING_WRITTEN);
    }
    state.answers.session.newest().is_none().then_some("nothing was asked yet")
}
