//! What the keys of tuning ask for.

use specfuse::engine::fusion::params::Value;
use specfuse::engine::round::Command;
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::tuning::panel::Panel;
use specfuse::playground::state::{Effect, Screen};

use super::super::support::{self, press};
use super::{Pressed, answered, answering};

/// The panel over a complete answer.
pub(super) fn open() -> Screen {
    let mut state = answered();
    press(&mut state, "t");
    state
}

/// The panel with the exit threshold marked, while the answer is written.
pub(super) fn on_the_threshold() -> Screen {
    let mut state = answering();
    press(&mut state, "t");
    while panel(&state).knob().is_none_or(|knob| knob.name != "exit-threshold") {
        press(&mut state, "down");
    }
    state
}

/// The same, with another threshold being tried.
pub(super) fn trying() -> Screen {
    let mut state = on_the_threshold();
    press(&mut state, "right");
    state
}

fn panel(state: &Screen) -> &Panel {
    match &state.looking.overlay {
        Some(Overlay::Tuning(panel)) => panel,
        other => panic!("the panel is not open but {other:?}"),
    }
}

/// What is being tried.
fn tried(state: &Screen) -> Vec<(&'static str, String)> {
    state.knobs.tuning.tried().iter().map(|(knob, value)| (knob.name, value.to_string())).collect()
}

fn ordered(effects: &[Effect]) -> Vec<(String, Value)> {
    match effects {
        [Effect::Order(Command::SetParameters { values })] => values.clone(),
        other => panic!("{other:?} sets no knob"),
    }
}

pub(super) fn tune(pressed: Pressed) {
    assert_eq!(panel(&pressed.after).place(), Some(0));
    let screen = support::screen(&mut pressed.after.clone());
    assert!(screen.contains("preset") && screen.contains("segment-tokens"), "{screen}");
}

fn by(unit: &str, knob: &str, length: i64) -> [(String, Value); 2] {
    [("segment".to_owned(), Value::Name(unit.to_owned())), (knob.to_owned(), Value::Integer(length))]
}

/// The default counts sentences: a step down counts as many words as cut the last one, which has six.
pub(super) fn shorter(pressed: Pressed) {
    assert_eq!(ordered(&pressed.effects), by("words", "segment-words", 3));
    let said = pressed.after.state.notices.notice.clone().unwrap().text;
    assert!(said.contains("by 3 words, was by sentence; from the next round"), "{said}");
    assert!(said.ends_with(" (12 words and 6 words would not cut a segment of 6 words)"), "{said}");
    // The run has not answered yet: the next press continues from there.
    let mut after = pressed.after;
    let effects = press(&mut after, pressed.key);
    assert_eq!(ordered(&effects), by("tokens", "segment-tokens", 10));
    let said = after.state.notices.notice.clone().unwrap().text;
    assert!(said.contains("by 10 tokens, about ") && said.contains(" words, was by 3 words"), "{said}");
}

/// Nothing is longer than a sentence.
pub(super) fn longer(pressed: Pressed) {
    assert_eq!(pressed.effects, []);
    let said = pressed.after.state.notices.notice.clone().unwrap().text;
    assert!(said.contains("by sentence is the longest step"), "{said}");
    let mut after = pressed.after;
    press(&mut after, "-");
    let effects = press(&mut after, pressed.key);
    assert_eq!(ordered(&effects), by("words", "segment-words", 6));
}

pub(super) fn lower_threshold(pressed: Pressed) {
    assert_eq!(ordered(&pressed.effects), [("exit-threshold".to_owned(), Value::Real(0.45))]);
    assert!(pressed.after.scene.story.starts_with("what-if: exit-threshold 0.45"), "{}", pressed.after.scene.story);
}

pub(super) fn higher_threshold(pressed: Pressed) {
    assert_eq!(ordered(&pressed.effects), [("exit-threshold".to_owned(), Value::Real(0.55))]);
    assert!(pressed.after.scene.chart.columns.iter().all(|column| column.recorded.is_some()));
    // Esc ends the comparison; the value stays.
    let mut after = pressed.after;
    press(&mut after, "esc");
    assert!(!after.knobs.tuning.is_trying());
}

pub(super) fn up(pressed: Pressed) {
    assert_eq!((panel(pressed.before).place(), panel(&pressed.after).place()), (Some(0), Some(Panel::ROWS - 1)));
}

pub(super) fn down(pressed: Pressed) {
    assert_eq!((panel(pressed.before).place(), panel(&pressed.after).place()), (Some(0), Some(1)));
}

pub(super) fn lower(pressed: Pressed) {
    assert_eq!(tried(&pressed.after), [("exit-threshold", "0.45".to_owned())]);
    assert_eq!(pressed.effects, [], "nothing is in force yet");
}

pub(super) fn higher(pressed: Pressed) {
    assert_eq!(tried(&pressed.after), [("exit-threshold", "0.55".to_owned())]);
    assert_eq!(pressed.effects, []);
}

pub(super) fn default(pressed: Pressed) {
    assert_eq!(tried(pressed.before).len(), 1);
    assert_eq!(tried(&pressed.after), []);
}

pub(super) fn defaults(pressed: Pressed) {
    assert_eq!(tried(pressed.before).len(), 1);
    assert_eq!(tried(&pressed.after), []);
    assert!(matches!(pressed.after.looking.overlay, Some(Overlay::Tuning(_))));
}

/// The other knobs unfold; the same key folds them.
pub(super) fn more(pressed: Pressed) {
    assert!(!panel(pressed.before).unfolded && panel(&pressed.after).unfolded);
    let mut after = pressed.after;
    let shows = |screen: &mut Screen| support::screen(screen).contains("segment-bytes");
    assert!(shows(&mut after));
    press(&mut after, pressed.key);
    assert!(!panel(&after).unfolded && !shows(&mut after));
}

/// Letters that are commands otherwise are searched for, and narrow the rows; `esc` goes back step by step.
pub(super) fn find(pressed: Pressed) {
    let mut after = pressed.after;
    support::type_text(&mut after, "outlier zz");
    assert_eq!(panel(&after).in_sight().len(), 0);
    for _ in 0..3 {
        press(&mut after, "backspace");
    }
    let shown = support::screen(&mut after);
    assert!(shown.contains("outlier-ratio") && !shown.contains("temperature"), "{shown}");
    assert!(shown.contains("/ outlier_  2 of "), "{shown}");
    press(&mut after, "down");
    assert_eq!(panel(&after).knob().unwrap().name, "outlier-ratio");
    // Taken, digits and letters are what they were.
    press(&mut after, "enter");
    support::type_text(&mut after, "7");
    press(&mut after, "enter");
    assert!(tried(&after).contains(&("outlier-ratio", "7".to_owned())), "{:?}", tried(&after));
    press(&mut after, "esc");
    assert_eq!(panel(&after).search.as_ref().unwrap().text, "");
    press(&mut after, "esc");
    assert_eq!((panel(&after).search.clone(), panel(&after).knob().unwrap().name), (None, "outlier-ratio"));
    assert!(after.knobs.tuning.is_pending(), "what is tried stays until the panel closes");
}

pub(super) fn apply(pressed: Pressed) {
    assert_eq!(ordered(&pressed.effects), [("exit-threshold".to_owned(), Value::Real(0.55))]);
    assert_eq!((pressed.after.looking.overlay.clone(), pressed.after.knobs.tuning.tried().len()), (None, 0));
}

pub(super) fn forget(pressed: Pressed) {
    assert_eq!(
        (pressed.effects.len(), pressed.after.looking.overlay.clone(), pressed.after.knobs.tuning.tried().len()),
        (0, None, 0)
    );
}

pub(super) fn close(pressed: Pressed) {
    assert_eq!((pressed.effects.len(), &pressed.after.looking.overlay), (0, &None));
    assert_eq!(tried(&pressed.after), [("exit-threshold", "0.55".to_owned())]);
    assert!(pressed.after.scene.story.starts_with("what-if: "), "{}", pressed.after.scene.story);
}
