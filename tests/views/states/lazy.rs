//! Lazy drafting: `SmolLM2` 135M drafted, `Qwen2.5` 1.5B kept what it found likely and went on, as recorded once.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::trace;

use super::{State, after, pressed};

pub fn states() -> Vec<State> {
    let token = |event: &Event| matches!(event, Event::Token { .. });
    let draft = |event: &Event| matches!(event, Event::DraftFinished(_));
    let accepted = |event: &Event| matches!(event, Event::Accepted { .. });
    vec![
        State::new("lazy-drafting", move |size| after(size, &up_to(token))),
        State::new("lazy-checking", move |size| after(size, &up_to(draft))).over("lazy-drafting"),
        State::new("lazy-kept", move |size| after(size, &up_to(accepted))).over("lazy-drafting"),
        State::new("lazy-why", move |size| pressed(after(size, &up_to(accepted)), "e")).over("lazy-kept"),
        State::new("lazy-answered", |size| after(size, &recorded())).over("lazy-kept"),
    ]
}

fn recorded() -> Vec<Record> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/lazy.trace.jsonl");
    trace::read(&path).unwrap().records
}

/// Up to the first event of this kind in the first round of which a part was kept and another was not.
fn up_to(kind: impl Fn(&Event) -> bool) -> Vec<Record> {
    let records = recorded();
    let in_part = |record: &&Record| match &record.event {
        Event::DraftFinished(draft) => draft.kept.as_ref().is_some_and(|kept| kept.bytes > 0 && kept.rejected.is_some()),
        _ => false,
    };
    let round = records.iter().find(in_part).unwrap().round;
    let end = records.iter().position(|record| record.round == round && kind(&record.event)).unwrap();
    records[..=end].to_vec()
}
