//! What the three runs would be, before they were started: which lengths, who is asked, what it may cost, and what is missing.

use super::super::super::glyphs::Glyphs;
use super::super::super::prose::{Prose, Tone, wrap};
use super::super::super::tuning::ladder::Length;
use super::super::usage::about_cost;
use super::super::{counted, listed};
use crate::clean::{DisplayText, clean_line};
use crate::display;
use crate::engine::fusion::event::ScoreTier;
use crate::playground::state::State;
use crate::playground::state::action::Action;
use crate::playground::state::handlers::heat_map::to_sweep;

/// The offer.
pub(super) fn prose(state: &State, width: u16) -> Prose {
    let mut prose = Prose::new();
    let mut say = |tone, text: DisplayText| wrap(&mut prose, Vec::new(), tone, &text, width, 0);
    let key = |action| state.keymap.key(action);
    say(Tone::Plain, "The question at three lengths of segments, with the same members and seed.".into());
    say(Tone::Plain, DisplayText::new());
    let Some((prompt, _)) = to_sweep(&state.answers, &state.writing, &state.knobs) else {
        say(Tone::Dim, "Nothing was asked yet: ask something first, then compare lengths.".into());
        return prose;
    };
    let names = state.roster.headers();
    if names.is_empty() {
        let roster = key(Action::Roster);
        say(Tone::Warning, display!("No model takes part: `{roster}` on the main screen chooses some."));
        return prose;
    }
    say(Tone::Strong, clean_line(prompt.conversation.prompt()));
    let names: Vec<&str> = names.iter().map(|header| &*header.name).collect();
    say(Tone::Plain, display!("by {}", listed(&names)));
    say(Tone::Plain, lengths(state));
    for (tone, text) in [(Tone::Warning, others(state)), (Tone::Warning, cost(state)), (Tone::Dim, beside(state))] {
        if let Some(text) = text {
            say(tone, text);
        }
    }
    say(Tone::Plain, DisplayText::new());
    let (start, close) = (key(Action::LengthsStart), key(Action::LengthsClose));
    say(Tone::Key, display!("`{start}` starts, beside whatever goes on; `{close}` closes this and leaves it going."));
    prose
}

fn lengths(state: &State) -> DisplayText {
    let in_force = Length::of(&state.knobs.in_force(&state.answers));
    let mark = Glyphs::new(state.settings.ascii).in_force();
    let name = |length: Length| {
        if length == in_force { display!("{} ({mark} in force)", length.name()) } else { length.name() }
    };
    DisplayText::joined(&in_force.around().map(name), " · ")
}

/// The members of a recorded run that do not take part now.
fn others(state: &State) -> Option<DisplayText> {
    let recorded = state.answers.session.newest().filter(|_| state.answers.is_replay())?;
    let here = state.roster.headers();
    let missing: Vec<&str> = recorded
        .run
        .members
        .iter()
        .map(|member| &*member.header.name)
        .filter(|name| here.iter().all(|header| &*header.name != *name))
        .collect();
    let missing = (!missing.is_empty()).then(|| listed(&missing))?;
    let roster = state.keymap.key(Action::Roster);
    Some(display!("The recording was made with {missing} too, which cannot be asked here: `{roster}` shows who takes part."))
}

/// What is asked of servers, and what the answer on the screen took.
fn cost(state: &State) -> Option<DisplayText> {
    let served = state.roster.headers().iter().filter(|header| header.capabilities.tier != ScoreTier::InProcess).count();
    if served == 0 {
        return None;
    }
    let who = display!("{} of {} served", served, if served == 1 { "them is" } else { "them are" });
    let before = state.answers.session.newest().map(|answer| {
        let run = &answer.run;
        let calls = counted(run.calls.drafts + run.calls.scores, "call");
        let cost = run.cost().map(|dollars| display!(" and {}", about_cost(dollars, run.cost_is_guessed())));
        display!(": this answer took {calls}{}, the three take more than three times that", cost.unwrap_or_default())
    });
    Some(display!("{who}, and short segments mean many calls{}.", before.unwrap_or_default()))
}

fn beside(state: &State) -> Option<DisplayText> {
    state.answers.is_writing().then(|| "The answer on the screen continues meanwhile.".into())
}
