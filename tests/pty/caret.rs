//! The terminal's own cursor is where text is typed, because input methods compose there.

use crate::home::{DOWN, ESC, Home, leaves};
use crate::playing::{Playing, Seen};

const LEFT: &str = "\x1b[D";
const WIDE: &str = "\u{6771}\u{4eac}";

/// The text before the cursor on its line; `None` if the cursor is hidden.
fn before_cursor(seen: &Seen) -> Option<String> {
    let (row, column) = seen.screen().cursor_position();
    let line = seen.screen().rows(0, column).nth(row.into())?;
    (!seen.screen().hide_cursor() && seen.screen().alternate_screen()).then_some(line)
}

fn stands_behind(playing: &Playing, text: &str) {
    playing.sees(&format!("the cursor behind {text:?}"), |seen| before_cursor(seen).is_some_and(|line| line.ends_with(text)));
}

fn is_hidden(playing: &Playing) {
    playing.sees("no cursor", |seen| seen.screen().hide_cursor());
}

#[test]
fn in_the_question_also_behind_wide_characters_and_on_a_further_line() {
    let home = Home::new();
    let mut playing = home.opens(&[]);
    playing.plays("enter send");
    stands_behind(&playing, "> ");
    playing.types(&format!("{WIDE}x"));
    stands_behind(&playing, &format!("> {WIDE}x"));
    playing.types(LEFT);
    stands_behind(&playing, &format!("> {WIDE}"));
    playing.types(LEFT);
    stands_behind(&playing, "> \u{6771}");
    // A line that wraps: the caret is on the second.
    playing.types(&"\u{6771}".repeat(60));
    playing.sees("the second line", |seen| {
        before_cursor(seen).is_some_and(|line| line.starts_with("  \u{6771}") && line.ends_with('\u{6771}'))
    });
    playing.types(ESC);
    is_hidden(&playing);
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn also_while_an_answer_streams() {
    let home = Home::new();
    let mut playing = home.is_answering();
    is_hidden(&playing);
    playing.types("i");
    playing.types(WIDE);
    stands_behind(&playing, &format!("> {WIDE}"));
    let frames = |seen: &Seen| seen.count("\x1b[?2026l");
    let first = playing.look(frames);
    for more in 1..=5 {
        playing.sees("a further frame with the cursor in its place", |seen| {
            frames(seen) >= first + more && before_cursor(seen).is_some_and(|line| line.ends_with(&format!("> {WIDE}")))
        });
    }
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn in_a_segment_that_is_written() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("R");
    playing.sees("a paused run", |seen| seen.shows(" paused "));
    playing.types("n");
    playing.plays("write the next segment");
    playing.types(WIDE);
    stands_behind(&playing, WIDE);
    playing.types("ab");
    playing.types(LEFT);
    stands_behind(&playing, &format!("{WIDE}a"));
    playing.types(ESC);
    is_hidden(&playing);
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn in_every_list_where_a_name_is_typed() {
    let home = Home::new();
    let mut playing = home.answers();
    for (key, title) in
        [(":", "\u{250c} commands"), ("\x13", "\u{250c} save"), ("w", "\u{250c} export"), ("\x0f", "\u{250c} open")]
    {
        playing.types(key);
        playing.plays(title);
        // A file has a name already.
        playing.types("\x15");
        stands_behind(&playing, "\u{2502} > ");
        playing.types(WIDE);
        stands_behind(&playing, &format!("> {WIDE}"));
        playing.types("\x7f");
        stands_behind(&playing, "> \u{6771}");
        // More than there is room for: the end is visible.
        playing.types(&"\u{6771}".repeat(60));
        playing.types("z");
        stands_behind(&playing, "\u{6771}z");
        playing.types(ESC);
        is_hidden(&playing);
    }
    leaves(playing, "\x03\x03", "before");
}

#[test]
fn in_the_value_of_a_knob() {
    let home = Home::new();
    let mut playing = home.answers();
    playing.types("t");
    playing.plays("preset");
    is_hidden(&playing);
    let mut down = 0;
    // The first knob whose value is a number.
    while playing.look(|seen| seen.screen().hide_cursor()) && down < 30 {
        down += 1;
        let frames = playing.look(|seen| seen.count("\x1b[?2026l"));
        playing.types(DOWN);
        playing.sees("the next knob", |seen| seen.count("\x1b[?2026l") > frames);
    }
    playing.types("12");
    stands_behind(&playing, " 12");
    playing.types("\x7f");
    stands_behind(&playing, " 1");
    leaves(playing, "\x03\x03", "before");
}
