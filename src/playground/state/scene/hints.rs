//! What the lowest line says: which keys the user may want now, the likeliest first, and only those that do something; and what
//! needs more than the line, as a sheet.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::hint::Hint;
use super::status::RunState;
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::available::unavailable;
use crate::playground::state::log::Level;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::picker::PickerKind;
use crate::playground::state::prose::{Prose, Tone, wrap};
use crate::playground::state::{Source, State};

/// Columns of a screen from which on the hint of the segments' length names what its keys change.
const ROOM_FOR_LENGTH: u16 = 80;
/// Columns from which on it says what each of them does.
const ROOM_FOR_BOTH: u16 = 100;
/// The most lines of a message above the prompt.
const MOST_LINES: usize = 4;

/// What the user may want now: keys and what they do, the likeliest first.
pub(super) fn hints(state: &State) -> Vec<Hint> {
    hints_over(state, scrolled(state))
}

/// The same; `below`: what is open has more lines than it shows, so that it scrolls.
pub(super) fn hints_over(state: &State, below: bool) -> Vec<Hint> {
    if state.settings.watched {
        return Vec::new();
    }
    if let Some(first) = state.pressed.pending.first() {
        let continuations = state.keymap.continuations(state.context(), *first).into_iter();
        return continuations
            .map(|(key, action)| Hint::new(display!("{first} {key}"), action.entry().hint.into(), action))
            .collect();
    }
    let key = |action| clean_line(&state.keymap.key(action));
    let hint = |action| match action {
        Action::SegmentShorter => lengths(state.size().0, key(Action::SegmentShorter), key(Action::SegmentLonger)),
        other => Hint::new(key(other), word(state, other), other),
    };
    likely_over(state, below).into_iter().map(hint).collect()
}

/// Both keys of the segments' length, in as many words as a screen of this many columns has room for.
fn lengths(width: u16, shorter: DisplayText, longer: DisplayText) -> Hint {
    let one = |key, word: &'static str| Hint::new(key, word.into(), Action::SegmentShorter);
    let both =
        |keys: [DisplayText; 2], words: &[DisplayText]| Hint::of(&keys, words, &[Action::SegmentShorter, Action::SegmentLonger]);
    match width {
        _ if longer.is_empty() => one(shorter, "shorter segments"),
        0..ROOM_FOR_LENGTH => one(shorter, Action::SegmentShorter.entry().hint),
        ROOM_FOR_LENGTH..ROOM_FOR_BOTH => both([shorter, longer], &["segment length".into()]),
        ROOM_FOR_BOTH.. => both([shorter, longer], &["shorter".into(), "longer segments".into()]),
    }
}

/// What an action does now, in a word or two.
fn word(state: &State, action: Action) -> DisplayText {
    let replay = matches!(state.answers.source, Source::Replay(_));
    let stands = match &state.answers.source {
        Source::Replay(replay) => !replay.playing,
        Source::Live => state.answers.is_paused() || (state.settings.linger.on && state.answers.lingers()),
    };
    let entry = matches!(state.looking.overlay, Some(Overlay::Entry(_)));
    let list = match &state.looking.overlay {
        Some(Overlay::List(picker)) => Some(picker.kind),
        Some(_) | None => None,
    };
    let word = match (action, list) {
        (Action::Choose, Some(PickerKind::SaveAs)) => "save",
        (Action::Choose, Some(PickerKind::ExportAs)) => "export",
        (Action::RunPause, _) if state.presenting.is_some() => "next",
        (Action::Present, _) if state.presenting.is_some() => "everything",
        (Action::RunPause, _) if stands || state.answers.can_be_continued() => "go on",
        (Action::Send, _) if entry => "accept",
        (Action::LeavePrompt, _) if entry => "leave it",
        (Action::Stop, _) if replay => "to the end",
        (Action::Stop, _) if state.answers.waits_for_members() => "do not wait",
        (Action::Again, _) if replay => "from the start",
        (Action::Zoom | Action::Votes, _) if state.looking.zoomed => "all parts again",
        (Action::Back, _) if state.looking.overlay.is_none() && comes_back(state) => match below(state) {
            Some(Page::HeatMap) => "to the heat map",
            Some(Page::Lengths) => "to the three lengths",
            Some(_) | None => "to your answer",
        },
        (Action::Back, _) if state.looking.overlay.is_none() && state.looking.round.is_some() => "newest round",
        (other, _) => other.entry().hint,
    };
    word.into()
}

/// Whether going back leaves a recording for the user's own answer.
fn comes_back(state: &State) -> bool {
    let looking = &state.looking;
    state.answers.below.is_some() && looking.round.is_none() && !looking.zoomed && !state.knobs.tuning.is_trying()
}

fn below(state: &State) -> Option<Page> {
    state.answers.below.as_ref().and_then(|below| below.page)
}

/// The actions that are likeliest now and do something.
#[must_use]
pub fn likely(state: &State) -> Vec<Action> {
    likely_over(state, scrolled(state))
}

/// Whether the page that is open scrolled in the last frame.
fn scrolled(state: &State) -> bool {
    state.looking.overlay.as_ref().and_then(Overlay::scroll).is_some_and(|scroll| scroll.last > 0)
}

fn likely_over(state: &State, below: bool) -> Vec<Action> {
    let fits = |action: &Action| {
        let has_key = !state.keymap.key(*action).is_empty();
        has_key && moves(state, *action, below) && (state.looking.overlay.is_some() || unavailable(state, *action).is_none())
    };
    let mut actions: Vec<Action> = candidates(state).iter().copied().filter(fits).collect();
    if state.looking.overlay.is_none() && !state.writing.active {
        // The way back from where the user is comes first.
        let back = if state.looking.zoomed {
            Some(Action::Zoom)
        } else {
            (comes_back(state) || state.looking.round.is_some()).then_some(Action::Back)
        };
        if let Some(back) = back.filter(fits) {
            actions.retain(|action| *action != back);
            actions.insert(0, back);
        }
    }
    actions
}

/// Whether an action that moves something has something to move.
fn moves(state: &State, action: Action, below: bool) -> bool {
    match (&state.looking.overlay, action) {
        (
            Some(Overlay::Page(..)),
            Action::ScrollDown | Action::ScrollUp | Action::PageDown | Action::End | Action::LengthsDown | Action::LengthsUp,
        ) => below,
        (Some(Overlay::List(picker)), Action::ListUp | Action::ListDown) => picker.entries().len() > 1,
        (Some(Overlay::List(picker)), Action::Choose) => match picker.kind {
            PickerKind::SaveAs | PickerKind::ExportAs | PickerKind::Traces | PickerKind::Against => {
                picker.entries().len() > 0 || !picker.typed.trim().is_empty()
            }
            PickerKind::Commands
            | PickerKind::Themes
            | PickerKind::Candidates
            | PickerKind::Branches
            | PickerKind::Compare
            | PickerKind::Members(_)
            | PickerKind::Help => picker.entries().len() > 0,
        },
        (Some(Overlay::List(picker)), Action::ClearTyped) => !picker.typed.is_empty(),
        (Some(Overlay::Page(..)), Action::PreviousRound | Action::NextRound) => unavailable(state, action).is_none(),
        (Some(_) | None, _) => true,
    }
}

fn candidates(state: &State) -> &'static [Action] {
    let run = state.answers.run_state();
    match &state.looking.overlay {
        Some(Overlay::List(_)) => &[Action::Choose, Action::CloseList, Action::ListDown, Action::ListUp, Action::ClearTyped],
        Some(Overlay::Roster(_)) => &[
            Action::RosterTake,
            Action::RosterToggle,
            Action::RosterClose,
            Action::RosterRole,
            Action::RosterHeavier,
            Action::RosterLighter,
            Action::RosterConnect,
            Action::RosterScan,
        ],
        Some(Overlay::Tuning(_)) => &[
            Action::TuneApply,
            Action::TuneForget,
            Action::TuneLower,
            Action::TuneHigher,
            Action::TuneDown,
            Action::TuneMore,
            Action::TuneFind,
            Action::TuneUp,
            Action::TuneDefault,
            Action::TuneDefaults,
            Action::TuneClose,
        ],
        Some(Overlay::Leave(_)) => &[Action::Yes, Action::No],
        Some(Overlay::Entry(_)) => &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::Edit],
        Some(Overlay::Page(page, _)) => (page.view().hints)(state),
        None if state.writing.active => {
            &[Action::Send, Action::NewLine, Action::LeavePrompt, Action::EarlierQuestion, Action::Edit, Action::QuitAtOnce]
        }
        None if state.presenting.is_some() => PRESENTING,
        None if state.answers.waits_for_members() => {
            &[Action::Stop, Action::Roster, Action::Open(Page::Log), Action::Open(Page::Help), Action::Quit]
        }
        None if run.is_busy() || run == RunState::Paused => RUNNING,
        None if state.answers.can_be_continued() => BROKEN_OFF,
        None if state.answers.session.newest().is_none() => READY,
        None => IDLE,
    }
}

/// Before an audience.
const PRESENTING: &[Action] = &[
    Action::RunPause,
    Action::PreviousRound,
    Action::Open(Page::Why),
    Action::Write,
    Action::Present,
    Action::Open(Page::Help),
    Action::Quit,
];

/// While an answer is being written, or stands still.
const RUNNING: &[Action] = &[
    Action::RunPause,
    Action::Step,
    Action::Stop,
    Action::Open(Page::Why),
    Action::SegmentShorter,
    Action::Open(Page::Help),
    Action::Quit,
    Action::Override,
    Action::Votes,
    Action::Tune,
    Action::PreviousRound,
    Action::Rewind,
    Action::Undo,
    Action::Slower,
    Action::Faster,
    Action::Zoom,
    Action::Palette,
];

/// Where a run is over without a whole answer: it can be continued.
const BROKEN_OFF: &[Action] = &[
    Action::RunPause,
    Action::Step,
    Action::Write,
    Action::Again,
    Action::Open(Page::Why),
    Action::Open(Page::Help),
    Action::Quit,
    Action::PreviousRound,
    Action::Palette,
];

/// Before anything was asked.
const READY: &[Action] = &[
    Action::Write,
    Action::Roster,
    Action::Tune,
    Action::OpenTrace,
    Action::Open(Page::Help),
    Action::Quit,
    Action::Themes,
    Action::Palette,
];

/// While no answer is being written.
const IDLE: &[Action] = &[
    Action::Write,
    Action::Again,
    Action::Open(Page::Why),
    Action::SegmentShorter,
    Action::Tune,
    Action::Open(Page::Help),
    Action::Quit,
    Action::PreviousRound,
    Action::Override,
    Action::Rewind,
    Action::Votes,
    Action::Open(Page::Retention),
    Action::Compare,
    Action::Open(Page::Lengths),
    Action::AgainSameSeed,
    Action::CopyAnswer,
    Action::Export,
    Action::Roster,
    Action::Zoom,
    Action::Palette,
];

/// Where hints stand on a line of this many columns, of which the first are taken: the columns of each, and which it is. Those that
/// do not fit are left out from the end.
#[must_use]
pub fn places(hints: &[Hint], width: u16, taken: u16) -> Vec<(Range<u16>, usize)> {
    let mut places = Vec::new();
    let mut x = usize::from(taken) + usize::from(taken > 0);
    for (place, hint) in hints.iter().enumerate() {
        let needed = hint.width();
        if x + needed > usize::from(width) {
            break;
        }
        places.push(((x + 1) as u16..(x + needed) as u16, place));
        x += needed;
    }
    places
}

/// The columns that a message takes on the lowest line; none if there is no message, or it needs a sheet.
pub(super) fn notice_columns(state: &State) -> u16 {
    let notice = state.notices.notice.as_ref().filter(|_| !state.settings.watched && sheet(state).is_empty());
    notice.map_or(0, |notice| notice.text.width() as u16 + 1)
}

/// What needs more than the lowest line: the keys that can follow the one that was pressed, or a long message.
pub(super) fn sheet(state: &State) -> Prose {
    let width = state.size().0.saturating_sub(2);
    let mut sheet = Prose::new();
    if let Some(first) = state.pressed.pending.first() {
        for (key, action) in state.keymap.continuations(state.context(), *first) {
            let head = vec![(Tone::Key, display!("{first} {key}  "))];
            let indent = head[0].1.width() as u16;
            wrap(&mut sheet, head, Tone::Plain, action.entry().meaning, width, indent);
        }
        return sheet;
    }
    // What is watched has no key that would take a message away.
    let Some(notice) = state.notices.notice.as_ref().filter(|_| !state.settings.watched) else { return sheet };
    // The most important hint has its place beside the message.
    let hint = hints(state).first().map_or(0, |hint| hint.width() + 1);
    if notice.text.width() + 2 + hint <= usize::from(state.size().0) {
        return sheet;
    }
    let tone = match notice.level {
        Level::Info => Tone::Plain,
        Level::Warning => Tone::Warning,
        Level::Error => Tone::Bad,
    };
    wrap(&mut sheet, Vec::new(), tone, &notice.text, width, 0);
    if sheet.len() > MOST_LINES {
        sheet.truncate(MOST_LINES - 1);
        let log = state.keymap.key(Action::Open(Page::Log));
        let rest = if log.is_empty() { "… (the rest is in the log)".into() } else { display!("… (`{log}` shows all of it)") };
        sheet.push(vec![(Tone::Dim, rest)]);
    }
    sheet
}
