//! What lies over the screen: where, and the words of it.

use ratatui::layout::Rect;

use super::memo::Memo;
use super::roster::{List, list};
use super::shown::Shown;
use crate::clean::DisplayText;
use crate::display;
use crate::playground::state::action::Action;
use crate::playground::state::laid::LIST_HEAD;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::view::{Body, Reading};
use crate::playground::state::prose::Prose;
use crate::playground::state::tuning::panel;

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
            let shown = panel::Shown { panel: of, tuning, in_force, presets, keys: &keys, sentence: sentence.as_ref() };
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

/// Where an overlay lies: over the middle, no larger than it needs.
pub(super) fn popup(overlay: &Overlay, body: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = match overlay {
        Overlay::Page(page, _) => (page.view().width, (page.view().height)(body.height)),
        Overlay::Entry(_) => (84, 9),
        Overlay::Tuning(_) => (84, (body.height / 2).max(18).min(body.height + 1)),
        Overlay::Roster(_) => (196, (body.height + 1).min(40)),
        // A few entries need few rows; what tells many apart needs columns.
        Overlay::List(picker) => {
            let rows = u16::try_from(picker.items().len().max(2)).unwrap_or(u16::MAX).saturating_add(LIST_HEAD + 2);
            let has_columns = picker.items().iter().any(|item| !item.columns.is_empty());
            (if has_columns { 140 } else { 84 }, body.height.min(22).min(rows))
        }
        Overlay::Leave(_) => (64, 5),
    };
    let (width, height) = (width.min(size.0 - 2), height.min(size.1 - 2));
    // The chart and the rounds stay in sight below the panel that moves them.
    let y = if matches!(overlay, Overlay::Tuning(_)) { body.y } else { body.y + body.height.saturating_sub(height) / 2 };
    Rect { x: (size.0 - width) / 2, y, width, height }
}
