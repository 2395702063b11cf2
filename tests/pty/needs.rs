//! Knobs without effect, in the tuning panel and when the playground opens.

use crate::home::{ENTER, ESC, Home, QUESTION, finished, folded, leaves};

const RIGHT: &str = "\x1b[C";

#[test]
fn what_the_configuration_needs_is_set_and_said() {
    let home = Home::new();
    home.configures("config.toml", "[parameters]\nsegment-tokens = 3\nsegment-words = 4\n[playground]\npace = 0\n");
    let mut playing = home.opens(&["--seed", "1", QUESTION]);
    playing.plays("★ answered");
    playing.types("L");
    playing.sees("both", |seen| {
        let text = folded(&seen.screen().contents());
        text.contains("tokens: otherwise `segment-tokens` would have no effect")
            && text.contains("`segment-words` has")
            && text.contains("no effect while `segment` is tokens")
    });
    playing.types(ESC);
    playing.sees("the log closed", |seen| !seen.shows("┌ log "));
    leaves(playing, "qy", "the last run is kept");
    let trace = home.trace();
    assert!(finished(&trace).summary.rounds > 4, "three tokens a segment");
}

#[test]
fn the_panel_says_beside_a_knob_that_it_has_no_effect_and_sets_what_it_needs() {
    let home = Home::new();
    let mut playing = home.opens(&["--seed", "1"]);
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("t");
    playing.plays("41 more");
    playing.types("/segment-tokens");
    playing.plays("no effect: segment");
    playing.types(ENTER);
    playing.types(RIGHT);
    playing.sees("the unit follows", |seen| {
        let text = folded(&seen.screen().contents());
        text.contains("`segment` is set to tokens") && !text.contains("no effect: segment is sentence")
    });
    playing.types(ENTER);
    playing.plays("from the next question on");
    leaves(playing, "q", "before");
}
