//! Lazy drafting: `SmolLM2` 135M drafted, `Qwen2.5` 1.5B kept what it found likely and went on, as recorded once.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::engine::trace;

use crate::snapshots::{SIZES, after, check};
use crate::support::press;

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

#[test]
fn one_drafts_ahead() {
    for size in SIZES {
        check("lazy-drafting", size, &mut after(size, &up_to(|event| matches!(event, Event::Token { .. }))));
    }
}

#[test]
fn the_other_checks_what_was_drafted() {
    for size in SIZES {
        check("lazy-checking", size, &mut after(size, &up_to(|event| matches!(event, Event::DraftFinished(_)))));
    }
}

#[test]
fn a_part_was_kept() {
    for size in SIZES {
        check("lazy-kept", size, &mut after(size, &up_to(|event| matches!(event, Event::Accepted { .. }))));
    }
}

#[test]
fn why_no_more_was_kept() {
    for size in SIZES {
        let mut state = after(size, &up_to(|event| matches!(event, Event::Accepted { .. })));
        press(&mut state, "e");
        check("lazy-why", size, &mut state);
    }
}

#[test]
fn the_answer_shows_who_wrote_which_part() {
    for size in SIZES {
        check("lazy-answered", size, &mut after(size, &recorded()));
    }
}
