//! What is in the transcript before anything was asked: who there is, what fusion is, what to press.

use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Page};
use crate::playground::state::handlers::members::found_in_words;
use crate::playground::state::layout::Layout;
use crate::playground::state::pages::help::EXPLANATION;
use crate::playground::state::prose::{Prose, Tone, wrap};
use crate::playground::state::roster::compose::others;
use crate::playground::state::roster::{Origin, Standing};

/// The longest sentence about a member, in characters: the roster says all of it.
const LONGEST: usize = 160;

/// For someone who has never seen fusion.
pub(super) fn welcome(state: &State, layout: &Layout) -> Prose {
    let width = layout.transcript_text().map_or(0, |place| place.width);
    let key = |action| state.keymap.key(action);
    let how = [
        (key(Action::Send), "asks what you type; with nothing typed it asks the example"),
        (key(Action::LeavePrompt), "leaves the prompt, so that keys are commands"),
        (key(Action::Open(Page::Help)), "then explains every key"),
        (key(Action::Roster), "then shows who takes part"),
    ];
    let mut prose = found_servers(state, width);
    prose.extend(ensemble_in_words(state, width));
    for paragraph in EXPLANATION {
        wrap(&mut prose, Vec::new(), Tone::Plain, *paragraph, width, 0);
        prose.push(Vec::new());
    }
    for (key, meaning) in how {
        wrap(&mut prose, vec![(Tone::Key, display!("{key:<7}"))], Tone::Dim, meaning, width, 7);
    }
    prose
}

/// Servers on this machine that nobody named.
fn found_servers(state: &State, width: u16) -> Prose {
    let mut prose = Prose::new();
    let key = state.keymap.key(Action::Roster);
    let after = if state.writing.active {
        display!("{}, then `{key}`", state.keymap.key(Action::LeavePrompt))
    } else {
        display!("`{key}`")
    };
    for row in others(&state.roster, Origin::Found) {
        let Some(known) = state.roster.row(row) else { continue };
        let text = display!("{}: {after} adds it", clean_line(&found_in_words(&known.spec)));
        wrap(&mut prose, Vec::new(), Tone::Good, &text, width, 0);
    }
    if !prose.is_empty() {
        prose.push(Vec::new());
    }
    prose
}

/// A sentence for each member, where the ensemble is not simply the built-in one.
fn ensemble_in_words(state: &State, width: u16) -> Prose {
    let mut prose = Prose::new();
    if state.roster.is_plain() {
        return prose;
    }
    let answer = state.answers.session.answer(0);
    for (place, (label, standing)) in answer.labels.iter().zip(&answer.standings).enumerate() {
        let name = &label.name;
        let (tone, text) = match standing {
            Standing::Unknown => (Tone::Dim, display!("{name} is not connected yet")),
            Standing::Connecting(what) if what.is_empty() => (Tone::Dim, display!("{name}: connecting")),
            Standing::Connecting(what) => (Tone::Dim, display!("{name}: {what}")),
            Standing::Away(reason) => (Tone::Bad, display!("{name} is away: {reason}")),
            Standing::Ready(known) => {
                let (drafting, tier) = (known.drafting.in_words(), known.tier.in_words());
                (Tone::Plain, display!("{name} is ready: {drafting}; {tier}"))
            }
        };
        let head = vec![(Tone::Member(place), display!("{} ", label.letter))];
        wrap(&mut prose, head, tone, &cut(&text), width, 2);
    }
    prose.push(Vec::new());
    prose
}

/// The start of a text that is too long here.
fn cut(text: &DisplayText) -> DisplayText {
    let mut shown = DisplayText::from(text.as_display().first_chars(LONGEST));
    if shown.len() < text.len() {
        shown.push("…");
    }
    shown
}
