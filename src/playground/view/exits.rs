//! How close a member is to leaving, in a line: the curve of its retention above the threshold, and the distance in numbers.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::paint::Pen;
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::Screen;
use crate::playground::state::scene::exits::Fate;
use crate::playground::state::scene::{chance, figure};

/// Columns of the curve.
const CURVE: u16 = 4;
/// Columns of a figure, and of the distance.
const FIGURE: u16 = 5;

/// Columns of the curve, the distance, and, where there is room, the value, each with a blank before it.
pub(super) const WIDTH: u16 = CURVE + FIGURE + FIGURE + 1;

/// What the column is called, with the threshold that the distances are from where that fits too; nothing where there is none.
pub(super) fn head(threshold: Option<f64>, tried: Option<f64>, columns: u16) -> DisplayText {
    let Some(threshold) = threshold else { return DisplayText::new() };
    let forms = match tried {
        Some(tried) => [display!("above tried {}", figure(tried)), "above tried".into(), "tried".into()],
        None => [display!("above exit {}", figure(threshold)), "above exit".into(), DisplayText::new()],
    };
    forms.into_iter().find(|form| form.width() <= usize::from(columns)).unwrap_or_default()
}

/// Draws as much as fits, the distance first; of a member that leaves, or has left, that it does.
pub(super) fn exits(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen, member: MemberIndex) {
    let Some(stays) = screen.scene.stays.get(member.0).and_then(Option::as_ref) else { return };
    let (distance, role) = match stays.tried {
        Some(tried) => (display!("→{}", signed(look, tried)), Role::Override),
        None if stays.distance() < 0.0 => (signed(look, stays.distance()), Role::Warn),
        None => (signed(look, stays.distance()), Role::Dim),
    };
    if let Some(word) = word(stays.fate) {
        let (long, middle) = (display!("{word} {distance}"), display!("{} {word}", look.glyphs.below()));
        let fits = |form: &DisplayText| form.width() < usize::from(place.width);
        let text = [long, middle].into_iter().find(fits).unwrap_or_else(|| word.into());
        Pen::new(buffer, place, 0).column(&text, place.width, true, look.style(Role::Exit), "");
        return;
    }
    let gone = screen.scene.panes.get(member.0).is_some_and(|pane| pane.away);
    let style = look.style(if gone { Role::Exit } else { role });
    let mut pen = Pen::new(buffer, place, 0);
    if place.width > FIGURE + CURVE {
        let curve = look.style(if gone { Role::Dim } else { Role::Member(member.0 as u8) });
        pen.column(&look.glyphs.sparkline(&stays.levels), CURVE, false, curve, "");
    }
    if place.width > FIGURE + FIGURE + CURVE {
        pen.column(&figure(stays.value), FIGURE, true, look.style(Role::Text), "");
    }
    if place.width > FIGURE {
        pen.column(&distance, FIGURE + 1, true, style, "");
    }
}

/// What a member does instead of staying. That it leaves is in the future: it still takes part in the round that is shown.
fn word(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Stays => None,
        Fate::Leaves => Some("leaves"),
        Fate::Left => Some("left"),
    }
}

/// How far above the threshold; below it with a mark, also without colour.
fn signed(look: &Look<'_>, distance: f64) -> DisplayText {
    if distance < 0.0 { display!("{}{}", look.glyphs.below(), chance(-distance)) } else { display!("+{}", chance(distance)) }
}
