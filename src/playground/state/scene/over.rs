//! What lies over the screen: where, and the words of it.

use ratatui::layout::Rect;

use super::compare;
use super::heat_map::{self, MapFacts};
use super::memo::Memo;
use super::roster::{List, list};
use super::single;
use super::waterfall::{round_page, run_page};
use super::whole::Shown;
use super::why;
use crate::engine::fusion::timing::run_timing;
use crate::playground::state::State;
use crate::playground::state::action::Action;
use crate::playground::state::glyphs::Glyphs;
use crate::playground::state::handlers::heat_map::to_sweep;
use crate::playground::state::overlay::{self, Overlay, Page};
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
    let Shown { state, play, round, single: held, .. } = shown;
    let inner = inner(popup);
    let looked_at = round.map(|round| round.number);
    let glyphs = Glyphs::new(state.settings.ascii);
    match &state.looking.overlay {
        Some(Overlay::Help(_)) => overlay::help(&state.keymap, state.settings.ascii, inner),
        Some(Overlay::Why(_)) => why::prose(&why::why(play, round, held), play, inner),
        Some(Overlay::Single(_)) => single::prose(held, play, looked_at, inner),
        Some(Overlay::Waterfall(Page::Round, _)) => round_page(play, round, glyphs, inner),
        Some(Overlay::Waterfall(Page::Run, _)) => {
            run_page(&memo.timing.of(&play.run, run_timing), play, looked_at, glyphs, inner)
        }
        Some(Overlay::Log(_)) => overlay::log(&state.notices.log, inner),
        Some(Overlay::HeatMap(_)) => heat_map::prose(&map_facts(state), inner),
        Some(Overlay::Compare(against, _)) => compare::prose(play, against, inner),
        Some(Overlay::Tuning(of)) => {
            let sentence = what_if_in_words(shown);
            let (tuning, in_force, presets) = (&state.knobs.tuning, &state.knobs.in_force(&state.answers), &state.knobs.presets);
            let shown = panel::Shown { panel: of, tuning, in_force, presets, sentence: sentence.as_deref() };
            panel::prose(shown, inner, height(popup))
        }
        Some(Overlay::Chart(_) | Overlay::List(_) | Overlay::Roster(_) | Overlay::Entry(_) | Overlay::Leave(_)) | None => {
            Prose::new()
        }
    }
}

/// The list of models, while an ensemble is composed.
pub(super) fn roster(shown: Shown<'_>, popup: Rect) -> List {
    let state = shown.state;
    let Some(Overlay::Roster(compose)) = &state.looking.overlay else { return List::default() };
    let run = state.answers.session.newest().map(|play| &play.run);
    list(&state.roster, compose, run, state.knobs.params.weights, (inner(popup), height(popup)))
}

fn map_facts(state: &State) -> MapFacts<'_> {
    let question =
        to_sweep(&state.answers, &state.writing, &state.knobs).map(|(prompt, _)| prompt.conversation.prompt().to_owned());
    let key = |action| state.keymap.key(action);
    MapFacts {
        map: state.heat_map.as_ref(),
        question,
        sweep: key(Action::Sweep),
        stop: key(Action::SweepStop),
        close: key(Action::MapClose),
    }
}

/// What is tried and what it would have changed, with the keys that end it.
pub(super) fn what_if_in_words(shown: Shown<'_>) -> Option<String> {
    let state = shown.state;
    let key = |action| state.keymap.key(action);
    let (apply, forget) = (key(Action::TuneApply), key(Action::TuneForget));
    let keys = match (state.knobs.tuning.is_pending(), &state.looking.overlay) {
        (true, Some(Overlay::Tuning(_))) => format!("{apply} applies, {forget} forgets"),
        (true, _) => format!("`{}` {apply} applies, {forget} forgets", key(Action::Tune)),
        (false, _) => format!("in force; {} ends the comparison", key(Action::Back)),
    };
    state.knobs.tuning.sentence(shown.what_if, shown.play, &keys)
}

/// Where an overlay lies: over the middle, no larger than it needs.
pub(super) fn popup(overlay: &Overlay, body: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = match overlay {
        Overlay::Help(_) | Overlay::Why(_) | Overlay::Log(_) | Overlay::Single(_) => (96, body.height + 1),
        Overlay::Waterfall(..) => (140, body.height + 1),
        Overlay::HeatMap(_) => (96, (body.height + 1).min(24)),
        Overlay::Compare(..) => (160, body.height + 1),
        Overlay::Entry(_) => (84, 9),
        Overlay::Chart(_) => (140, body.height.min(34)),
        Overlay::Tuning(_) => (84, (body.height / 2).max(18).min(body.height + 1)),
        Overlay::Roster(_) => (196, (body.height + 1).min(40)),
        Overlay::List(_) => (84, body.height.min(22)),
        Overlay::Leave(_) => (64, 5),
    };
    let (width, height) = (width.min(size.0 - 2), height.min(size.1 - 2));
    // The chart and the rounds stay in sight below the panel that moves them.
    let y = if matches!(overlay, Overlay::Tuning(_)) { body.y } else { body.y + body.height.saturating_sub(height) / 2 };
    Rect { x: (size.0 - width) / 2, y, width, height }
}
