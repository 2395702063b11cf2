//! Asking: the prompt, what stands in it, what it refuses.

use specfuse::playground::state::{Message, Options, Screen};

use super::{Size, State, after, recorded, told, under_way};
use crate::support::{self, press, type_text};

pub fn states() -> Vec<State> {
    vec![
        State::new("ready", |(width, height)| support::state(width, height)),
        State::new("keys", super::ready).over("ready"),
        State::new("typed", |size| typed(support::state(size.0, size.1), "Who wrote the first line of this?")).over("ready"),
        State::new("several-lines", |size| {
            let lines = "What is the capital of Japan?\nWhat is 27 plus 48?\nWhat is the opposite of brave?";
            told(support::state(size.0, size.1), Message::Paste(lines.to_owned()))
        })
        .over("ready"),
        State::new("long-question", |size| {
            told(support::state(size.0, size.1), Message::Paste("A question that does not end, and goes on and on. ".repeat(40)))
        })
        .over("ready"),
        State::new("too-long-question", |size| told(support::state(size.0, size.1), Message::Paste("x".repeat(1 << 17))))
            .over("ready"),
        State::new("earlier-question", earlier).over("ready"),
        State::new("reading", |size| asked(super::ready(size), "Who are you?")).over("ready"),
        State::new("could-not-ask", |size| {
            told(asked(super::ready(size), "Who are you?"), Message::AskFailed("no member takes part".to_owned()))
        })
        .over("ready"),
        State::new("question-waits", |size| typed(super::pressed(after(size, &under_way()), "i"), "And after that?"))
            .over("under-way"),
        State::new("not-sent-yet", |size| {
            super::pressed(typed(super::pressed(after(size, &under_way()), "i"), "And after that?"), "enter")
        })
        .over("under-way"),
        State::new("leave-question", |size| super::pressed(typed(support::state(size.0, size.1), "Not sent"), "ctrl+c"))
            .over("ready"),
        State::new("leave", |size| super::pressed(after(size, &under_way()), "q")).over("under-way"),
        State::new("no-such-key", |size| super::pressed(after(size, recorded()), "Q")).over("answered"),
    ]
}

fn typed(mut screen: Screen, text: &str) -> Screen {
    type_text(&mut screen, text);
    screen
}

pub(super) fn asked(screen: Screen, question: &str) -> Screen {
    told(screen, Message::Ask(question.to_owned()))
}

fn earlier((width, height): Size) -> Screen {
    let history = ["What was first?", "What came then?"].map(str::to_owned).into();
    let mut screen = Screen::new(Options { history, ..support::options(&support::members()) }, width, height);
    press(&mut screen, "up up");
    screen
}
