//! The lists to choose from, and the lines in which a file name is typed.

use specfuse::playground::state::{Listing, Message, Screen};

use super::{State, after, recorded, told};
use crate::support;

pub fn states() -> Vec<State> {
    vec![
        State::of_the_answer("palette", ": s t"),
        State::of_the_answer("palette-all", ":"),
        State::of_the_answer("palette-nothing", ": z z q q"),
        State::of_the_answer("palette-typed", ": r o u n d"),
        State::new("palette-ready", |size| super::pressed(super::ready(size), ":")).over("keys"),
        State::of_the_answer("help-search", "/"),
        State::of_the_answer("help-found", "? / w e i g h t"),
        State::of_the_answer("themes", "T"),
        State::of_the_answer("themes-next", "T down"),
        State::of_the_answer("save", "ctrl+s"),
        State::of_the_answer("export", "w"),
        State::new("export-refused", |size| {
            let mut screen = super::pressed(after(size, recorded()), "w ctrl+u");
            support::type_text(&mut screen, "answer.pdf");
            super::pressed(screen, "enter")
        })
        .over("answered"),
        State::new("open", |size| listed(after(size, recorded()), Listing::Open, &TRACES)).over("answered"),
        State::new("open-nothing", |size| listed(super::ready(size), Listing::Open, &[])).over("keys"),
        State::new("compare-with-recorded", |size| listed(after(size, recorded()), Listing::Compare, &TRACES)).over("answered"),
    ]
}

const TRACES: [(&str, &str); 3] = [
    ("What is the capital of Japan?", "2026-03-01 18:02 · atlas, abacus, lexicon · 31 tokens"),
    (
        "Why is the sky blue, and why is it red in the evening when the sun is low and everything is quiet?",
        "2026-02-27 09:40 · Qwen2.5-1.5B-Instruct-Q4_K_M, SmolLM2-135M-Instruct-Q4_1 · 512 tokens",
    ),
    ("\u{1b}[2JHello", "2026-02-26 23:59 · one member · broken off"),
];

fn listed(screen: Screen, listing: Listing, traces: &[(&str, &str)]) -> Screen {
    let traces = traces
        .iter()
        .enumerate()
        .map(|(place, (title, detail))| ((*title).to_owned(), (*detail).to_owned(), format!("{place}.trace.jsonl").into()));
    told(screen, Message::Traces(listing, traces.collect()))
}
