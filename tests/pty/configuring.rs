//! Settings from the configuration folder.

use crate::home::{ESC, Home, QUESTION, folded, leaves, transcript};
use crate::replaying::is_untouched;

#[test]
fn a_key_can_be_changed() {
    let home = Home::new();
    home.configures("config.toml", "[keys]\nstep = \".\"\n[playground]\npace = 15\n");
    let mut playing = home.opens(&["--seed", "1", QUESTION]);
    playing.plays(". step");
    playing.plays("● drafting");
    playing.types(" ");
    playing.plays(" paused ");
    playing.types("s");
    playing.plays("`s` does nothing here; `?` shows what does");
    playing.types(".");
    playing.sees("the next round", |seen| seen.shows(" paused ") && transcript(seen).ends_with("27 plus 48 is 75."));
    leaves(playing, "qy", "the last run is kept");
}

#[test]
fn two_meanings_of_one_key_are_named_before_the_screen_is_touched() {
    let home = Home::new();
    home.configures("config.toml", "[keys]\nstep = \"S\"\n");
    let mut playing = home.opens(&[]);
    playing.sees("both meanings", |seen| {
        let said = folded(&seen.screen().contents());
        ["error: ", "config.toml: line 2: [keys]: `S` is both `step` and `stop` outside the prompt"]
            .iter()
            .all(|part| said.contains(part))
    });
    assert_eq!(playing.ends().exit_code(), 2);
    is_untouched(&playing);
}

#[test]
fn a_theme_that_does_not_exist_is_a_warning() {
    let home = Home::new();
    home.configures("config.toml", "[playground]\ntheme = \"nosuch\"\n");
    let mut playing = home.opens(&[]);
    playing.sees("the warning", |seen| {
        let text = folded(&seen.screen().contents());
        text.contains("config.toml: line 2: theme: there is no theme `nosuch`; the nearest is `")
            && text.contains("`; the default is used")
    });
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("T");
    playing.plays("│ > auto");
    playing.types(ESC);
    playing.sees("the list closed", |seen| !seen.shows("┌ themes "));
    leaves(playing, "q", "before");
}

#[test]
fn a_mistake_in_a_theme_is_told_with_its_file_line_and_role() {
    let home = Home::new();
    home.configures("config.toml", "[playground]\ntheme = \"mine\"\n");
    home.configures("themes/mine.toml", "inherits = \"dark\"\n\n[roles]\naccent = \"blue\"\nmargni = \"red\"\n");
    let mut playing = home.opens(&[]);
    playing.sees("the warning", |seen| {
        folded(&seen.screen().contents()).contains("mine.toml: line 5: there is no role `margni`; the nearest is `")
    });
    playing.types(ESC);
    playing.plays("i ask");
    playing.types("L");
    playing.sees("the mistake", |seen| ["┌ log ", "mine.toml", "`margni`; the nearest"].iter().all(|part| seen.shows(part)));
    leaves(playing, "qq", "before");
}
