//! The pages that are read over the screen.

use specfuse::playground::state::{Message, Screen};

use super::{State, after, pressed, recorded, told};
use crate::runs;

pub fn states() -> Vec<State> {
    vec![
        State::of_the_answer("help", "?"),
        State::of_the_answer("help-end", "? G"),
        State::of_a_round("why", "e"),
        State::of_a_round("why-end", "e G"),
        State::new("why-unanimous", |size| pressed(after(size, &runs::unanimous()), "e")).over("unanimous"),
        State::new("why-overridden", |size| pressed(after(size, &runs::overridden()), "[ [ e")).over("overridden"),
        State::of_the_answer("chart", "c"),
        State::new("chart-exits", |size| pressed(after(size, &runs::exiting()), "c")).over("exits"),
        State::of_the_answer("single", "f"),
        State::of_a_round("waterfall", "W"),
        State::of_a_round("waterfall-run", "W W"),
        State::of_the_answer("log", "L"),
        State::new("log-empty", |size| pressed(super::ready(size), "L")).over("keys"),
        State::new("log-of-everything", |size| pressed(noted(after(size, &runs::faulty())), "L")).over("faulty"),
        State::new("notice", |size| {
            told(after(size, recorded()), Message::Done("the trace was saved as answer.trace.jsonl".to_owned()))
        })
        .over("answered"),
        State::new("notice-warning", |size| {
            told(after(size, recorded()), Message::Warned("the theme `dusk` names a colour twice".to_owned()))
        })
        .over("answered"),
        State::new("notice-long", |size| {
            let reason =
                "no model is left that can draft: the connection to http://192.168.10.20:8080/v1/completions was refused";
            let advice = "start the server again, or press M and choose other models; the answer so far is kept as it is";
            told(after(size, recorded()), Message::Failed(format!("{reason}; {advice}")))
        })
        .over("answered"),
        State::new("notice-error", |size| {
            let denied = "answer.trace.jsonl cannot be written: Permission denied (os error 13)";
            told(after(size, recorded()), Message::Failed(denied.to_owned()))
        })
        .over("answered"),
    ]
}

/// Something of every severity was said.
fn noted(screen: Screen) -> Screen {
    let screen = told(screen, Message::Done("the answer was copied".to_owned()));
    let screen = told(screen, Message::Warned("the trace is not complete".to_owned()));
    told(screen, Message::Failed("the answer cannot be written: Permission denied (os error 13)".to_owned()))
}
