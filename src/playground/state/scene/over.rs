//! What lies over the screen: where, and the words of it.

use ratatui::layout::Rect;

use super::memo::Memo;
use super::roster::{List, list};
use super::shown::Shown;
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::run::Round;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::laid::{LIST_HEAD, LaidKnob};
use crate::playground::state::layout::{Layout, dock};
use crate::playground::state::overlay::Overlay;
use crate::playground::state::pages::view::{Body, Reading};
use crate::playground::state::prose::Prose;
use crate::playground::state::tuning::facts::{Keys, PanelFacts};
use crate::playground::state::tuning::ladder::Length;
use crate::playground::state::tuning::lines::{self, Hit, Lines, Target};
use crate::playground::state::tuning::panel::{Panel, Row};
use crate::playground::state::tuning::{thresholds, words};

/// Columns of what lies inside the frame.
fn inner(popup: Rect) -> u16 {
    popup.width.saturating_sub(4)
}

/// Lines of what lies inside the frame.
fn height(popup: Rect) -> usize {
    usize::from(popup.height.saturating_sub(2))
}

/// The words of what lies over the screen, or beside it; `decided` is the round that the ranking shows.
pub(super) fn words(shown: Shown<'_>, decided: Option<&Round>, memo: &mut Memo, popup: Rect) -> (Prose, Rows) {
    let prose = match &shown.state.looking.overlay {
        Some(Overlay::Page(page, _)) => match page.view().body {
            Body::Lines(lines) => lines(Reading { shown, memo, width: inner(popup) }),
            Body::Chart(_) => Prose::new(),
        },
        Some(Overlay::Tuning(panel)) => {
            let lines = tuning(shown, panel, decided, memo, popup);
            return (lines.prose, Rows { hits: lines.hits, caret: lines.caret });
        }
        Some(Overlay::List(_) | Overlay::Roster(_) | Overlay::Entry(_) | Overlay::Leave(_)) | None => Prose::new(),
    };
    (prose, Rows::default())
}

/// The tuning panel, with what the run says of the knobs.
fn tuning(shown: Shown<'_>, panel: &Panel, decided: Option<&Round>, memo: &mut Memo, popup: Rect) -> Lines {
    let Shown { state, answer, what_if, .. } = shown;
    let (tuning, run) = (&state.knobs.tuning, &answer.run);
    let key = |action| state.keymap.key(action);
    let [fold, find, apply, forget] = [Action::TuneMore, Action::TuneFind, Action::TuneApply, Action::TuneForget].map(key);
    let change = [Action::TuneLower, Action::TuneHigher].map(key).join(" and ");
    let in_force = state.knobs.in_force(&state.answers);
    let over = tuning.over(&in_force);
    let points = memo.comparison.break_points(tuning, run);
    let (place, column) = (dock::text(popup), dock::is_column(popup));
    let is_threshold = panel.knob().is_some_and(|knob| knob.name == "exit-threshold");
    let mut leaves = if column || is_threshold { thresholds::sentences(points, run) } else { Vec::new() };
    if matches!(panel.marked(), Some(Row::Length)) {
        let [shorter, longer, three] = [Action::SegmentShorter, Action::SegmentLonger, Action::Open(Page::Lengths)].map(key);
        leaves.insert(
            0,
            display!("outside this panel `{shorter}` and `{longer}` change it; `{three}` plays the question at three"),
        );
    }
    let margins = if column { thresholds::margins(run, what_if, place.width) } else { Prose::new() };
    let (named, margin) = (tuning.named(Length::of(&over)), decided.and_then(|round| thresholds::margin(answer, round, what_if)));
    let effect = words::effect(what_if, answer);
    let facts = PanelFacts {
        panel,
        tuning,
        in_force: &in_force,
        over: &over,
        presets: &state.knobs.presets,
        keys: Keys { fold: &fold, find: &find, apply: &apply, forget: &forget, change: &change },
        ticks: &thresholds::ticks(points, run.members.len()),
        tried: named.as_ref().map(|named| (named, &effect)),
        margin: margin.as_ref(),
        leaves: &leaves,
        margins: &margins,
        glyphs: Glyphs::new(state.settings.ascii),
    };
    lines::lines(facts, place.width, usize::from(place.height))
}

/// Where the rows of the tuning panel are among its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    hits: Vec<Hit>,
    /// Line and column of the caret of what is typed.
    pub caret: Option<(usize, usize)>,
}

impl Rows {
    /// Where they are on the screen.
    pub(super) fn laid(&self, popup: Rect) -> Vec<LaidKnob> {
        let text = dock::text(popup);
        let laid = |hit: &Hit| LaidKnob {
            y: text.y + hit.line as u16,
            row: match hit.target {
                Target::Row(row) => Some(row),
                Target::Fold => None,
            },
            track: hit.track.clone().map(|track| text.x + track.start..text.x + track.end),
        };
        self.hits.iter().filter(|hit| hit.line < usize::from(text.height)).map(laid).collect()
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

/// The length of a segment under the knobs that are tried.
fn tried_length(state: &State) -> Length {
    Length::of(&state.knobs.tuning.over(&state.knobs.in_force(&state.answers)))
}

/// What is tried and what it would have changed, with the keys that end it.
pub(super) fn what_if_in_words(shown: Shown<'_>) -> Option<DisplayText> {
    let (state, tuning) = (shown.state, &shown.state.knobs.tuning);
    if !tuning.is_pending() && !tuning.can_be_rescored() {
        // What is in force already, and shows only in the rounds to come, leaves the line to them.
        return None;
    }
    let key = |action| state.keymap.key(action);
    let (apply, forget) = (key(Action::TuneApply), key(Action::TuneForget));
    let keys = match (tuning.is_pending(), &state.looking.overlay) {
        (true, Some(Overlay::Tuning(_))) => display!("{apply} applies, {forget} forgets"),
        (true, _) => display!("`{}` {apply} applies, {forget} forgets", key(Action::Tune)),
        (false, _) => display!("in force; {} ends the comparison", key(Action::Back)),
    };
    tuning.sentence(shown.what_if, shown.answer, tried_length(state), &keys)
}

/// Columns beside a sheet below which it takes them too: of less nothing can be read.
const SLIVER: u16 = 6;

/// Rows of what a list says where it has no entries.
const NO_ENTRIES: usize = 2;

/// Where an overlay lies: over the middle, no larger than it needs; one that previews at an edge.
pub(super) fn popup(state: &State, layout: &Layout) -> Rect {
    let Some(overlay) = &state.looking.overlay else { return Rect::default() };
    let size = state.size();
    let body = layout.body;
    let (width, height) = match overlay {
        Overlay::Page(page, _) => (page.view().width, (page.view().height)(body.height)),
        Overlay::Entry(_) => (84, 9),
        Overlay::Tuning(_) => return layout.dock.unwrap_or_default(),
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
        // Its top is that of the whole list, so that it does not jump while one types.
        Overlay::List(picker) => {
            let found = list_rows(picker.entries().len(), body).min(height);
            Rect { x: left / 2, y: body.y + above / 2, width, height: found }
        }
        Overlay::Page(..) | Overlay::Tuning(_) | Overlay::Entry(_) | Overlay::Roster(_) | Overlay::Leave(_) => {
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
