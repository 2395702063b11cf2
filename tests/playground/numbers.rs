//! Whatever numbers a trace holds, nothing computed from it fails: an edited or damaged file must not crash the program, and
//! nothing overflows (which a build with checks, like this one, would not survive).

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use serde_json::Value;
use specfuse::engine::fusion::MemberIndex;
use specfuse::engine::fusion::event::{CandidateScore, Event, Record, Usage};
use specfuse::engine::fusion::params::Params;
use specfuse::engine::fusion::rescore::Recorded;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::fusion::single::single;
use specfuse::engine::fusion::skipped::{cancelled, skipped};
use specfuse::engine::fusion::timing::{round_timing, rows, run_timing};
use specfuse::engine::fusion::what_if::WhatIf;
use specfuse::engine::replay::Player;
use specfuse::engine::trace;
use specfuse::export::{ExportError, Format, render, render_all};
use specfuse::playground::state::Message;
use specfuse::playground::state::action::ACTIONS;

use super::support::{self, feed, frame};
use super::{runs, support::press};

/// Numbers that this program never writes.
const ODD: [&str; 20] = [
    "0",
    "-0.0",
    "1",
    "-1",
    "0.5",
    "2",
    "1e-320",
    "1e308",
    "-1e308",
    "1e39",
    "1e15",
    "-1e15",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551614",
    "18446744073709551615",
    "null",
];

/// Which numbers of a trace are replaced, counted cyclically.
#[derive(Debug, Clone)]
enum Edit {
    /// A single one.
    One(usize),
    /// All those under one of the keys.
    Alike(usize),
}

/// Every number of a value with its key.
fn numbers<'a>(value: &'a mut Value, key: &str, found: &mut Vec<(String, &'a mut Value)>) {
    match value {
        Value::Number(_) => found.push((key.to_owned(), value)),
        Value::Array(values) => {
            for value in values {
                numbers(value, key, found);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                numbers(value, key, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The lines of a run with other numbers in it.
fn edited(records: &[Record], edits: &[(Edit, &str)]) -> Vec<Value> {
    let mut lines: Vec<Value> = records.iter().map(|record| serde_json::to_value(record).unwrap()).collect();
    for (edit, odd) in edits {
        let odd: Value = serde_json::from_str(odd).unwrap();
        let mut found = Vec::new();
        for line in &mut lines {
            numbers(line, "", &mut found);
        }
        let keys: Vec<String> = found.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        match edit {
            Edit::One(place) => {
                let count = found.len();
                *found[place % count].1 = odd;
            }
            Edit::Alike(place) => {
                let key = &keys[place % keys.len()];
                found.into_iter().filter(|(of, _)| of == key).for_each(|(_, value)| *value = odd.clone());
            }
        }
    }
    lines
}

/// The part of it that is still a trace, after a round trip through a file.
fn read_back(lines: &[Value]) -> Option<Vec<Record>> {
    let text: String = lines.iter().map(|line| line.to_string() + "\n").collect();
    let read = trace::parse("x.jsonl".as_ref(), text.as_bytes()).ok()?;
    let _ = read.warnings();
    Some(read.records)
}

fn figures(run: &Run) {
    let summary = run.summarise();
    assert_eq!(summary.members.len(), run.members.len());
    let _ = (run.calls_saved(), run.cost(), run.tokens(), run.answer(), run.departures().len());
    let _ = (run_timing(run), single(run));
    for round in &run.rounds {
        let _ = (round_timing(round, run.members.len()), rows(round), skipped(run, round), cancelled(round));
    }
    let recorded = Recorded::of(run);
    let other = Params { feedback: true, exit_warm_up: 0, ..Params::default() };
    for params in [&run.header.params, &Params::default(), &other] {
        let rescored = recorded.rescore(params);
        assert!(rescored.len() <= run.rounds.len());
        let _ = WhatIf::of(run, &recorded, params);
    }
}

fn documents(records: &[Record], run: &Run) {
    for (format, _) in Format::NAMES {
        match render(run, *format) {
            Ok(_) | Err(ExportError::NoSegment) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let all: Vec<Vec<Run>> =
        trace::conversations(records).into_iter().map(|runs| runs.into_iter().filter_map(Run::from_records).collect()).collect();
    let _ = render_all(&all, Format::Html);
}

fn played(records: &[Record]) {
    let mut player = Player::new(records.to_vec());
    let mut now = 0.0;
    while let Some(deadline) = player.deadline(now) {
        assert!(deadline.is_finite());
        now = deadline;
        player.due(now);
        assert!(player.run_ms(now).is_finite());
    }
    assert!(player.is_over());
}

/// The replay on the screen, with every overlay opened.
fn screens(records: &[Record]) {
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    for part in records.chunks(records.len().div_ceil(3).max(1)) {
        feed(&mut state, part);
        frame(&mut state);
    }
    state.update(Message::Replayed { playing: false, speed: 1.0, over: true });
    let all: Vec<&str> = ACTIONS.iter().filter_map(|entry| entry.keys.first().copied()).collect();
    for chord in std::iter::once("left").chain(all) {
        press(&mut state, chord);
        frame(&mut state);
        if state.looking.overlay.is_some() {
            for key in ["down", "right", "tab"] {
                press(&mut state, key);
            }
            frame(&mut state);
            press(&mut state, "esc");
        }
        state.state.writing.active = false;
    }
}

fn all_runs() -> &'static [Vec<Record>] {
    static RUNS: OnceLock<Vec<Vec<Record>>> = OnceLock::new();
    RUNS.get_or_init(|| runs::all().into_iter().map(|(_, records)| records).collect())
}

fn edit() -> impl Strategy<Value = (Edit, &'static str)> {
    let edit = prop_oneof![any::<usize>().prop_map(Edit::One), any::<usize>().prop_map(Edit::Alike)];
    (edit, prop::sample::select(&ODD[..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_made_of_odd_numbers_fails(run in any::<usize>(), edits in prop::collection::vec(edit(), 1..12)) {
        let records = &all_runs()[run % all_runs().len()];
        if let Some(records) = read_back(&edited(records, &edits))
            && let Some(run) = Run::from_records(&records)
        {
            figures(&run);
            documents(&records, &run);
            played(&records);
            screens(&records);
        }
    }
}

/// Times that no file can hold, but a program can.
#[test]
fn times_that_are_no_numbers_are_survived() {
    for time in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -1.0, 0.0] {
        for (place, records) in all_runs().iter().enumerate() {
            let mut records = records.clone();
            for (at, record) in records.iter_mut().enumerate() {
                if (at + place) % 3 == 0 {
                    record.t_ms = time;
                }
                match &mut record.event {
                    Event::DraftFinished(draft) => (draft.first_token_ms, draft.elapsed_ms) = (time, time),
                    Event::Score { elapsed_ms, .. } => *elapsed_ms = time,
                    _ => {}
                }
            }
            let run = Run::from_records(&records).unwrap();
            figures(&run);
            documents(&records, &run);
            played(&records);
            if place == 1 {
                screens(&records);
            }
        }
    }
}

#[test]
fn counts_from_outside_stand_still_at_the_greatest() {
    let mut records = all_runs()[1].clone();
    for record in &mut records {
        match &mut record.event {
            Event::DraftFinished(draft) => {
                (draft.drawn, draft.forwards) = (usize::MAX, u64::MAX);
                draft.usage = Usage::counted(u64::MAX, u64::MAX, u64::MAX);
            }
            Event::Score { forwards, .. } => *forwards = u64::MAX,
            Event::Accepted { tokens, .. } => *tokens = usize::MAX,
            _ => {}
        }
    }
    let summary = Run::from_records(&records).unwrap().summarise();
    assert_eq!(summary.tokens, usize::MAX);
    let busiest = summary.members.iter().find(|member| member.segments > 1).unwrap();
    assert_eq!((busiest.tokens, busiest.forwards, busiest.drawn), (usize::MAX, u64::MAX, usize::MAX));
    assert_eq!(busiest.usage.prompt_tokens, u64::MAX);
}

/// A table of every verifier and every candidate would take 70 GB here.
#[test]
fn members_by_the_thousand_take_no_table_of_each_against_each() {
    let mut records = all_runs()[1].clone();
    let Event::RunStarted(header) = &mut records[0].event else { panic!("a header") };
    let one = header.members[0].clone();
    header.members.extend(
        (0..66_000)
            .map(|place| specfuse::engine::fusion::event::MemberHeader { name: format!("extra {place}").into(), ..one.clone() }),
    );
    let last: Arc<str> = "extra 65999".into();
    for record in &mut records {
        if let Event::Score { scores, .. } = &mut record.event {
            scores.push(CandidateScore {
                candidate: Arc::clone(&last),
                logprobs: vec![-0.5],
                preference: None,
                end_logprob: None,
            });
        }
    }
    let run = Run::from_records(&records).unwrap();
    assert_eq!(run.index(&last), run.members.len().checked_sub(1).map(MemberIndex));
    assert_eq!(run.summarise().members.len(), run.members.len());
    assert!(render(&run, Format::Json).is_ok());
    let mut state = support::state(120, 40);
    state.update(Message::Opened { file: "x".to_owned(), warning: None });
    feed(&mut state, &records);
    frame(&mut state);
}
