//! The question at three lengths of segments as words: a column a length, and what differs in one sentence.
//!
//! What moves least is at the top: so figures and sentence keep their lines while the answers below them grow.

mod column;
mod difference;
mod offer;

use super::super::glyphs::Glyphs;
use super::super::lengths::{COLUMNS, Column, LengthComparison};
use super::super::prose::{Line, Prose, Tone, beside, wrap};
use super::super::tuning::ladder::Length;
use super::closing::cut;
use super::memo::lengths::{Kept, KeptLengths};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Context};
use crate::playground::state::handlers::heat_map::to_sweep;
use crate::playground::state::pages::view::{Body, View, whole};

/// The page.
pub const VIEW: View = View {
    title: "three lengths of segments",
    width: 160,
    height: whole,
    context: Context::Lengths,
    hints: |state| hints(state.lengths.as_ref()),
    body: Body::Lines(|of| {
        let state = of.shown.state;
        match &state.lengths {
            Some(comparison) => compared(comparison, &Facts::of(state), &mut of.memo.lengths, of.width),
            None => offer::prose(state, of.width),
        }
    }),
    next: None,
};

fn hints(comparison: Option<&LengthComparison>) -> &'static [Action] {
    match comparison.map(LengthComparison::is_going) {
        None => &[Action::LengthsStart, Action::LengthsClose, Action::LengthsDown],
        Some(true) => &[
            Action::LengthsKeep,
            Action::LengthsRight,
            Action::LengthsClose,
            Action::LengthsStop,
            Action::LengthsOpen,
            Action::LengthsLeft,
            Action::LengthsDown,
        ],
        Some(false) => &[
            Action::LengthsKeep,
            Action::LengthsRight,
            Action::LengthsClose,
            Action::LengthsOpen,
            Action::LengthsStart,
            Action::LengthsLeft,
            Action::LengthsDown,
        ],
    }
}

/// Columns between two lengths.
const GAP: &str = " | ";
/// With fewer columns each length has a line, and below them only the marked one is whole.
const NARROWEST: u16 = 60;

/// What the page shows beside the runs.
#[derive(Debug)]
struct Facts {
    in_force: Length,
    /// What else could be played now.
    other_question: bool,
    /// The key that plays it.
    start: String,
    glyphs: Glyphs,
    /// Whether authors are marked.
    authors: bool,
}

impl Facts {
    fn of(state: &State) -> Self {
        let asked = to_sweep(&state.answers, &state.writing, &state.knobs);
        let played = state.lengths.as_ref().map(|comparison| comparison.question.as_str());
        Self {
            in_force: Length::of(&state.knobs.in_force(&state.answers)),
            other_question: asked.is_some_and(|(prompt, _)| Some(prompt.conversation.prompt()) != played),
            start: state.keymap.key(Action::LengthsStart),
            glyphs: Glyphs::new(state.settings.ascii),
            authors: state.settings.authors,
        }
    }
}

/// What lies above the lengths: the question, what differs, what else could be played.
fn head(comparison: &LengthComparison, facts: &Facts, kept: &mut KeptLengths, width: u16) -> Prose {
    let question = cut(&clean_line(&comparison.question), usize::from(width), facts.glyphs);
    let mut prose = vec![vec![(Tone::Strong, question)]];
    let (tone, sentence) = difference::sentence(comparison, kept);
    wrap(&mut prose, Vec::new(), tone, &sentence, width, 0);
    if facts.other_question && !comparison.is_going() {
        let other = display!("`{}` plays the question that is asked now", facts.start);
        wrap(&mut prose, Vec::new(), Tone::Dim, &other, width, 0);
    }
    prose
}

/// The runs side by side, or a line each and the marked one below them where there is no room.
fn compared(comparison: &LengthComparison, facts: &Facts, kept: &mut KeptLengths, width: u16) -> Prose {
    let mut prose = head(comparison, facts, kept, width);
    if width < NARROWEST {
        prose.extend(below_each_other(comparison, facts, kept, width));
        return prose;
    }
    let marked = |place: usize| place == comparison.marked;
    prose.push(Line::new());
    let room = room(width);
    let heads = comparison.columns.iter().enumerate();
    let heads = heads.map(|(place, column)| vec![column::head(column, facts, marked(place), room)]).collect();
    let mut each = |lines: &dyn Fn(&Column, &mut Kept) -> Prose| -> Vec<Prose> {
        comparison.columns.iter().zip(kept.iter_mut()).map(|(column, kept)| lines(column, kept)).collect()
    };
    let figures = each(&|column, kept| column::figures(column, kept, room));
    let answers = each(&|column, kept| column::answer(column, facts, kept, room));
    prose.extend(side_by_side(heads, room));
    prose.extend(side_by_side(figures, room));
    prose.push(rule(facts.glyphs, width));
    prose.extend(side_by_side(answers, room));
    prose
}

/// A line each, and below them the marked one.
fn below_each_other(comparison: &LengthComparison, facts: &Facts, kept: &mut KeptLengths, width: u16) -> Prose {
    let (mut prose, mut below) = (Prose::new(), Prose::new());
    for (place, (column, kept)) in comparison.columns.iter().zip(kept).enumerate() {
        let marked = place == comparison.marked;
        prose.push(column::in_a_line(column, facts, kept, marked));
        if marked {
            below.push(rule(facts.glyphs, width));
            below.extend(column::answer(column, facts, kept, width));
            wrap(&mut below, Vec::new(), Tone::Dim, &column::rest_in_a_line(column, kept), width, 0);
        }
    }
    prose.extend(below);
    prose
}

/// Columns of each length on a page of this many.
fn room(width: u16) -> u16 {
    let gaps = GAP.len() * (COLUMNS - 1);
    width.saturating_sub(gaps as u16) / COLUMNS as u16
}

/// The index of the length at a line and column of the words of a page of this many columns.
#[must_use]
pub fn length_at(state: &State, width: u16, (line, x): (usize, usize)) -> Option<usize> {
    let comparison = state.lengths.as_ref()?;
    let below = line.checked_sub(head(comparison, &Facts::of(state), &mut KeptLengths::default(), width).len())?;
    length_below(below, x, width)
}

/// The same of a line below the head.
fn length_below(line: usize, x: usize, width: u16) -> Option<usize> {
    let place = if width < NARROWEST { line } else { x / (usize::from(room(width)) + GAP.len()) };
    (place < COLUMNS).then_some(place)
}

/// Columns of lines beside each other, the shorter ones filled up with blanks.
fn side_by_side(columns: Vec<Prose>, room: u16) -> Prose {
    let rows = columns.iter().map(Vec::len).max().unwrap_or_default();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let row = |_| {
        let lines: Vec<Line> = columns.iter_mut().map(|column| column.next().unwrap_or_default()).collect();
        beside(lines, usize::from(room), GAP)
    };
    (0..rows).map(row).collect()
}

fn rule(glyphs: Glyphs, width: u16) -> Line {
    vec![(Tone::Dim, DisplayText::from(glyphs.rule()).as_display().repeat(usize::from(width)))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_the_page_is_of_the_length_that_is_there() {
        let at = |x| length_below(9, x, 76);
        assert_eq!([at(0), at(22), at(26), at(48), at(52), at(75)].map(Option::unwrap), [0, 0, 1, 1, 2, 2]);
        let narrow = |line| length_below(line, 5, NARROWEST - 1);
        assert_eq!([0, 2, 3].map(narrow), [Some(0), Some(2), None], "they are below each other there");
    }
}
