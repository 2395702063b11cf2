//! Keys that the configuration changes are the keys that are shown, and those that work.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use specfuse::clean::DisplayText;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::round::Command;
use specfuse::playground::state::action::{ACTIONS, Action};
use specfuse::playground::state::key::Key;
use specfuse::playground::state::keymap::{Bindings, Keymap};
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::{Effect, Message, Options, Screen};

use super::support::{self, answer, feed, keys, list, press, type_text};

/// A state with the answer's records; these actions have these keys.
fn bound(changes: &[(&str, &[&str])], records: usize) -> Screen {
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let bindings: Bindings = changes.iter().map(|(name, keys)| ((*name).to_owned(), owned(keys))).collect();
    let keymap = Keymap::new(&bindings).unwrap();
    let mut state = Screen::new(Options { keymap, ..support::options(&support::members()) }, 120, 40);
    state.state.writing.active = false;
    feed(&mut state, &answer()[..records]);
    state.prepare();
    state
}

fn words(state: &Screen) -> String {
    let line = |line: &Vec<_>| line.iter().map(|(_, text): &(_, DisplayText)| text.as_str()).collect::<String>() + "\n";
    state.scene.overlay.iter().map(line).collect()
}

#[test]
fn a_moved_key_works_and_the_old_one_does_not() {
    let mut state = bound(&[("step", &[".", "ctrl+t"])], 20);
    for key in [".", "ctrl+t"] {
        assert_eq!(press(&mut state, key), [Effect::Order(Command::Step)]);
    }
    assert_eq!(press(&mut state, "s"), []);
    assert!(state.notices.notice.is_some(), "and says that it does nothing");
}

#[test]
fn help_hints_and_palette_show_the_keys_in_force() {
    let mut state = bound(&[("step", &["."]), ("stop", &[]), ("help", &["Q"])], 20);
    let hints: Vec<&str> = state.scene.hints.iter().map(|hint| hint.key.as_str()).collect();
    assert!(hints.contains(&".") && hints.contains(&"Q") && !hints.contains(&"s") && !hints.contains(&""), "{hints:?}");
    assert!(state.scene.hints.iter().all(|hint| hint.word != Action::Stop.entry().hint), "what has no key is not offered");
    press(&mut state, "Q");
    assert!(state.looking.page() == Some(Page::Help));
    let help = words(&state);
    let line = |meaning: &str| help.lines().find(|line| line.contains(meaning)).unwrap().trim_start().to_owned();
    assert!(line(Action::Step.entry().meaning).starts_with(". "));
    assert!(line(Action::Stop.entry().meaning).starts_with("(no key)"));
    press(&mut state, "esc");
    press(&mut state, ":");
    let keys = list(&state).entries().find(|item| item.title == "step").unwrap().keys.clone();
    assert_eq!(keys, ".");
}

#[test]
fn messages_name_the_keys_in_force() {
    let mut state = bound(&[("stop", &["ctrl+x"]), ("help", &["Q"])], 20);
    press(&mut state, "a");
    assert!(state.notices.notice.as_ref().unwrap().text.contains("`ctrl+x`"));
    press(&mut state, "X");
    assert!(state.notices.notice.as_ref().unwrap().text.contains("`Q`"));
}

#[test]
fn an_action_without_a_key_is_done_from_the_palette() {
    let mut state = bound(&[("stop", &[])], 20);
    press(&mut state, ":");
    type_text(&mut state, "stop");
    assert_eq!(press(&mut state, "enter"), [Effect::Order(Command::Stop)]);
}

#[test]
fn the_first_of_two_keys_waits_and_the_hints_say_for_what() {
    let mut state = bound(&[], answer().len());
    assert_eq!(press(&mut state, "y"), []);
    assert_eq!(state.pressed.pending, keys("y").into_iter().map(Key::from).collect::<Vec<_>>());
    let hints: Vec<&str> = state.scene.hints.iter().map(|hint| hint.key.as_str()).collect();
    assert_eq!(hints, ["y y", "y s", "y c"]);
    let screen = support::screen(&mut state);
    assert!(screen.contains(Action::CopySegment.entry().meaning), "{screen}");
    assert_eq!((press(&mut state, "x"), state.pressed.pending.is_empty()), (vec![], true), "anything else ends it");
    assert!(matches!(press(&mut state, "y y")[..], [Effect::Copy(_)]));
}

#[test]
fn hints_name_only_what_does_something_now() {
    let named = |state: &Screen| state.scene.hints.iter().map(|hint| hint.word.to_string()).collect::<Vec<_>>();
    let mut ready = bound(&[], 0);
    ready.prepare();
    let nothing = ["again", "why", "round before", "take back", "chart"];
    assert!(nothing.iter().all(|word| !named(&ready).contains(&(*word).to_owned())), "{:?}", named(&ready));
    let mut answered = bound(&[], answer().len());
    assert!(["again", "why", "tune"].iter().all(|word| named(&answered).contains(&(*word).to_owned())));
    for _ in 0..9 {
        press(&mut answered, "[");
    }
    answered.prepare();
    assert!(!named(&answered).contains(&"round before".to_owned()));
    assert_eq!(named(&answered)[0], "newest round", "the way back is first");
    press(&mut answered, "esc");
    press(&mut answered, "z");
    assert_eq!(named(&answered)[0], "all parts again");
    press(&mut answered, "z");
    press(&mut answered, "w");
    assert_eq!(named(&answered), ["export", "close", "clear"], "a file name is no list");
}

#[test]
fn a_message_leaves_the_most_important_hint_in_sight_however_long_it_is() {
    for (width, words) in [(120, 2), (80, 9), (80, 30), (80, 300), (60, 12)] {
        let mut state = Screen::new(support::options(&support::members()), width, 24);
        state.state.writing.active = false;
        feed(&mut state, answer());
        state.update(Message::Failed("refused ".repeat(words)));
        state.prepare();
        let hint = state.scene.hints[0].clone();
        let screen = support::screen(&mut state);
        let last = screen.lines().last().unwrap().to_owned();
        assert!(last.contains(&format!("{} {}", hint.key, hint.word)), "{screen}");
        let shown = screen.matches("refused").count();
        assert!(shown == words || screen.contains("`L` shows all of it"), "{shown} of {words}: {screen}");
    }
}

#[test]
fn a_key_that_is_let_go_does_nothing() {
    let mut state = bound(&[], 20);
    let mut release = keys("S")[0];
    release.kind = crossterm::event::KeyEventKind::Release;
    assert_eq!(state.update(Message::Key(release)), []);
}

#[test]
fn leaving_is_not_swallowed_by_a_key_that_waits_for_another() {
    let mut state = support::answered(120, 40);
    press(&mut state, "y");
    assert_eq!(press(&mut state, "ctrl+c"), [Effect::Quit]);
    press(&mut state, "y");
    assert_eq!(press(&mut state, "x"), [], "no action");
    assert!(state.pressed.pending.is_empty());
}

/// Function keys in the place of every key that the table gives: none of them is a default of any action.
fn all_rebound() -> (Keymap, BTreeMap<&'static str, KeyEvent>) {
    let modifiers = [("", KeyModifiers::NONE), ("ctrl+", KeyModifiers::CONTROL), ("alt+", KeyModifiers::ALT)];
    let more = [
        ("shift+", KeyModifiers::SHIFT),
        ("ctrl+alt+", KeyModifiers::CONTROL | KeyModifiers::ALT),
        ("ctrl+shift+", KeyModifiers::CONTROL | KeyModifiers::SHIFT),
    ];
    let modifiers = modifiers.into_iter().chain(more);
    let keys = modifiers.flat_map(|(name, modifier)| {
        (1..=24).map(move |number| (format!("{name}f{number}"), KeyEvent::new(KeyCode::F(number), modifier)))
    });
    let (mut bindings, mut events) = (Bindings::new(), BTreeMap::new());
    for (entry, (name, event)) in ACTIONS.iter().zip(keys) {
        bindings.insert(entry.name.to_owned(), vec![name]);
        events.insert(entry.name, event);
    }
    assert_eq!(events.len(), ACTIONS.len());
    (Keymap::new(&bindings).unwrap(), events)
}

/// The first word of a screen that is the name of a key which no action has any more.
fn a_key_of_old(shown: &str) -> Option<&str> {
    let names = ["esc", "enter", "tab", "space", "pageup", "pagedown", "backspace"];
    let word = |word: &&str| {
        let bare = word.trim_matches(|character: char| !character.is_alphanumeric() && character != '`');
        let quoted =
            bare.strip_prefix('`').and_then(|rest| rest.split_once('`')).is_some_and(|(key, _)| key.chars().count() == 1);
        let modified = ["ctrl+", "alt+", "shift+"].iter().any(|prefix| bare.trim_matches('`').starts_with(prefix));
        quoted || names.contains(&bare.trim_matches('`')) || (modified && !bare.trim_matches('`').contains("+f"))
    };
    shown.split_whitespace().find(word)
}

#[test]
fn with_every_key_rebound_no_screen_names_an_old_one() {
    let (keymap, events) = all_rebound();
    let options = || Options { keymap: keymap.clone(), ..support::options(&support::members()) };
    let at = |size: (u16, u16), records: &[Record], writing: bool| {
        let mut screen = Screen::new(options(), size.0, size.1);
        screen.update(Message::Ask(support::QUESTION.to_owned()));
        feed(&mut screen, records);
        screen.state.writing.active = writing;
        screen
    };
    let crowded = Screen::new(Options { keymap: keymap.clone(), ..support::options(&support::crowd(9)) }, 120, 40);
    // Each is several kilobytes.
    let scenes = [
        Box::new(Screen::new(options(), 120, 40)),
        Box::new(crowded),
        Box::new(at((120, 40), &answer()[..20], false)),
        Box::new(at((120, 40), &answer()[..20], true)),
        Box::new(at((200, 60), answer(), false)),
        Box::new(at((80, 24), answer(), false)),
    ];
    for (place, scene) in scenes.iter().enumerate() {
        for first in ACTIONS {
            let mut opened = scene.clone();
            opened.prepare();
            opened.update(Message::Key(events[first.name]));
            let shown = support::screen(&mut opened);
            assert_eq!(a_key_of_old(&shown), None, "scene {place}, {}:\n{shown}", first.name);
            if opened.looking.overlay.is_none() {
                continue;
            }
            for second in ["choose", "roster-take", "tune-apply", "tune-higher", "send", "sweep", "sweep-stop"] {
                let mut screen = opened.clone();
                screen.update(Message::Key(events[second]));
                let shown = support::screen(&mut screen);
                assert_eq!(a_key_of_old(&shown), None, "scene {place}, {} then {second}:\n{shown}", first.name);
            }
        }
    }
}

/// The first frame of a page already names the keys that scroll it, if there is more below.
#[test]
fn a_page_with_more_below_names_its_scroll_keys_at_once() {
    for (key, height, more) in [("?", 24, true), ("e", 24, true), ("L", 40, false)] {
        let mut state = support::answered(80, height);
        support::press(&mut state, "esc");
        support::press(&mut state, key);
        let named = state.scene.hints.iter().any(|hint| hint.word == "scroll");
        assert_eq!(named, more, "{key}");
    }
}
