//! Keys that type: into the prompt, a list, a knob's value.

use crossterm::event::{KeyCode, KeyEvent};

use super::asking::Asking;
use super::lists::Lists;
use crate::clean::clean_line;
use crate::display;
use crate::playground::state::State;
use crate::playground::state::action::{Action, Context, Page};
use crate::playground::state::key::Key;
use crate::playground::state::log::Level;
use crate::playground::state::message::Effect;
use crate::playground::state::overlay::Overlay;
use crate::playground::state::parts::notices::Notice;

/// Handles a key without a meaning of its own: in the prompt and in lists it types.
pub(in crate::playground::state) fn typed(state: &mut State, context: Context, event: KeyEvent) -> Vec<Effect> {
    let character = match event.code {
        KeyCode::Char(character) if Key::from(event).types() => Some(character),
        _ => None,
    };
    let erases = event.code == KeyCode::Backspace;
    match (context, &mut state.looking.overlay) {
        (Context::Prompt, _) => {
            let written = Asking::from(&mut *state).text().key(event);
            state.notices.refuse(written);
        }
        (Context::List, Some(Overlay::List(picker))) => {
            if let Some(character) = character {
                if picker.choose_by_letter(character) {
                    return state.choose();
                }
                picker.type_text(&character.to_string());
            } else if erases {
                picker.backspace();
            }
            return Lists::from(state).marked();
        }
        (Context::Tuning, Some(Overlay::Tuning(panel))) => {
            if let Some(character) = character {
                panel.type_text(&character.to_string());
            } else if erases {
                panel.erase();
            }
        }
        (Context::Keys, _) => {
            let help = state.keymap.key(Action::Open(Page::Help));
            let text = display!("`{}` does nothing here; `{help}` shows what does", Key::from(event));
            state.notices.notice = Some(Notice { level: Level::Info, text });
        }
        (
            Context::List
            | Context::Tuning
            | Context::Roster
            | Context::HeatMap
            | Context::Lengths
            | Context::Question
            | Context::Anywhere,
            _,
        ) => {}
    }
    Vec::new()
}

/// Handles pasted text.
pub(in crate::playground::state) fn pasted(state: &mut State, text: &str) {
    state.notices.notice = None;
    match &mut state.looking.overlay {
        Some(Overlay::List(picker)) => picker.type_text(&clean_line(text)),
        Some(Overlay::Tuning(panel)) => panel.type_text(text),
        Some(Overlay::Entry(_)) => {
            let written = state.writing.segment.paste(text);
            state.notices.refuse(written);
        }
        Some(_) => {}
        // A user who pastes wants to ask.
        None => {
            state.writing.active = true;
            let written = state.writing.question.paste(text);
            state.notices.refuse(written);
        }
    }
}
