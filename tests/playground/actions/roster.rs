//! What the keys of the roster do.

use specfuse::engine::fusion::event::Role;
use specfuse::playground::state::overlay::Overlay;
use specfuse::playground::state::roster::RowId;
use specfuse::playground::state::roster::compose::{Compose, Pick};
use specfuse::playground::state::{Effect, Screen};

use super::super::support::{self, press};
use super::Pressed;

/// The roster, open over the built-in ensemble; the first member is marked.
pub(super) fn open() -> Screen {
    let mut state = support::state(120, 40);
    press(&mut state, "esc");
    assert_eq!(press(&mut state, "M"), looks(), "who is there is not asked again");
    state
}

/// A look at the ports and one for files.
fn looks() -> [Effect; 2] {
    [Effect::Scan, Effect::FindFiles(Vec::new())]
}

fn compose(state: &Screen) -> &Compose {
    match &state.looking.overlay {
        Some(Overlay::Roster(compose)) => compose,
        other => panic!("the roster is not open but {other:?}"),
    }
}

fn marked(state: &Screen) -> Option<usize> {
    compose(state).marked(&state.roster).map(|row| row.0)
}

fn pick(state: &Screen) -> Pick {
    let row = compose(state).marked(&state.roster).unwrap();
    compose(state).pick(&state.roster, row)
}

pub(super) fn opens(pressed: Pressed) {
    assert_eq!((pressed.effects.as_slice(), marked(&pressed.after)), (looks().as_slice(), Some(0)));
    let words: Vec<String> = support::screen(&mut pressed.after.clone()).lines().map(str::to_owned).collect();
    for name in ["atlas", "babble"] {
        assert!(words.iter().any(|line| line.contains(&format!("[x] {name}"))), "{name}");
    }
}

pub(super) fn up(pressed: Pressed) {
    assert_eq!(marked(&pressed.after), Some(4), "around the end");
}

pub(super) fn down(pressed: Pressed) {
    assert_eq!(marked(&pressed.after), Some(1));
}

pub(super) fn toggle(pressed: Pressed) {
    assert!(pick(pressed.before).chosen && !pick(&pressed.after).chosen);
    let mut after = pressed.after;
    assert_eq!(press(&mut after, pressed.key), [], "it is there already");
    assert!(pick(&after).chosen);
}

pub(super) fn role(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!((pick(pressed.before).role, pick(&after).role), (Role::Auto, Role::Draft));
    press(&mut after, pressed.key);
    assert_eq!(pick(&after).role, Role::Verify);
    press(&mut after, pressed.key);
    assert_eq!(pick(&after).role, Role::Auto);
}

pub(super) fn heavier(pressed: Pressed) {
    assert_eq!((pick(pressed.before).weight, pick(&pressed.after).weight), (None, Some(1.2)));
}

pub(super) fn lighter(pressed: Pressed) {
    let mut after = pressed.after;
    assert_eq!(pick(&after).weight, Some(1.0));
    for _ in 0..20 {
        press(&mut after, pressed.key);
    }
    assert_eq!(pick(&after).weight, Some(0.0), "never below nothing");
}

pub(super) fn connect(pressed: Pressed) {
    let [Effect::Connect { members: asked, again: true }] = pressed.effects.as_slice() else { panic!("{:?}", pressed.effects) };
    assert_eq!(asked.iter().map(|(row, spec)| (*row, spec.name.as_str())).collect::<Vec<_>>(), [(RowId(0), "atlas")]);
    let mut after = pressed.after;
    assert_eq!(press(&mut after, pressed.key), [], "it is being asked already");
}

pub(super) fn scan(pressed: Pressed) {
    assert_eq!(pressed.effects, [], "one look goes on already");
    let mut after = pressed.after;
    after.update(specfuse::playground::state::Message::Found(Vec::new()));
    assert_eq!(press(&mut after, pressed.key), [Effect::Scan], "files are still being looked for");
    after.update(specfuse::playground::state::Message::Files(Err("no disk".to_owned())));
    assert_eq!(press(&mut after, pressed.key), [Effect::FindFiles(Vec::new())]);
}

pub(super) fn take(pressed: Pressed) {
    assert_eq!((pressed.after.state.looking.overlay, pressed.effects.as_slice()), (None, [].as_slice()));
    let mut other = pressed.before.clone();
    press(&mut other, "space");
    assert_eq!(press(&mut other, pressed.key), []);
    assert_eq!(other.roster.names(), ["abacus", "lexicon", "almanac", "babble"]);
    assert!(other.state.notices.notice.is_some_and(|notice| notice.text.contains("abacus, lexicon, almanac, babble")));
}

pub(super) fn close(pressed: Pressed) {
    assert_eq!(pressed.after.looking.overlay, None);
    let mut other = pressed.before.clone();
    press(&mut other, "space");
    press(&mut other, pressed.key);
    assert_eq!(
        (other.looking.overlay.clone(), other.roster.ensemble()),
        (None, pressed.before.roster.ensemble()),
        "nothing is changed"
    );
}
