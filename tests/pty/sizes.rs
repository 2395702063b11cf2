//! A terminal that changes its size.

use rustix::process::Signal;

use crate::home::{ANSWER, Home, LARGE, leaves, lines, transcript};

#[test]
fn every_size_shows_what_fits_and_nothing_is_lost() {
    let home = Home::new();
    let playing = home.answers();
    let before = playing.look(lines);
    // Columns, rows, and what is only visible then.
    let table = [
        (200, 60, &["─ why ─", "E babble after round", "─ how it was written ─"][..]),
        (80, 24, &["─ how it was written ─", "C   ▎The opposite of brave is cowardly."]),
        (60, 16, &["─ how it was written ─", "C   ▎The opposite of brave is cowardly.", "i ask"]),
        (50, 10, &["SpecFuse needs 60×16", "this terminal has 50×10", "nothing is lost"]),
    ];
    for (columns, rows, shown) in table {
        playing.resize(rows, columns);
        playing.sees(&format!("{columns}×{rows}"), |seen| seen.shows(shown[0]) && shown.iter().all(|text| seen.shows(text)));
    }
    playing.resize(LARGE.1, LARGE.0);
    playing.sees("the screen of before", |seen| lines(seen) == before && transcript(seen).ends_with(ANSWER));
    leaves(playing, "q", "the last run is kept");
}

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let home = Home::new();
    let mut playing = home.answers();
    let before = playing.look(lines);
    for step in 0..200 {
        playing.resize(10 + step * 7 % 60, 40 + step * 13 % 180);
    }
    playing.resize(LARGE.1, LARGE.0);
    playing.sees("the screen of before", |seen| lines(seen) == before);
    playing.types("?");
    playing.plays("┌ help ");
    playing.types("q");
    playing.sees("the screen of before", |seen| lines(seen) == before);
    leaves(playing, "q", "the last run is kept");
}

/// The program only sees the last size, which is the one it knows; but the terminal has truncated what was there.
#[test]
fn a_size_that_changes_and_changes_back_unseen_is_drawn_anew() {
    let home = Home::new();
    let playing = home.answers();
    let before = playing.look(lines);
    playing.kill(Signal::STOP);
    playing.stops();
    playing.resize(10, 40);
    playing.resize(LARGE.1, LARGE.0);
    playing.kill(Signal::CONT);
    playing.sees("the screen of before", |seen| lines(seen) == before);
    leaves(playing, "q", "the last run is kept");
}
