//! What the keys of steering ask for.

use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::event::{Event, Record, SegmentId};
use specfuse::engine::round::Command;
use specfuse::playground::state::entry::Purpose;
use specfuse::playground::state::layout::Part;
use specfuse::playground::state::overlay::{Against, Overlay};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::picker::{Choice, MemberAction, PickerKind};
use specfuse::playground::state::{Effect, Listing, Message, Screen, TakenUp};

use super::super::support::{self, feed, list, press, type_text};
use super::Pressed;
use super::looking::at_the_first_round;

const FIRST: SegmentId = SegmentId(1);

/// The answer is paused in the middle of its second round, and the first is looked at.
pub(super) fn looking_back() -> Screen {
    let mut state = support::answering(120, 40);
    press(&mut state, "[");
    state
}

pub(super) fn on_a_pane() -> Screen {
    let mut state = support::answering(120, 40);
    press(&mut state, "2");
    assert!(matches!(state.looking.focus, Part::Pane(member) if member.0 == 1));
    state
}

fn orders(effects: &[Effect]) -> Vec<Command> {
    effects
        .iter()
        .map(|effect| match effect {
            Effect::Order(command) => command.clone(),
            other => panic!("{other:?} is no order"),
        })
        .collect()
}

/// What a finished run is told when it is taken up.
fn taken_up(effects: &[Effect]) -> &TakenUp {
    match effects {
        [Effect::TakeUp(taken)] => taken,
        other => panic!("{other:?} takes no run up"),
    }
}

pub(super) fn override_winner(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(list(&after).kind, PickerKind::Candidates);
    let titles: Vec<String> = list(&after).entries().map(|item| item.title.to_string()).collect();
    assert!(titles.len() > 1 && titles[0].starts_with("A atlas ."), "{titles:?}");
    press(&mut after, "down");
    let chosen = list(&after).choice().cloned();
    let Some(Choice::Candidate { member, round }) = chosen else { panic!("{chosen:?}") };
    let effects = press(&mut after, "enter");
    assert_eq!(orders(&effects), [Command::Override { member, segment: Some(FIRST) }]);
    assert_eq!((round, after.looking.round), (1, None));
}

pub(super) fn edit_segment(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(after.looking.overlay, Some(Overlay::Entry(Purpose::Edit(FIRST))));
    let text = after.writing.segment.text();
    assert_eq!(text, "The capital of Japan is Tokyo.");
    type_text(&mut after, " Indeed.");
    let effects = press(&mut after, "enter");
    assert_eq!(orders(&effects), [Command::Edit { segment: FIRST, text: format!("{text} Indeed.") }]);
    assert!(after.looking.overlay.is_none() && after.writing.question.is_blank());
}

pub(super) fn write_segment(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(after.looking.overlay, Some(Overlay::Entry(Purpose::Write(Some(FIRST)))));
    assert!(press(&mut after, "enter").is_empty() && after.looking.overlay.is_some(), "an empty segment is no segment");
    type_text(&mut after, "Hello.");
    press(&mut after, "esc");
    assert!(after.looking.overlay.is_none() && !after.writing.active);
    let mut next = support::answering(120, 40);
    press(&mut next, pressed.key);
    type_text(&mut next, "Hello.");
    assert_eq!(orders(&press(&mut next, "enter")), [Command::Write { segment: None, text: " Hello.".to_owned() }]);
}

pub(super) fn redraft(pressed: Pressed) {
    assert_eq!(orders(&pressed.effects), [Command::Redraft { member: Some("abacus".to_owned()), segment: None }]);
    let mut back = looking_back();
    press(&mut back, "1");
    let effects = press(&mut back, pressed.key);
    assert_eq!(orders(&effects), [Command::Redraft { member: Some("atlas".to_owned()), segment: Some(FIRST) }]);
}

pub(super) fn redraft_all(pressed: Pressed) {
    assert_eq!(orders(&pressed.effects), [Command::Redraft { member: None, segment: Some(FIRST) }]);
}

pub(super) fn send_away(pressed: Pressed) {
    let member = "abacus".to_owned();
    assert_eq!(orders(&pressed.effects), [Command::Exclude { member: member.clone() }]);
    let mut after = pressed.after;
    let reason = specfuse::engine::fusion::event::ExitReason::Excluded;
    let exited = Event::Exited { member: member.as_str().into(), reason };
    feed(&mut after, &[Record { t_ms: 99.0, round: 2, event: exited }]);
    assert_eq!(orders(&press(&mut after, pressed.key)), [Command::Readmit { member }]);
}

/// Without a focused pane nothing happens to anybody: the member is chosen first, by its letter, its number or from the list.
#[test]
fn a_key_that_needs_a_member_asks_for_it_unless_a_pane_is_focused() {
    let exclude = |member: &str| [Command::Exclude { member: member.to_owned() }];
    for (chosen, member, place) in [("b", "abacus", 1), ("3", "lexicon", 2), ("down enter", "abacus", 1), ("enter", "atlas", 0)] {
        let mut state = support::answering(120, 40);
        assert_eq!(press(&mut state, "x"), []);
        assert_eq!(list(&state).kind, PickerKind::Members(MemberAction::SendAway));
        assert_eq!(orders(&press(&mut state, chosen)), exclude(member), "{chosen}");
        assert_eq!(state.looking.focus, Part::Pane(MemberIndex(place)), "its pane is marked from then on");
        assert!(state.notices.notice.as_ref().unwrap().text.contains(member));
    }
    let mut state = support::answering(120, 40);
    for key in ["r", "(", ")", "x"] {
        assert_eq!(press(&mut state, key), [], "{key}");
        assert_eq!(press(&mut state, "esc"), [], "{key}");
    }
    press(&mut state, "[");
    press(&mut state, "y c");
    assert!(matches!(&press(&mut state, "e")[..], [Effect::Copy(text)] if text.contains("capital")));
}

#[test]
fn a_winner_is_chosen_by_its_letter() {
    let mut state = looking_back();
    press(&mut state, "o");
    let effects = press(&mut state, "b");
    assert_eq!(orders(&effects), [Command::Override { member: "abacus".to_owned(), segment: Some(FIRST) }]);
    assert!(state.notices.notice.as_ref().unwrap().text.contains("round 1: you chose the candidate of abacus"));
}

fn weight(pressed: &Pressed) -> f64 {
    match orders(&pressed.effects).as_slice() {
        [Command::SetWeight { member, weight }] if member == "abacus" => *weight,
        other => panic!("{other:?}"),
    }
}

pub(super) fn lighter(pressed: Pressed) {
    assert!((weight(&pressed) - 1.1).abs() < 1e-9);
}

pub(super) fn heavier(pressed: Pressed) {
    assert!((weight(&pressed) - 1.3).abs() < 1e-9);
}

/// A knob was changed in the answer, and taken back.
fn changed(undone: bool) -> Screen {
    let mut state = support::answering(120, 40);
    let value = specfuse::engine::fusion::params::Value::Integer(3);
    let change = Event::ParamsChanged { name: "segment-tokens".to_owned(), value, together: false };
    let events = if undone { vec![change, Event::Undone] } else { vec![change] };
    let records: Vec<Record> = events.into_iter().map(|event| Record { t_ms: 99.0, round: 2, event }).collect();
    feed(&mut state, &records);
    state.prepare();
    state
}

pub(super) fn something_changed() -> Screen {
    changed(false)
}

pub(super) fn something_taken_back() -> Screen {
    changed(true)
}

/// What was taken back again is no steering.
#[test]
fn an_answer_is_steered_only_as_long_as_something_of_it_is() {
    let steered = |state: &Screen| {
        let items = &state.scene.status.as_ref().unwrap().items;
        items.iter().any(|item| item.text == "steered")
    };
    assert_eq!((steered(&something_changed()), steered(&something_taken_back())), (true, false));
}

pub(super) fn undo(pressed: Pressed) {
    assert_eq!(orders(&pressed.effects), [Command::Undo]);
    let said = pressed.after.state.notices.notice.unwrap().text;
    assert_eq!(said, "taken back: segment-tokens 3");
    assert!(press(&mut support::answering(120, 40), pressed.key).is_empty());
}

pub(super) fn redo(pressed: Pressed) {
    assert_eq!(orders(&pressed.effects), [Command::Redo]);
    assert!(press(&mut something_changed(), pressed.key).is_empty());
}

pub(super) fn rewind(pressed: Pressed) {
    assert_eq!(orders(&pressed.effects), [Command::Pause, Command::Rewind { to_round: 0 }]);
    // An answer that has ended is taken up again first; until it says that it is, what follows is told it too.
    let mut ended = at_the_first_round();
    let effects = press(&mut ended, pressed.key);
    let taken = taken_up(&effects);
    assert_eq!(taken.commands, orders(&pressed.effects));
    let names: Vec<(&str, Option<usize>)> =
        taken.members.iter().map(|(name, row)| (name.as_str(), row.map(|row| row.0))).collect();
    assert_eq!(names[0], ("atlas", Some(0)));
    assert_eq!(names.len(), 5);
    press(&mut ended, "1");
    assert_eq!(orders(&press(&mut ended, ")")).len(), 1);
    ended.update(Message::AskFailed("no".to_owned()));
    assert_eq!(taken_up(&press(&mut ended, ")")).commands.len(), 1, "it failed: it is tried again");
}

/// The answer was rewound to its first round, which has another branch now.
pub(super) fn branched() -> Screen {
    let mut state = support::answered(120, 40);
    let last = support::answer().last().unwrap();
    let after = |event| Record { t_ms: last.t_ms + 1.0, round: 1, event };
    feed(&mut state, &[after(Event::Continued), after(Event::Rewound { to_round: 1 })]);
    state.prepare();
    state
}

pub(super) fn branches(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(list(&after).kind, PickerKind::Branches);
    let titles: Vec<&str> = list(&after).entries().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["* 1 round", "  3 rounds, answered"]);
    assert!(press(&mut after, "enter").is_empty(), "one is there already");
    press(&mut after, pressed.key);
    press(&mut after, "down");
    let effects = press(&mut after, "enter");
    assert_eq!(orders(&effects), [Command::Pause, Command::GoTo { segment: SegmentId(3) }]);
}

pub(super) fn compare(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(list(&after).entries().len(), 2);
    press(&mut after, "enter");
    assert_eq!(after.looking.page(), Some(Page::Compare));
    assert_eq!(after.looking.against, Some(Against::Branch(SegmentId(3))));
    // Where there is no other branch, a recorded run is what one can compare with.
    let mut alone = support::answered(120, 40);
    assert_eq!(press(&mut alone, pressed.key), [Effect::ListTraces(Listing::Compare)]);
    alone.update(Message::Traces(Listing::Compare, vec![("one".to_owned(), String::new(), "one.jsonl".into())]));
    assert_eq!(press(&mut alone, "enter"), [Effect::Read("one.jsonl".into())]);
}
