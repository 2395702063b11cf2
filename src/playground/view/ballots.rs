//! The votes on a draft: one block a verifier in its hue, as high as its score; the deciding one in brackets, or underlined.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::Look;
use super::paint::Pen;
use super::theme::Role;
use crate::clean::DisplayText;
use crate::engine::fusion::MemberIndex;
use crate::playground::state::Screen;
use crate::playground::state::scene::matrix::Cell;

/// The votes on one draft.
pub(super) struct Ballots<'a> {
    /// What each verifier says.
    pub cells: &'a [(MemberIndex, Cell)],
    /// Whose vote decided, where this is the draft that it decided for.
    pub deciding: Option<MemberIndex>,
    /// In this many columns: the blocks alone.
    pub narrow: bool,
}

/// Draws them from the left; returns the columns that were used.
pub(super) fn ballots(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen, ballots: &Ballots<'_>) -> u16 {
    let answer = screen.answers.session.answer(screen.shown().0);
    let count = ballots.cells.len() as u16;
    let with_letters = !ballots.narrow && count * 3 < place.width;
    let mut pen = Pen::new(buffer, place, 0);
    let strong = look.style(Role::Strong);
    for (at, (verifier, cell)) in ballots.cells.iter().enumerate() {
        let hue = look.style(Role::Member(verifier.0 as u8));
        let (mark, style) = match cell {
            Cell::None => (" ", hue),
            Cell::Open => (look.glyphs.open_ballot(), look.style(Role::Dim)),
            Cell::Failed(_) => ("!", look.style(Role::Error)),
            Cell::Score { share, .. } => (look.glyphs.ballot(*share), hue),
        };
        let decides = ballots.deciding == Some(*verifier);
        if with_letters {
            let before = at.checked_sub(1).and_then(|at| ballots.cells.get(at));
            let ends = before.is_some_and(|(before, _)| ballots.deciding == Some(*before));
            let before = match (decides, ends) {
                (true, _) => "[",
                (false, true) => "]",
                (false, false) => " ",
            };
            pen.write(before, strong);
            pen.write(&DisplayText::from(answer.letter(*verifier)), look.style(Role::Dim)).write(mark, style);
        } else {
            // Not by its colour alone; nor, without colours, by what a member has in place of one.
            let style = style.remove_modifier(Modifier::UNDERLINED);
            pen.write(mark, if decides { style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD) } else { style });
        }
    }
    if with_letters && ballots.cells.last().is_some_and(|(last, _)| ballots.deciding == Some(*last)) {
        pen.write("]", strong);
    }
    place.width - pen.room()
}
