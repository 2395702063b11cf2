//! What the keys of copies and files, of the program, of lists and of questions do.

use std::collections::BTreeSet;
use std::path::PathBuf;

use specfuse::engine::fusion::MemberIndex;
use specfuse::export::Format;
use specfuse::playground::state::action::{ACTIONS, Context};
use specfuse::playground::state::layout::Part;
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::pages::Page;
use specfuse::playground::state::picker::{Choice, PickerKind};
use specfuse::playground::state::{Effect, FilmFormat, Listing, Screen};

use super::super::support::{self, list, newest, press, type_text};
use super::{Pressed, looking};

pub(super) fn focused_on_a_pane() -> Screen {
    let mut state = looking::at_the_first_round();
    press(&mut state, "2");
    assert_eq!(state.looking.focus, Part::Pane(MemberIndex(1)));
    state
}

/// The themes `dark`, `default` (in force and marked) and `mono`.
pub(super) fn in_a_list() -> Screen {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    press(&mut state, "T");
    state
}

pub(super) fn asked_whether_to_leave() -> Screen {
    let mut state = support::answering(120, 40);
    press(&mut state, "q");
    state
}

pub(super) fn copy_answer(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Copy(newest(&pressed.after).answer())]);
}

pub(super) fn copy_segment(pressed: Pressed) {
    let text = newest(&pressed.after).rounds[0].accepted.as_ref().unwrap().text.to_string();
    assert_eq!(pressed.effects, [Effect::Copy(text)]);
}

pub(super) fn copy_candidate(pressed: Pressed) {
    let text = newest(&pressed.after).rounds[0].candidate_of(MemberIndex(1)).unwrap().text.to_string();
    assert_eq!(pressed.effects, [Effect::Copy(text)]);
}

pub(super) fn save_trace(pressed: Pressed) {
    let mut after = pressed.after;
    let proposed = list(&after).typed.clone();
    assert_eq!(list(&after).kind, PickerKind::SaveAs);
    assert!(proposed.contains("seed-1"), "{proposed}");
    type_text(&mut after, "l");
    assert_eq!(press(&mut after, "enter"), [Effect::SaveTrace(PathBuf::from(format!("{proposed}l")))]);
    assert_eq!(after.looking.overlay, None);
}

pub(super) fn export(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(list(&after).kind, PickerKind::ExportAs);
    assert_eq!(list(&after).typed, "specfuse-seed-1.html");
    let as_named = |name: &str| {
        let mut state = after.clone();
        press(&mut state, "ctrl+u");
        type_text(&mut state, name);
        let effects = press(&mut state, "enter");
        (effects, state)
    };
    for (name, format) in [("a.md", Format::Markdown), ("b.HTML", Format::Html), ("c.json", Format::Json)] {
        let (effects, _) = as_named(name);
        let [Effect::Export { run, format: as_what, path }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(
            (**run == pressed.before.answers.session.answers()[0].run, *as_what, path.to_str()),
            (true, format, Some(name))
        );
    }
    assert_eq!(as_named("screen.svg").0, [Effect::Picture("screen.svg".into())]);
    for (name, format) in [("run.CAST", FilmFormat::Cast), ("run.animation.svg", FilmFormat::Animation)] {
        assert_eq!(as_named(name).0, [Effect::Film { format, path: name.into() }]);
    }
    let (effects, state) = as_named("answer.pdf");
    assert!(effects.is_empty() && list(&state).typed == "answer.pdf", "what was typed is not lost");
    press(&mut after, "esc");
    assert!(after.looking.overlay.is_none());
}

pub(super) fn open_trace(pressed: Pressed) {
    use specfuse::playground::state::Message;
    assert_eq!(pressed.effects, [Effect::ListTraces(Listing::Open)]);
    let mut after = pressed.after;
    let found = ["one", "two"].map(|name| (name.to_owned(), "1 h ago".to_owned(), PathBuf::from(name)));
    after.update(Message::Traces(Listing::Open, found.into()));
    type_text(&mut after, "two");
    assert_eq!(press(&mut after, "enter"), [Effect::Open(PathBuf::from("two"))]);
}

pub(super) fn palette(pressed: Pressed) {
    let mut after = pressed.after;
    let offered: Vec<String> = list(&after).entries().map(|item| item.title.to_string()).collect();
    let wanted = ACTIONS.iter().filter(|entry| {
        !matches!(
            entry.context,
            Context::List | Context::Roster | Context::HeatMap | Context::Lengths | Context::Tuning | Context::Question
        )
    });
    let wanted: BTreeSet<String> = wanted.map(|entry| entry.name.to_owned()).collect();
    assert_eq!((offered.len(), offered.iter().cloned().collect()), (wanted.len(), wanted), "each is there once");
    let unavailable: Vec<bool> = list(&after).entries().map(|item| item.unavailable.is_some()).collect();
    assert!(unavailable.is_sorted() && unavailable[0] != unavailable[unavailable.len() - 1], "what can be done now is first");
    assert_eq!(offered[0], "write", "the likeliest of all first");
    type_text(&mut after, "redraw");
    assert_eq!(press(&mut after, "enter"), [Effect::Redraw], "a command is found by its name and done");
    assert_eq!(after.looking.overlay, None);
}

/// What cannot be done now stays in the list, and says why.
#[test]
fn a_command_that_does_nothing_now_says_why() {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    press(&mut state, ":");
    type_text(&mut state, "rewind");
    assert_eq!(press(&mut state, "enter"), []);
    assert!(state.notices.notice.as_ref().unwrap().text.contains("not now: there is no answer to change yet"));
    assert_eq!(list(&state).typed, "rewind");
}

pub(super) fn find_help(pressed: Pressed) {
    let mut after = pressed.after;
    let all = list(&after).entries().len();
    type_text(&mut after, "SEGMENT");
    let found: Vec<String> = list(&after).entries().map(|item| format!("{} {}", item.keys, item.title)).collect();
    assert!(
        found.len() > 5 && found.len() < all && found.iter().all(|line| line.to_lowercase().contains("segment")),
        "{found:?}"
    );
    let screen = support::screen(&mut after);
    assert!(screen.contains(&format!("{} of {all}", found.len())), "{screen}");
    press(&mut after, "ctrl+u");
    type_text(&mut after, "who wrote its segments");
    press(&mut after, "enter");
    assert_eq!(after.looking.page(), Some(Page::Help), "a line that is no key leads to the page");
    press(&mut after, "/");
    type_text(&mut after, "choose a theme");
    press(&mut after, "enter");
    assert_eq!(list(&after).kind, PickerKind::Themes, "one that is a key does what it says");
}

pub(super) fn help(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(after.looking.page() == Some(Page::Help));
    let words = |state: &Screen| state.scene.overlay.iter().flatten().map(|(_, text)| text.as_str()).collect::<String>();
    for entry in ACTIONS.iter().filter(|entry| !entry.name.starts_with("pane-")) {
        let first = entry.meaning.split_whitespace().next().unwrap();
        assert!(words(&after).contains(first) && words(&after).contains(entry.keys[0]), "{}", entry.name);
    }
    press(&mut after, pressed.key);
    assert_eq!(after.looking.overlay, None);
}

pub(super) fn themes(pressed: Pressed) {
    let titles: Vec<&str> = list(&pressed.after).entries().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["dark", "default", "mono"]);
    assert_eq!(list(&pressed.after).selected(), 1, "the one in force is marked");
    let mut after = pressed.after;
    assert_eq!(press(&mut after, "down"), [Effect::UseTheme("mono".to_owned())], "seen at once");
}

pub(super) fn mouse(pressed: Pressed) {
    assert_eq!((pressed.after.settings.mouse, pressed.effects), (true, vec![Effect::Mouse(true)]));
    let mut after = pressed.after;
    assert_eq!(press(&mut after, pressed.key), [Effect::Mouse(false)]);
}

pub(super) fn redraw(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Redraw]);
}

pub(super) fn suspend(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Suspend]);
}

pub(super) fn quit(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Quit], "nothing would be lost");
    let mut open = pressed.before.clone();
    press(&mut open, "?");
    assert_eq!((press(&mut open, pressed.key), open.looking.overlay.is_none()), (vec![], true), "closes what is open first");
    let mut going = support::answering(120, 40);
    assert_eq!(press(&mut going, pressed.key), [], "asks");
    assert!(matches!(going.looking.overlay, Some(Overlay::Leave(_))));
}

pub(super) fn quit_at_once(pressed: Pressed) {
    let mut after = pressed.after;
    assert!(pressed.effects.is_empty() && matches!(after.looking.overlay, Some(Overlay::Leave(_))));
    assert_eq!(press(&mut after, pressed.key), [Effect::Quit], "a second time without asking");
}

pub(super) fn list_up(pressed: Pressed) {
    assert_eq!(list(&pressed.after).choice(), Some(&Choice::Theme("dark".to_owned())));
}

pub(super) fn list_down(pressed: Pressed) {
    assert_eq!(list(&pressed.after).choice(), Some(&Choice::Theme("mono".to_owned())));
}

pub(super) fn choose(pressed: Pressed) {
    assert_eq!((pressed.after.state.looking.overlay, pressed.effects), (None, vec![Effect::UseTheme("default".to_owned())]));
    let mut other = pressed.before.clone();
    press(&mut other, "down");
    assert_eq!(press(&mut other, pressed.key), [Effect::UseTheme("mono".to_owned())]);
    assert_eq!(other.settings.theme, "mono");
}

pub(super) fn clear_typed(pressed: Pressed) {
    let mut other = pressed.before.clone();
    let all = list(&other).entries().len();
    type_text(&mut other, "mono");
    assert!(list(&other).entries().len() < all);
    press(&mut other, pressed.key);
    assert_eq!((list(&other).typed.as_str(), list(&other).entries().len()), ("", all));
}

pub(super) fn close_list(pressed: Pressed) {
    assert_eq!(pressed.after.looking.overlay, None);
    let mut other = pressed.before.clone();
    press(&mut other, "down");
    assert_eq!(press(&mut other, pressed.key), [Effect::UseTheme("default".to_owned())], "nothing is changed");
    assert_eq!(other.settings.theme, "default");
}

pub(super) fn yes(pressed: Pressed) {
    assert_eq!(pressed.effects, [Effect::Quit]);
}

pub(super) fn no(pressed: Pressed) {
    assert_eq!((pressed.after.state.looking.overlay, pressed.effects), (None, vec![]));
}
