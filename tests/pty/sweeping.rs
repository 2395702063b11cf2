//! A sweep over the current question, while other things continue.

use crate::home::{ENTER, ESC, Home, leaves, transcript};

#[test]
fn the_question_is_swept_and_a_cell_opens_its_run() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("H");
    playing.plays("16 answers");
    playing.types("s");
    playing.plays("16 of 16 settings are played");
    playing.sees("the best", |seen| seen.shows("best") && seen.shows("[segment-tokens 3, exit-threshold 0]"));
    playing.types("jl");
    playing.plays("[segment-tokens 5, exit-threshold 0.3]");
    playing.types(ENTER);
    playing.sees("the run of that setting", |seen| seen.shows("replay ×1 ") && !seen.shows("┌ heat map"));
    playing.types("S");
    playing.sees("its end", |seen| seen.shows("★ answered") && transcript(seen).ends_with("cowardly."));
    playing.types("H");
    playing.sees("the map again", |seen| seen.shows("[segment-tokens 5, exit-threshold 0.3]"));
    playing.types(ESC);
    playing.sees("the map closed", |seen| !seen.shows("┌ heat map"));
    // From the recording back to the map that it was opened from, and from there to the user's own answer.
    playing.types("q");
    playing.plays("┌ heat map");
    playing.types("q");
    playing.sees("the map closed", |seen| !seen.shows("┌ heat map") && !seen.shows("replay ×1 "));
    leaves(playing, "q", "before");
}

#[test]
fn a_sweep_goes_on_beside_a_run_while_its_map_is_closed() {
    let home = Home::new();
    let mut playing = home.is_answering();
    playing.types("Hs");
    playing.plays("of 16 settings are played");
    playing.types(ESC);
    playing.sees("the run goes on and the sweep is done", |seen| {
        seen.shows("the sweep is done: `H` shows it") && !seen.shows("┌ heat map")
    });
    playing.types("S");
    playing.plays("■ stopped");
    leaves(playing, "q", "before");
}

#[test]
fn the_question_is_played_at_three_lengths_and_one_is_kept() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("D");
    playing.plays("one sentence (● in force) · 10 tokens · 3 tokens");
    playing.types("s");
    playing.plays("the rounds of one sentence");
    playing.types("ll");
    playing.plays("[3 tokens]");
    playing.types("o");
    playing.sees("the run of that length", |seen| seen.shows("replay ×1 ") && !seen.shows("┌ three lengths"));
    playing.types(ESC);
    playing.plays("┌ three lengths");
    playing.types(ENTER);
    playing.plays("[3 tokens] ● in force");
    playing.types(ESC);
    playing.sees("the own answer", |seen| !seen.shows("┌ three lengths") && !seen.shows("replay ×1 "));
    leaves(playing, "q", "before");
}
