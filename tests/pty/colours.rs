//! Themes at the screen's cells, and a screen without colours.

use crate::home::{DOWN, ENTER, ESC, Home, QUESTION, everybody_is_there, leaves};
use crate::playing::Seen;

/// Foreground and background of every cell in the status line, whose text does not change while the program is idle.
fn status_colours(seen: &Seen) -> Vec<(vt100::Color, vt100::Color)> {
    let (_, columns) = seen.screen().size();
    let cells = (0..columns).filter_map(|column| seen.screen().cell(0, column));
    cells.map(|cell| (cell.fgcolor(), cell.bgcolor())).collect()
}

#[test]
fn a_theme_is_seen_while_it_is_marked_and_kept_when_it_is_chosen() {
    let home = Home::new();
    let mut playing = home.opens(&["--seed", "1"]);
    playing.plays("enter send");
    playing.types(ESC);
    playing.plays("i ask");
    everybody_is_there(&playing);
    let before = playing.look(status_colours);
    assert!(before.iter().any(|(fg, _)| *fg != vt100::Color::Default), "the default theme has colours");

    playing.types("T");
    playing.plays("> auto");
    playing.types(DOWN);
    playing.types(DOWN);
    let marked = playing.finds("other colours", |seen| Some(status_colours(seen)).filter(|colours| *colours != before));
    playing.types(ESC);
    playing.sees("the colours of before", |seen| !seen.shows("┌ themes ") && status_colours(seen) == before);

    playing.types("T");
    playing.plays("> auto");
    playing.types(DOWN);
    playing.types(DOWN);
    playing.sees("the marked theme", |seen| status_colours(seen) == marked);
    playing.types(ENTER);
    playing.sees("the chosen theme", |seen| !seen.shows("┌ themes ") && status_colours(seen) == marked);
    leaves(playing, "q", "before");
}

/// The parameters of every sequence that sets colours or attributes.
fn styles(bytes: &[u8]) -> Vec<String> {
    let mut styles = Vec::new();
    for start in bytes.split(|byte| *byte == 0x1b).filter_map(|piece| piece.strip_prefix(b"[")) {
        let length = start.iter().take_while(|byte| byte.is_ascii_digit() || b";:".contains(byte)).count();
        if start.get(length) == Some(&b'm') {
            styles.push(String::from_utf8(start[..length].to_vec()).unwrap());
        }
    }
    styles
}

/// Whether a colour is set, rather than the terminal's own restored (39, 49, 59) or an attribute.
fn colours(style: &str) -> bool {
    let parameters: Vec<u32> = style.split([';', ':']).filter_map(|parameter| parameter.parse().ok()).collect();
    parameters.iter().any(|parameter| matches!(parameter, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107))
}

#[test]
fn without_colours_none_is_ever_sent() {
    let home = Home::new();
    let mut sent = Vec::new();
    for environment in [&[("NO_COLOR", "1")][..], &[]] {
        let mut playing = home.opens_with((120, 40), environment, &["--seed", "1", "--pace", "200", QUESTION]);
        playing.plays("★ answered");
        for (key, title) in [("e", "┌ why "), ("c", "┌ exit chart ─"), (":", "┌ commands ")] {
            playing.types(key);
            playing.plays(title);
            playing.types(ESC);
            playing.sees("the overlay closed", |seen| !seen.shows(title));
        }
        playing.types("q");
        playing.is_back("the last run is kept");
        playing.ends();
        sent.push(playing.look(|seen| styles(seen.bytes())));
    }
    let coloured: Vec<&String> = sent[0].iter().filter(|style| colours(style)).collect();
    assert!(coloured.is_empty(), "{coloured:?}");
    assert!(sent[0].iter().any(|style| style == "1"), "what matters is bold");
    assert!(sent[1].iter().any(|style| colours(style)), "with colours they are found");
}
