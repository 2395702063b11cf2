//! With ASCII alone no state shows anything else, apart from what models and users say.

use std::collections::BTreeMap;

use specfuse::playground::view::theme::{ColourLevel, Theme};

use crate::states::{self, SIZES};
use crate::support;

/// Characters that are in what the states let models and users say.
const SAID: &str = "é\u{301}漢字";

#[test]
fn in_ascii_every_state_is_ascii_apart_from_what_was_said() {
    let theme = Theme::default_theme(ColourLevel::True);
    let mut other: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for state in states::all() {
        for size in [(60, 16), SIZES[0], SIZES[1]] {
            let mut screen = state.screen(size);
            screen.state.settings.ascii = true;
            let drawn = support::draw(&mut screen, &theme);
            let (width, found) = (usize::from(size.0), &drawn.content);
            for (place, cell) in found.iter().enumerate() {
                if !cell.symbol().chars().all(|character| character.is_ascii() || SAID.contains(character)) {
                    let row = place / width;
                    let line: String = found.iter().skip(row * width).take(width).map(ratatui::buffer::Cell::symbol).collect();
                    other.entry(cell.symbol().to_owned()).or_default().push(format!("{} {size:?}: {}", state.name, line.trim()));
                }
            }
        }
    }
    let told: Vec<String> =
        other.iter().map(|(symbol, places)| format!("{symbol} {} times: {}", places.len(), places[0])).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// What is behind a sheet has no hue, unless it is there to be seen.
#[test]
fn behind_a_sheet_everything_is_dim() {
    use specfuse::playground::view::theme::Role;
    let theme = Theme::default_theme(ColourLevel::True);
    let dim = theme.style(Role::Dim).fg;
    let (mut sheets, mut previews) = (0, 0);
    for state in states::all() {
        let mut screen = state.screen(SIZES[1]);
        let Some(overlay) = screen.looking.overlay.clone() else { continue };
        let drawn = support::draw(&mut screen, &theme);
        // A message that the lowest line has no room for is above the prompt, and to be read.
        if !screen.scene.sheet.is_empty() {
            continue;
        }
        let (popup, hints) = (screen.scene.popup, screen.scene.layout.as_ref().unwrap().hints);
        assert!(popup.x == 0 && popup.width == SIZES[1].0 || popup.width + 12 <= SIZES[1].0, "{}: slivers", state.name);
        let behind = drawn.area.positions().filter(|place| !popup.contains(*place) && !hints.contains(*place));
        let bright = behind.filter(|place| drawn[*place].symbol() != " " && Some(drawn[*place].fg) != dim).count();
        if overlay.previews() {
            previews += 1;
            assert!(bright > 0, "{}", state.name);
        } else {
            sheets += 1;
            assert_eq!(bright, 0, "{}", state.name);
        }
    }
    assert!(sheets > 10 && previews > 2);
}
