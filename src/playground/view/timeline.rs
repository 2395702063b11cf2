//! The timeline: who won each round, and by how much.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::paint::Pen;
use super::theme::Role;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::Screen;
use crate::playground::state::scene::timeline::{Mark, Tick};

/// One column pair a round: the winner's letter, and below it the margin or a mark.
pub(super) fn timeline(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    let timeline = &screen.scene.timeline;
    let dim = look.style(Role::Dim);
    let answer = screen.answers.session.answer(screen.shown().0);
    let mut letters = Pen::new(buffer, place, 0);
    letters.write(if timeline.before > 0 { "rounds‹ " } else { "rounds  " }, dim);
    for tick in &timeline.ticks {
        let (text, style) = match tick.winner {
            Some(winner) => (DisplayText::from(answer.letter(winner)), look.style(Role::Member(winner.0 as u8))),
            None if tick.mark == Mark::Written => (look.glyphs.person().into(), look.style(Role::Override)),
            None => (look.glyphs.mark(Mark::Open, 0.0).into(), look.style(Role::Busy)),
        };
        let looked_at = tick.selected && (screen.looking.round.is_some() || tick.mark != Mark::Open);
        let style = if looked_at { style.patch(look.style(Role::Selection)) } else { style };
        letters.write(&text, style);
        match tick.other {
            Some(other) => letters.write(&display!("{}", answer.letter(other).to_lowercase()), look.style(Role::Override)),
            // Without a line of marks, what the user did is beside the letter.
            None if place.height == 1 && tick.is_by_user() => {
                letters.write(look.glyphs.mark(tick.mark, tick.margin), look.style(role(tick)))
            }
            None if place.height == 1 && tick.tuned => letters.write("~", look.style(Role::Override)),
            None => letters.skip(1),
        };
    }
    if timeline.after > 0 {
        letters.write("›", dim);
    }
    legend(buffer, place, look, screen);
    if place.height > 1 {
        let mut marks = Pen::new(buffer, place, 1);
        marks.write("margin  ", dim);
        for tick in &timeline.ticks {
            let mark = look.glyphs.mark(tick.mark, tick.margin);
            marks
                .write(mark, look.style(role(tick)))
                .write(beside(tick), look.style(if tick.exit { Role::Exit } else { Role::Override }));
        }
    }
}

/// What the marks mean, at the right.
fn legend(buffer: &mut Buffer, place: Rect, look: &Look<'_>, screen: &Screen) {
    for (row, line) in screen.scene.legend.iter().enumerate() {
        let free = place.width.saturating_sub(line.width() as u16 + 1);
        Pen::new(buffer, place, row as u16).skip(free).write(line, look.style(Role::Dim));
    }
}

/// What happened before or after a round.
fn beside(tick: &Tick) -> &'static str {
    match (tick.tuned, tick.exit) {
        (true, true) => "X",
        (true, false) => "~",
        (false, true) => "x",
        (false, false) => " ",
    }
}

fn role(tick: &Tick) -> Role {
    match tick.mark {
        Mark::Margin => Role::Gauge,
        Mark::Unanimous => Role::Ok,
        Mark::Overridden | Mark::Edited | Mark::Written | Mark::Redrafted => Role::Override,
        Mark::Failed => Role::Error,
        Mark::Open => Role::Busy,
    }
}
