//! Pausing, stepping, looking back, and overlays.

use crate::home::{ANSWER, ENTER, ESC, Home, QUESTION, leaves, transcript};
use crate::playing::Playing;

/// The playground paused after the first round.
fn paused(home: &Home) -> Playing {
    let mut playing = home.opens(&["--seed", "1", "--pace", "15", QUESTION]);
    playing.plays("● drafting");
    playing.types(" ");
    playing.plays("pausing after this round");
    playing.sees("the pause", |seen| seen.shows(" paused ") && transcript(seen).ends_with("The capital of Japan is Tokyo."));
    playing
}

#[test]
fn a_run_is_stepped_through_and_looked_back_upon() {
    let home = Home::new();
    let mut playing = paused(&home);
    playing.types("s");
    playing.sees("one round more", |seen| {
        seen.shows(" paused ") && seen.shows("· round 2 ·") && transcript(seen).ends_with("27 plus 48 is 75.")
    });
    playing.types("[");
    playing.plays("looking at round 1 of 2");
    playing.types("[");
    playing.plays("this is the first round");
    playing.types("]");
    playing.sees("the newest round", |seen| !seen.shows("looking at") && seen.shows("· round 2 ·"));
    playing.types("[");
    playing.plays("looking at round 1 of 2");
    playing.types(ESC);
    playing.sees("the newest round", |seen| !seen.shows("looking at") && seen.shows("· round 2 ·"));
    playing.types("s");
    playing
        .sees("the answer", |seen| seen.shows("★ answered") && seen.shows("· 3 rounds ·") && transcript(seen).ends_with(ANSWER));
    leaves(playing, "q", "the last run is kept");
}

#[test]
fn every_overlay_opens_and_closes() {
    let home = Home::new();
    let mut playing = home.answers();
    let table = [
        ("e", "┌ why this round was won ", "decided it"),
        ("c", "┌ exit chart ─", " exit ."),
        ("?", "┌ help ", "Several models write one answer together."),
        ("L", "┌ log ", "babble left after round 2"),
        (":", "┌ commands ", "again-same-seed"),
        ("T", "┌ themes ", "> auto"),
    ];
    for (key, title, text) in table {
        playing.types(key);
        playing.sees(title, |seen| seen.shows(title) && seen.shows(text));
        playing.types(ESC);
        playing.sees("the overlay closed", |seen| !seen.shows(title));
    }
    leaves(playing, "q", "the last run is kept");
}

#[test]
fn a_command_is_found_by_a_part_of_its_name() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types(":");
    playing.plays("┌ commands ");
    playing.types("hea");
    playing.plays("│ > heat ");
    playing.types(ENTER);
    playing.sees("what it does", |seen| !seen.shows("┌ commands ") && seen.shows("drafts: shaded by disagreement"));
    leaves(playing, "q", "the last run is kept");
}
