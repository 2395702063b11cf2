//! The terminal is asked for its background, and the theme follows what it answers, without waiting for one that does not.

use crate::home::{DOWN, ESC, Home, LARGE, everybody_is_there, leaves};
use crate::playing::{Playing, Seen};

const QUESTION: &str = "\x1b]11;?\x1b\\";
const LIGHT: &str = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
const DARK: &str = "\x1b]11;rgb:0000/0000/0000\x07";

/// The text of the dark theme and of the light one.
const PAPER: vt100::Color = vt100::Color::Rgb(0xd5, 0xd8, 0xde);
const INK: vt100::Color = vt100::Color::Rgb(0x24, 0x29, 0x2f);

/// The playground in a terminal of many colours that sends `answer` before anything is asked, so that it does not depend on a
/// clock whether it comes in time.
fn opened(environment: &[(&str, &str)], arguments: &[&str], answer: &str) -> (Home, Playing) {
    let home = Home::new();
    let environment: Vec<(&str, &str)> = environment.iter().copied().chain([("COLORTERM", "truecolor")]).collect();
    let mut playing = home.opens_with(LARGE, &environment, arguments);
    playing.types(answer);
    playing.plays("enter send");
    assert!(playing.look(|seen| seen.got(QUESTION)), "the background is asked for");
    playing.types(ESC);
    playing.plays("i ask");
    everybody_is_there(&playing);
    (home, playing)
}

fn has(seen: &Seen, colour: vt100::Color) -> bool {
    let (rows, columns) = seen.screen().size();
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    cells.filter_map(|(row, column)| seen.screen().cell(row, column)).any(|cell| cell.fgcolor() == colour)
}

fn is_in(playing: &Playing, wanted: vt100::Color, other: vt100::Color) {
    playing.look(|seen| assert!(has(seen, wanted) && !has(seen, other), "{}", seen.screen().contents()));
}

#[test]
fn the_theme_is_that_of_the_background_that_the_terminal_answers() {
    for (answer, wanted, other) in [(LIGHT, INK, PAPER), (DARK, PAPER, INK)] {
        let (_home, playing) = opened(&[], &[], answer);
        is_in(&playing, wanted, other);
        leaves(playing, "q", "before");
    }
}

#[test]
fn without_an_answer_it_is_dark_and_a_late_one_is_neither_typed_nor_followed() {
    let (_home, mut playing) = opened(&[], &[], "");
    is_in(&playing, PAPER, INK);
    playing.types("i");
    playing.plays("enter send");
    playing.types(LIGHT);
    playing.types("late");
    playing.plays("late");
    playing.look(|seen| assert!(!seen.shows("rgb") && !seen.shows("11;"), "{}", seen.screen().contents()));
    is_in(&playing, PAPER, INK);
    playing.types(ESC);
    playing.plays("i ask");
    // What was typed was not sent.
    leaves(playing, "qy", "before");
}

#[test]
fn without_an_answer_the_variable_tells() {
    let (_home, playing) = opened(&[("COLORFGBG", "0;15")], &[], "");
    is_in(&playing, INK, PAPER);
    leaves(playing, "q", "before");
}

#[test]
fn a_theme_that_was_chosen_stays_whatever_the_background_is() {
    let (_home, mut playing) = opened(&[], &["--theme", "dark"], LIGHT);
    is_in(&playing, PAPER, INK);
    // The list offers what follows the background too.
    playing.types("T");
    playing.plays("> dark");
    playing.types("\x1b[A");
    playing.sees("the theme of the background", |seen| seen.shows("> auto") && has(seen, INK));
    playing.types(DOWN);
    playing.sees("the chosen theme", |seen| seen.shows("> dark") && has(seen, PAPER) && !has(seen, INK));
    playing.types(ESC);
    playing.sees("no list", |seen| !seen.shows("> dark"));
    leaves(playing, "q", "before");
}
