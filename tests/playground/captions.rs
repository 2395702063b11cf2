//! The sentence at the top, for a table of rounds and moments.

use specfuse::engine::fusion::event::{Event, Record};
use specfuse::playground::state::{Look, Message, Screen};
use unicode_width::UnicodeWidthStr;

use super::runs;
use super::support::{self, feed, press, recorded};

fn played(records: &[Record]) -> Screen {
    let mut state = support::state(120, 40);
    state.state.writing.active = false;
    feed(&mut state, records);
    state.prepare();
    state
}

/// What is said once all is played, or of the round with that number.
fn said(records: &[Record], number: Option<usize>) -> String {
    let mut state = played(records);
    state.state.looking.round = number.map(|number| Look { answer: 0, round: number - 1 });
    state.prepare();
    let sentence = &state.scene.sentence;
    format!("{}{}", sentence.about, sentence.caption.longest())
}

#[test]
fn every_kind_of_round_and_end_is_said() {
    let recorded = recorded();
    let table: Vec<(Vec<Record>, Option<usize>, &str)> = vec![
        (
            recorded.clone(),
            Some(1),
            "round 1: atlas decided it: 1.00 for its own \"Tokyo\", .035 for \"Lisbon\" (lexicon, second by .184); the other 4 hardly care",
        ),
        (
            recorded.clone(),
            Some(2),
            "round 2: abacus decided it: .999 for its own \"75\", .022 for \"114\" (almanac, second by .170)",
        ),
        (recorded.clone(), Some(3), "round 3: lexicon mattered most: .999 for its own \"cowardly\", .078 for \"narrow\""),
        (recorded.clone(), Some(4), "round 4: all 4 drafted the same: the answer ends here"),
        (
            recorded,
            None,
            "3 members wrote it: atlas 1, abacus 1, lexicon 1 of 3 segments; babble left after round 3: .096 is below .100",
        ),
        (runs::steered(), Some(1), "round 1: a tie: a's \"a\" and b's \"b\" score the same, and a is listed first"),
        (runs::steered(), Some(33), "round 33: not finished: nothing of it was accepted"),
        (runs::steered(), None, "stopped by hand after 32 segments: `space` goes on, `a` asks again"),
        (runs::stopped_at_once(), None, "stopped by hand before anything was accepted"),
        (runs::failed(), None, "no member is left that can draft: a: failed: gone for good"),
        (runs::unanimous(), Some(1), "round 1: all 3 drafted the same: accepted without a vote"),
        (runs::overridden(), Some(1), "round 1: chosen by hand: b's draft; "),
        (runs::mixed(), Some(2), "round 2: a decided it: .550 for its own \"a\", .150 for \"d\" (d, second by .018)"),
    ];
    for (records, number, expected) in table {
        let said = said(&records, number);
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn a_live_run_that_is_lost_is_not_a_recording_that_ends() {
    let records = recorded();
    let begun = records.iter().position(|record| matches!(record.event, Event::Accepted { .. })).unwrap();
    let mut state = played(&records[..begun]);
    state.update(Message::RunEnded(Some("disk full".to_owned())));
    state.prepare();
    let said = state.scene.sentence.caption.longest();
    assert!(said.starts_with("the run was lost in round 1: `space` takes it up again"), "{said}");
}

#[test]
fn while_votes_come_it_is_said_who_is_ahead_with_how_many_votes() {
    let records = recorded();
    let ranked = records.iter().position(|record| matches!(record.event, Event::Ranked(_))).unwrap();
    let said = said(&records[..ranked], None);
    assert!(said.starts_with("round 1: atlas is ahead") && said.contains("5 of 5 votes are complete"), "{said}");
}

#[test]
fn the_page_of_reasons_begins_with_the_caption_and_leaves_each_verifier_out() {
    let mut state = played(&recorded());
    state.state.looking.round = Some(Look { answer: 0, round: 0 });
    state.prepare();
    press(&mut state, "e");
    let lines: Vec<String> =
        state.scene.overlay.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect();
    assert!(lines[1].starts_with("atlas decided it: 1.00 for its own"), "{lines:?}");
    let all = lines.join("\n");
    assert!(
        all.contains("without atlas          lexicon") && all.contains("without own scores") && all.contains("one vote each: "),
        "{all}"
    );
}

/// Every form is shorter than the one before it is allowed to be, and what does not fit is never chosen if another form does.
#[test]
fn a_width_gets_the_longest_form_that_fits() {
    for (name, records) in runs::all() {
        let mut state = played(&records);
        for place in 0..support::newest(&state).rounds.len() {
            state.state.looking.round = Some(Look { answer: 0, round: place });
            state.prepare();
            let caption = &state.scene.sentence.caption;
            let shortest = caption.forms().iter().map(|form| form.width()).min().unwrap();
            for columns in [60_u16, 80, 120, 200] {
                let fitting = caption.fitting(columns);
                assert!(fitting.width() <= usize::from(columns) || shortest > usize::from(columns), "{name}: {fitting}");
                assert!(!fitting.is_empty(), "{name}");
            }
        }
    }
}
