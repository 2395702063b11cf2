//! The heat map of a sweep: before one, while it continues, when it is over, in every way.

use specfuse::playground::state::{Message, Screen};
use specfuse::sweep::{Answer, Cell, Finished};

use super::{Size, State, after, pressed, recorded, told};
use crate::support::press;

pub fn states() -> Vec<State> {
    vec![
        State::new("sweep-of-nothing", |size| pressed(super::ready(size), "H s")).over("keys"),
        State::new("sweep-offered", offered).over("answered"),
        State::new("sweep-going", |size| swept(size, 10, None)).over("answered"),
        State::new("sweep-done", |size| told(swept(size, 16, Some(|setting| setting < 8)), Message::SweepEnded(None)))
            .over("answered"),
        State::new("sweep-done-elsewhere", |size| told(pressed(swept(size, 16, None), "esc"), Message::SweepEnded(None)))
            .over("answered"),
        State::new("sweep-tokens", |size| pressed(swept(size, 16, None), "tab")).over("answered"),
        State::new("sweep-applied", |size| pressed(swept(size, 16, None), "a")).over("answered"),
        State::new("sweep-opened", opened),
        State::new("sweep-stopped", |size| pressed(swept(size, 10, None), "x")).over("answered"),
        State::new("sweep-failed", |size| {
            told(swept(size, 10, None), Message::SweepEnded(Some("the results cannot be written: disk full".to_owned())))
        })
        .over("answered"),
        State::new("sweep-no-trace", |size| pressed(swept(size, 10, None), "enter")).over("answered"),
    ]
}

/// The recorded answer with the map open over it.
fn offered(size: Size) -> Screen {
    pressed(after(size, recorded()), "H")
}

/// The run of a setting is played over one's own answer.
fn opened(size: Size) -> Screen {
    let message = Message::Opened { file: "0001-0000.trace.jsonl".to_owned(), warning: None };
    let mut screen = told(swept(size, 16, None), message);
    crate::support::feed(&mut screen, &super::two_rounds());
    screen
}

/// So many settings are played; one of them failed. `right` grades them.
fn swept(size: Size, settings: usize, right: Option<fn(usize) -> bool>) -> Screen {
    let mut screen = offered(size);
    press(&mut screen, "s");
    for setting in 0..settings {
        let error = (setting == 6).then(|| "connection refused".to_owned());
        let answer = Answer {
            right: right.map(|right| right(setting) && error.is_none()),
            score: error.is_none().then_some(0.82 - 0.03 * (setting / 4) as f64 + 0.01 * (setting % 4) as f64),
            rounds: 16 >> (setting / 4),
            tokens: 31,
            draft_calls: 80 >> (setting / 4),
            score_calls: 120 >> (setting / 4),
            left: if setting % 4 > 1 { vec!["babble".to_owned()] } else { Vec::new() },
            mean_active: 5.0 - 0.25 * (setting % 4) as f64,
            elapsed_ms: 41.0,
            error,
            ..Answer::default()
        };
        let finished = Box::new(Finished { cell: Cell { setting, prompt: 0 }, answer });
        screen.update(Message::Swept { finished, trace: None });
    }
    pressed(screen, "right down")
}
