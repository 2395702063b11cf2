//! What the keys of asking and of the run do.

use specfuse::engine::round::Command;
use specfuse::playground::state::{Ask, Effect, Message, Options, Screen};

use super::super::support::{self, QUESTION, answer, feed, press, type_text};
use super::Pressed;

pub(super) fn written() -> Screen {
    let mut state = support::state(120, 40);
    type_text(&mut state, "Who?");
    state
}

pub(super) fn with_history() -> Screen {
    let history = vec!["first?".to_owned(), "second?".to_owned()];
    let mut state = Screen::new(Options { history, ..support::options(&support::members()) }, 120, 40);
    type_text(&mut state, "third");
    state
}

pub(super) fn in_history() -> Screen {
    let mut state = with_history();
    press(&mut state, "up");
    press(&mut state, "up");
    state
}

/// The one question that is asked.
pub(crate) fn ask(effects: &[Effect]) -> &Ask {
    let mut asks = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(ask) => Some(&**ask),
        _ => None,
    });
    let ask = asks.next().unwrap_or_else(|| panic!("nothing is asked: {effects:?}"));
    assert!(asks.next().is_none());
    ask
}

pub(super) fn write(pressed: Pressed) {
    assert!(!pressed.before.writing.active && pressed.after.writing.active && pressed.effects.is_empty());
    let mut after = pressed.after;
    type_text(&mut after, "i q");
    assert_eq!(after.writing.question.text(), "i q", "keys are text now");
}

pub(super) fn leave_prompt(pressed: Pressed) {
    assert!(pressed.before.writing.active && !pressed.after.writing.active && pressed.effects.is_empty());
    assert_eq!(pressed.after.writing.question.text(), "Who?");
}

pub(super) fn send(pressed: Pressed) {
    assert_eq!(pressed.effects[0], Effect::Remember("Who?".to_owned()));
    assert_eq!(ask(&pressed.effects).conversation.prompt(), "Who?");
    assert!(pressed.after.writing.question.is_blank() && !pressed.after.writing.active && pressed.after.is_busy());
    let mut empty = support::state(120, 40);
    let effects = press(&mut empty, pressed.key);
    assert_eq!(ask(&effects).conversation.prompt(), QUESTION, "the example");
}

pub(super) fn new_line(pressed: Pressed) {
    let mut after = pressed.after;
    type_text(&mut after, "When?");
    assert_eq!((after.writing.question.text().as_str(), pressed.effects.as_slice()), ("Who?\nWhen?", [].as_slice()));
    assert!(after.writing.active);
}

pub(super) fn earlier(pressed: Pressed) {
    assert_eq!(pressed.after.writing.question.text(), "second?");
    let mut after = pressed.after;
    press(&mut after, pressed.key);
    assert_eq!(after.writing.question.text(), "first?");
}

pub(super) fn later(pressed: Pressed) {
    assert_eq!(
        (pressed.before.writing.question.text().as_str(), pressed.after.writing.question.text().as_str()),
        ("first?", "second?")
    );
    let mut after = pressed.after;
    press(&mut after, pressed.key);
    assert_eq!(after.writing.question.text(), "third", "what was being written is back");
}

pub(super) fn edit(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Edit("Who?".to_owned())]);
    let mut after = pressed.after;
    after.update(Message::Edited(Ok("Who\nand when?".to_owned())));
    assert_eq!(after.writing.question.text(), "Who\nand when?");
    after.update(Message::Edited(Err("no editor".to_owned())));
    assert_eq!(after.writing.question.text(), "Who\nand when?", "a failed editor takes nothing away");
}

pub(super) fn again(pressed: Pressed) {
    let asked = ask(&pressed.effects);
    assert_eq!((asked.conversation.prompt(), asked.seed), (QUESTION, 2));
    let mut after = pressed.after;
    feed(&mut after, &support::built_in_run(QUESTION, 2));
    assert_eq!(after.answers.session.answers().len(), 1, "the new answer takes the place of the old one");
    assert_eq!(ask(&press(&mut after, pressed.key)).seed, 3);
}

pub(super) fn again_same_seed(pressed: Pressed) {
    let asked = ask(&pressed.effects);
    assert_eq!((asked.conversation.prompt(), asked.seed), (QUESTION, 1));
    let mut after = pressed.after;
    feed(&mut after, answer());
    after.prepare();
    assert_eq!(after.answers.session, pressed.before.answers.session, "equal seeds, equal answers");
    assert_eq!(after.answers.transcript, pressed.before.answers.transcript);
}

pub(super) fn new_conversation(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(pressed.effects, [Effect::Drop]);
    assert!(after.answers.session.answers().is_empty() && after.answers.transcript.flow().is_empty() && after.writing.active);
    type_text(&mut after, "New?");
    assert_eq!(ask(&press(&mut after, "enter")).conversation.turns.len(), 1, "nothing is left of the old one");
}

fn ordered(pressed: &Pressed, command: Command) {
    assert_eq!(pressed.effects, [Effect::Order(command)]);
}

pub(super) fn pause(pressed: Pressed) {
    ordered(&pressed, Command::Pause);
}

pub(super) fn step(pressed: Pressed) {
    ordered(&pressed, Command::Step);
}

pub(super) fn stop(pressed: Pressed) {
    ordered(&pressed, Command::Stop);
}

pub(super) fn slower(pressed: Pressed) {
    assert_eq!((pressed.before.settings.pace, &pressed.effects), (Some(15), &vec![Effect::Pace(Some(10))]));
    let mut after = pressed.after;
    for _ in 0..20 {
        press(&mut after, pressed.key);
    }
    assert_eq!(after.settings.pace, Some(5), "the slowest pace");
}

pub(super) fn faster(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Pace(Some(25))]);
    let mut after = pressed.after;
    for _ in 0..20 {
        press(&mut after, pressed.key);
    }
    assert_eq!(after.settings.pace, None, "as fast as they are");
}

pub fn change_linger(pressed: Pressed) {
    let ms = pressed.after.settings.linger.in_force(true);
    assert!(ms > 0.0 && pressed.before.settings.linger.in_force(true) == 0.0);
    assert_eq!(pressed.effects, [Effect::Order(Command::Linger { ms })]);
}
