//! What the list of models must say whatever it looks like.

use specfuse::playground::view::theme::{ColourLevel, Library};

use crate::states::SIZES;
use crate::states::members::{roster, with_files};
use crate::support::{self, press, screen};

#[test]
fn files_that_do_not_fit_alone_or_together_are_said_to_be_so() {
    let mut state = with_files(SIZES[0]);
    for _ in 0..3 {
        press(&mut state, "down");
    }
    let text = screen(&mut state);
    assert!(text.contains("> [ ] qwen3:72b") && text.contains("too big"), "{text}");
    assert!(text.contains("does not fit in memory: it needs about 47 GB"), "{text}");
    press(&mut state, "up");
    press(&mut state, "space");
    assert!(!screen(&mut state).contains("the chosen files need"), "one alone is no sum");
    for _ in 0..2 {
        press(&mut state, "up");
    }
    press(&mut state, "space");
    let text = screen(&mut state);
    assert!(text.contains("the chosen files need about 10 GB, and 9.8 GB were free"), "{text}");
    press(&mut state, "esc");
    press(&mut state, "L");
    assert!(screen(&mut state).contains("/usr/share/models: Permission denied"), "what could not be looked at is in the log");
}

/// No colour is needed to see what is marked, chosen, away.
#[test]
fn the_roster_without_colours_says_the_same() {
    let mut state = roster(SIZES[1]);
    let mono = Library::new(None).load("mono", ColourLevel::None).unwrap();
    let text = |buffer: &ratatui::buffer::Buffer| buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    let plain = text(&support::draw(&mut state, &mono));
    assert_eq!(plain, text(&support::frame(&mut state)));
    for words in ["> [x] Some-Model", "[ ] spare", "◇ away", "◔ connecting", "· ready"] {
        assert!(plain.contains(words), "{words}");
    }
}

/// The column that says how a model scores, or why it does not, never holds anything else.
#[test]
fn a_model_that_was_not_asked_yet_says_so_where_others_say_how_they_score() {
    for size in SIZES {
        let mut state = roster(size);
        let text = screen(&mut state);
        let column = text.lines().find_map(|line| line.find("scores, or why not").map(|at| line[..at].chars().count()));
        let column = column.unwrap_or_else(|| panic!("{text}"));
        // Why a model is away may name its address.
        let rows =
            text.lines().filter(|line| line.contains("[x] ") || line.contains("[ ] ")).filter(|line| !line.contains(" away "));
        for row in rows {
            let cell: String = row.chars().skip(column).take(18).collect();
            assert!(!cell.contains("://") && !cell.trim().is_empty(), "{size:?}: {row}");
        }
    }
}
