//! What lies over the screen: where, and the words of it.

use ratatui::layout::Rect;

use super::memo::Memo;
use super::roster::{List, list};
use super::shown::Shown;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::laid::LIST_HEAD;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::view::{Body, Reading};
use crate::playground::state::prose::Prose;
use crate::playground::state::tuning::{panel, thresholds};

/// Columns of what lies inside the frame.
fn inner(popup: Rect) -> u16 {
    popup.width.saturating_sub(4)
}

/// Lines of what lies inside the frame.
fn height(popup: Rect) -> usize {
    usize::from(popup.height.saturating_sub(2))
}

/// The words of what lies over the screen.
pub(super) fn words(shown: Shown<'_>, memo: &mut Memo, popup: Rect) -> Prose {
    let state = shown.state;
    let inner = inner(popup);
    match &state.looking.overlay {
        Some(Overlay::Page(page, _)) => match page.view().body {
            Body::Lines(lines) => lines(Reading { shown, memo, width: inner }),
            Body::Chart(_) => Prose::new(),
        },
        Some(Overlay::Tuning(of)) => {
            let sentence = what_if_in_words(shown);
            let keys = [Action::TuneLower, Action::TuneHigher].map(|action| state.keymap.key(action)).join(" and ");
            let (tuning, in_force, presets) = (&state.knobs.tuning, &state.knobs.in_force(&state.answers), &state.knobs.presets);
            let mut decides = Vec::new();
            if of.knob().is_some_and(|knob| knob.name == "exit-threshold") {
                let run = &shown.answer.run;
                let points = memo.comparison.break_points(tuning, run);
                decides = thresholds::sentences(points, run, run.params.exit_threshold);
                decides.extend(thresholds::margins(run, shown.what_if));
            }
            if of.knob().is_some_and(|knob| knob.name.starts_with("segment")) {
                let key = |action| state.keymap.key(action);
                let (shorter, longer) = (key(Action::SegmentShorter), key(Action::SegmentLonger));
                let three = key(Action::Open(Page::Ladder));
                decides.push(display!(
                    "outside this panel `{shorter}` and `{longer}` change the length; `{three}` plays the question at three"
                ));
            }
            let sentence = sentence.as_ref();
            let shown = panel::Shown { panel: of, tuning, in_force, presets, keys: &keys, sentence, decides: &decides };
            panel::prose(shown, inner, height(popup))
        }
        Some(Overlay::List(_) | Overlay::Roster(_) | Overlay::Entry(_) | Overlay::Leave(_)) | None => Prose::new(),
    }
}

/// The list of models, while an ensemble is composed.
pub(super) fn roster(shown: Shown<'_>, popup: Rect) -> List {
    let state = shown.state;
    let Some(Overlay::Roster(compose)) = &state.looking.overlay else { return List::default() };
    let run = state.answers.session.newest().map(|answer| &answer.run);
    let connect = state.keymap.key(Action::RosterConnect);
    list(&state.roster, compose, (run, state.knobs.params.weights, &connect), (inner(popup), height(popup)))
}

/// What is tried and what it would have changed, with the keys that end it.
pub(super) fn what_if_in_words(shown: Shown<'_>) -> Option<DisplayText> {
    let state = shown.state;
    let key = |action| state.keymap.key(action);
    let (apply, forget) = (key(Action::TuneApply), key(Action::TuneForget));
    let keys = match (state.knobs.tuning.is_pending(), &state.looking.overlay) {
        (true, Some(Overlay::Tuning(_))) => display!("{apply} applies, {forget} forgets"),
        (true, _) => display!("`{}` {apply} applies, {forget} forgets", key(Action::Tune)),
        (false, _) => display!("in force; {} ends the comparison", key(Action::Back)),
    };
    state.knobs.tuning.sentence(shown.what_if, shown.answer, &keys)
}

/// Columns beside a sheet below which it takes them too: of less nothing can be read.
const SLIVER: u16 = 6;

/// Rows of what a list says where it has no entries.
const NO_ENTRIES: usize = 2;

/// Where an overlay lies: over the middle, no larger than it needs; one that previews at an edge.
pub(super) fn popup(overlay: &Overlay, body: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = match overlay {
        Overlay::Page(page, _) => (page.view().width, (page.view().height)(body.height)),
        Overlay::Entry(_) => (84, 9),
        Overlay::Tuning(_) => (84, (body.height / 2).max(18).min(body.height)),
        Overlay::Roster(_) => (196, body.height.min(40)),
        // A few entries need few rows; what tells many apart needs columns.
        Overlay::List(picker) => {
            let has_columns = picker.items().iter().any(|item| !item.columns.is_empty());
            let width = if overlay.previews() {
                32
            } else if has_columns {
                140
            } else {
                84
            };
            (width, list_rows(picker.size(), body))
        }
        Overlay::Leave(_) => (64, 5),
    };
    let (width, height) = (without_slivers(width, size.0), height.min(size.1 - 2));
    let (left, above) = (size.0 - width, body.height.saturating_sub(height));
    match overlay {
        Overlay::List(_) if overlay.previews() => Rect { x: left, y: body.y + above, width, height },
        // The chart and the rounds stay in sight below the panel that moves them.
        Overlay::Tuning(_) => Rect { x: left / 2, y: body.y, width, height },
        // Its top is that of the whole list, so that it does not jump while one types.
        Overlay::List(picker) => {
            let found = list_rows(picker.entries().len(), body).min(height);
            Rect { x: left / 2, y: body.y + above / 2, width, height: found }
        }
        Overlay::Page(..) | Overlay::Entry(_) | Overlay::Roster(_) | Overlay::Leave(_) => {
            Rect { x: left / 2, y: body.y + above / 2, width, height }
        }
    }
}

/// Rows of a list with so many entries.
fn list_rows(entries: usize, body: Rect) -> u16 {
    // With its frame.
    let rows = u16::try_from(entries.max(NO_ENTRIES)).unwrap_or(u16::MAX).saturating_add(LIST_HEAD + 2);
    rows.min(body.height).min(22)
}

fn without_slivers(wanted: u16, columns: u16) -> u16 {
    if wanted.saturating_add(2 * SLIVER) > columns { columns } else { wanted }
}

/// The same for a page of so many lines: no higher than they are. Its top stays, so that nothing jumps from round to round.
pub(super) fn fitted(overlay: Option<&Overlay>, popup: Rect, lines: usize) -> Rect {
    match overlay {
        Some(Overlay::Page(page, _)) if page.view().body.scrolls() => {
            let wanted = u16::try_from(lines.max(1) + 2).unwrap_or(u16::MAX);
            Rect { height: popup.height.min(wanted), ..popup }
        }
        Some(_) | None => popup,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_sheet_there_is_room_or_nothing() {
        for columns in 20..300 {
            for wanted in [32, 64, 84, 110, 196] {
                let width = without_slivers(wanted, columns);
                let left = columns - width;
                assert!(left == 0 || left >= 2 * SLIVER && width == wanted, "{wanted} of {columns}: {width}");
            }
        }
    }
}
