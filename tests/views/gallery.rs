//! Pictures of the screen, to be looked at: at every size, in the middle of a round, at a decision, at the end, while tuning, with
//! few and with many members.
//!
//! `UPDATE_GALLERY=1 cargo test --test views gallery` draws them again into `tests/views/gallery`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::member::scripted::ScriptedMember;
use specfuse::playground::state::Screen;
use specfuse::playground::view::picture::svg;
use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::states::{self, Size};
use crate::support;

/// The sizes of the gallery.
const SIZES: [Size; 5] = [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)];

/// Moments of the list of states, each at every size.
const MOMENTS: [(&str, &str); 10] = [
    ("1-before-the-first-question", "ready"),
    ("2-in-the-middle-of-a-round", "under-way"),
    ("3-at-a-decision", "decision"),
    ("4-looking-back", "looking-back"),
    ("5-at-the-end", "answered"),
    ("6-while-tuning", "what-if"),
    ("8-three-lengths-going", "lengths-going"),
    ("8-three-lengths-done", "lengths-done"),
    // Two models of everyday use, as recorded once.
    ("9-models-in-files", "lazy-kept"),
    ("10-in-the-tuning-panel", "tuning-looking-back"),
];

/// Ensembles of other sizes, in the middle of their third round.
const MEMBERS: [usize; 3] = [2, 9, 16];

const NAMES: [&str; 16] = [
    "qwen", "smol", "gemma", "llama", "phi", "granite", "olmo", "falcon", "mistral", "yi", "stable", "danube", "exaone",
    "minicpm", "aya", "zephyr",
];

/// Many members that say nearly the same.
fn crowd(members: usize) -> Vec<Record> {
    let ends = ["the Nile", "the Amazon", "the Yangtze", "probably the Amazon, by some measurements", "the Nile"];
    let seats = NAMES.iter().take(members).enumerate().map(|(place, name)| {
        let first = format!("The longest river of the world is {}.", ends[place % ends.len()]);
        let second = format!(" It is about {} kilometres long.", 6400 + 50 * (place % 6));
        let third = format!(" It flows through {} countries.", 3 + place % 9);
        let member = ScriptedMember::saying(&[&first, &second, &third, " That is all."], -0.2 - 0.05 * place as f32);
        support::seat(name, member.otherwise(-0.6 - 0.07 * place as f32))
    });
    let question = Conversation::question("Which river is the longest, and how long is it?");
    support::run(seats.collect(), Params::default(), 1, question, Vec::new())
}

/// Up to the middle of the votes of the third round.
fn voting(records: Vec<Record>) -> Vec<Record> {
    let is_vote = |record: &Record| record.round == 3 && matches!(record.event, Event::Score { .. });
    let votes = records.iter().filter(|record| is_vote(record)).count();
    let mut seen = 0;
    let end = records.iter().position(|record| {
        seen += usize::from(is_vote(record));
        seen * 2 > votes
    });
    let end = end.unwrap_or(records.len());
    records.into_iter().take(end).collect()
}

fn pictures() -> Vec<(String, Screen)> {
    let states = states::all();
    let moments = MOMENTS.iter().flat_map(|(name, state)| {
        let state = states.iter().find(|known| known.name == *state).expect(state);
        SIZES.map(|size| (format!("{name}-{}x{}", size.0, size.1), state.screen(size)))
    });
    let crowds = MEMBERS.iter().flat_map(|members| {
        let records = voting(crowd(*members));
        SIZES.map(|size| (format!("7-{members}-members-{}x{}", size.0, size.1), states::showing(size, &records)))
    });
    moments.chain(crowds).collect()
}

#[test]
fn the_gallery_is_what_the_screen_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views/gallery");
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    let update = std::env::var_os("UPDATE_GALLERY").is_some();
    let mut kept: BTreeSet<PathBuf> = BTreeSet::new();
    let mut differ = Vec::new();
    for (name, mut screen) in pictures() {
        let path = folder.join(format!("{name}.svg"));
        let now = svg(&support::draw(&mut screen, &theme));
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &now).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != now {
            differ.push(name);
        }
        kept.insert(path);
    }
    assert!(differ.is_empty(), "UPDATE_GALLERY=1 cargo test --test views gallery draws again: {}", differ.join(", "));
    let stale = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| !kept.contains(path));
    assert_eq!(stale, None, "nothing draws this one any more");
}

/// Prints the pictures as text: `SHOW=5-at cargo test --test views shown -- --ignored --nocapture`.
#[test]
#[ignore = "for the eye"]
fn shown() {
    let theme = Library::new(None).load("dark", ColourLevel::True).unwrap();
    let wanted = std::env::var("SHOW").unwrap_or_default();
    for (name, mut screen) in pictures().into_iter().filter(|(name, _)| wanted.split(',').any(|part| name.contains(part))) {
        println!("== {name}\n{}", crate::frame::characters(&support::draw(&mut screen, &theme)).join("\n"));
    }
}
