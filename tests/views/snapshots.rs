//! Every state of the list as it is drawn: in true colour against its snapshot, without colour against that.
//!
//! `INSTA_UPDATE=always cargo test --test views` renews the snapshots.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ratatui::buffer::Buffer;
use specfuse::playground::view::theme::{ColourLevel, Library, Theme};

use crate::letters::{Letters, Look};
use crate::states::{self, SIZES, Size, State};
use crate::{frame, support};

/// The themes whose styles are kept of one state beside that which all states are drawn in.
const OTHERS: [(&str, ColourLevel); 2] = [("terminal", ColourLevel::Ansi16), ("mono", ColourLevel::None)];

fn theme(name: &str, level: ColourLevel) -> Theme {
    Library::new(None).load(name, level).unwrap()
}

fn coloured() -> Theme {
    theme("dark", ColourLevel::True)
}

fn file((state, (width, height)): (&State, Size)) -> String {
    format!("{}-{width}x{height}", state.name)
}

/// Compares with a snapshot; whether it is the same.
fn is_kept(name: &str, text: &str) -> bool {
    let compared = catch_unwind(AssertUnwindSafe(|| {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, text) });
    }));
    compared.is_ok()
}

/// Without colour a frame says the same, and has none.
fn check_without_colour(name: &str, coloured: &Buffer, plain: &Buffer) {
    assert_eq!(frame::characters(plain), frame::characters(coloured), "{name} without colour");
    let is_coloured = |cell| Look::of(cell).is_some_and(Look::is_coloured);
    assert!(!plain.content.iter().any(is_coloured), "{name} has a colour where none is wanted");
}

/// Draws the states that are kept at some sizes, and compares each; all that differ are named together.
fn check(is_wanted: impl Fn(Size) -> bool) {
    let (states, theme, mono) = (states::all(), coloured(), theme("mono", ColourLevel::None));
    let letters = Letters::of(&theme);
    let draw = |state: &State, size| support::draw(&mut state.screen(size), &theme);
    let mut differ = Vec::new();
    // What others lie over is drawn once.
    let mut drawn_below: HashMap<(&str, Size), Buffer> = HashMap::new();
    for state in &states {
        for size in state.sizes.iter().copied().filter(|size| is_wanted(*size)) {
            let name = file((state, size));
            let screen = state.screen(size);
            let (drawn, popup) = (support::draw(&mut screen.clone(), &theme), screen.scene.popup);
            check_without_colour(&name, &drawn, &support::draw(&mut screen.clone(), &mono));
            // On the smallest of the sizes all of it is kept: a reader sees at least one whole picture of each state.
            let below = state.over.filter(|_| size != SIZES[0] && SIZES.contains(&size));
            let text = match below.map(|below| states.iter().find(|other| other.name == below).unwrap()) {
                Some(below) => {
                    let drawn_below = drawn_below.entry((&below.name, size)).or_insert_with(|| draw(below, size));
                    frame::over(&drawn, popup, (&below.name, drawn_below), &letters)
                }
                None => frame::whole(&drawn, &letters),
            };
            if !is_kept(&name, &text) {
                differ.push(name);
            }
        }
    }
    assert!(differ.is_empty(), "other than their snapshots are: {}", differ.join(", "));
}

#[test]
fn every_state_on_a_small_screen() {
    check(|size| size == SIZES[0]);
}

#[test]
fn every_state_on_a_usual_screen() {
    check(|size| size == SIZES[1]);
}

#[test]
fn every_state_on_a_large_screen() {
    check(|size| size == SIZES[2]);
}

#[test]
fn states_at_sizes_of_their_own() {
    check(|size| !SIZES.contains(&size));
}

#[test]
fn styles_in_few_colours_and_in_none() {
    let states = states::all();
    let state = states.iter().find(|state| state.name == "looking-back").unwrap();
    let differ = OTHERS.map(|(name, level)| {
        let theme = theme(name, level);
        let drawn = support::draw(&mut state.screen(SIZES[1]), &theme);
        is_kept(&format!("styles-{name}"), &frame::whole(&drawn, &Letters::of(&theme)))
    });
    assert_eq!(differ, [true, true]);
}

#[test]
fn what_the_letters_of_styles_look_like() {
    let themes = [("dark", ColourLevel::True)].into_iter().chain(OTHERS);
    let legend = themes.map(|(name, level)| format!("{name}\n{}", Letters::of(&theme(name, level)).legend()));
    assert!(is_kept("letters", &legend.collect::<Vec<_>>().join("\n")));
}

/// A snapshot of a state that is no longer listed would be kept for ever, and compared with nothing.
#[test]
fn every_snapshot_belongs_to_a_state_and_every_name_to_one() {
    let states = states::all();
    let names: BTreeSet<&str> = states.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(names.len(), states.len(), "two states have one name");
    for state in &states {
        assert!(state.over.is_none_or(|below| names.contains(below)), "{}", state.name);
    }
    let mut expected: BTreeSet<String> = BTreeSet::from(["letters", "styles-terminal", "styles-mono"].map(str::to_owned));
    expected.extend(states.iter().flat_map(|state| state.sizes.iter().map(move |size| file((state, *size)))));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views/snapshots");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let kept: BTreeSet<String> = entries
        .filter_map(|name| Some(name.strip_suffix(".snap")?.to_owned()))
        .map(|name| name.strip_prefix("views__snapshots__").unwrap_or(&name).to_owned())
        .collect();
    let stale: Vec<&String> = kept.difference(&expected).collect();
    assert!(stale.is_empty(), "no state has these: {stale:?}");
}
