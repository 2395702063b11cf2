//! The engine with its real driver and scripted members: faults, time limits, cancelling, the trace.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use specfuse::engine::fusion::conversation::Conversation;
use specfuse::engine::fusion::event::{Event, Outcome, Record, Role};
use specfuse::engine::fusion::params::{Choice, ExitKind, NormalisationKind, Params};
use specfuse::engine::fusion::rescore::rescore;
use specfuse::engine::fusion::run::Run;
use specfuse::engine::fusion::score::ScoringRule;
use specfuse::engine::member::scripted::{Line, ScriptedMember};
use specfuse::engine::round::Command;
use specfuse::engine::trace::{self, Journal, TraceError};
use specfuse::engine::{Engine, Seat, Setup, SetupError};
use tokio::sync::Semaphore;

#[path = "engine/lazy.rs"]
mod lazy;
#[path = "engine/patience.rs"]
mod patience;
#[path = "engine/tiers.rs"]
mod tiers;

fn seat(name: &str, member: ScriptedMember) -> Seat {
    Seat::new(name, Arc::new(member))
}

fn say(text: &str, logprob: f32, ends: bool) -> Line {
    Line::Say { text: text.to_owned(), logprob, ends }
}

fn params(changes: &[(&str, &str)]) -> Params {
    let mut params = Params::default();
    for (name, value) in [("segment", "tokens"), ("exit", "off"), ("exit-min-members", "1")].iter().chain(changes) {
        params.set_text(name, value).unwrap();
    }
    params
}

fn setup(seats: Vec<Seat>, changes: &[(&str, &str)]) -> Setup {
    Setup {
        seats,
        params: params(changes),
        seed: 7,
        conversation: Conversation::question("Why?"),
        answers: Vec::new(),
        journal: None,
        clock: Box::new(|| 0.0),
    }
}

/// Three members: the first knows the first half of the answer, the second the second.
fn team() -> Vec<Seat> {
    vec![
        seat("a", ScriptedMember::saying(&["The sky,", " is green."], -0.1).thinking(" is blue.", -0.2).otherwise(-3.0)),
        seat("b", ScriptedMember::saying(&["A sky,", " is blue."], -0.2).thinking("The sky,", -0.3).otherwise(-3.0)),
        seat("c", ScriptedMember::saying(&["Sky,", " is wet."], -4.0).thinking("The sky,", -0.3).thinking(" is blue.", -0.3)),
    ]
}

async fn records(setup: Setup) -> Vec<Record> {
    let mut engine = Engine::start(setup).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = engine.next_event().await {
        records.push(record);
    }
    records
}

async fn play(setup: Setup) -> Run {
    Run::from_records(&records(setup).await).unwrap()
}

fn outcome(run: &Run) -> Outcome {
    match &run.phase {
        specfuse::engine::fusion::run::Phase::Finished(outcome) => outcome.clone(),
        other => panic!("the run is {other:?}"),
    }
}

#[tokio::test]
async fn members_write_together_what_none_writes_alone() {
    let run = play(setup(team(), &[])).await;
    assert_eq!((run.answer().as_str(), outcome(&run)), ("The sky, is blue.", Outcome::Answered));
}

#[tokio::test]
async fn tokens_come_before_the_end_of_their_draft() {
    let records = records(setup(team(), &[])).await;
    for (place, record) in records.iter().enumerate() {
        if let Event::DraftFinished(draft) = &record.event {
            let told = records[..place].iter().rev().take_while(|earlier| !matches!(earlier.event, Event::RoundStarted { .. }));
            let told = told.filter(|earlier| matches!(&earlier.event, Event::Token { member, .. } if *member == draft.member));
            assert_eq!(told.count(), draft.drawn - usize::from(draft.ends), "{draft:?}");
        }
    }
}

#[tokio::test]
async fn a_panic_while_drafting_costs_that_member_only() {
    let mut seats = team();
    seats.push(seat("d", ScriptedMember::new(vec![Line::Panic])));
    let run = play(setup(seats, &[])).await;
    assert_eq!(run.answer(), "The sky, is blue.");
    let reason = run.members[3].exit.as_ref().unwrap().reason.in_words();
    assert!(reason.contains("as the script says"), "{reason}");
}

#[tokio::test]
async fn a_panic_while_scoring_abstains_and_ends_that_member() {
    let mut seats = team();
    seats[2] = seat("c", ScriptedMember::saying(&["Sky,", " is wet."], -4.0).panicking_when_scoring());
    let run = play(setup(seats, &[])).await;
    assert_eq!(run.answer(), "The sky, is blue.");
    assert!(!run.members[2].is_active());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_stalls_is_dropped_at_its_time_limit() {
    let mut seats = team();
    seats.push(seat("d", ScriptedMember::new(vec![Line::Stall])));
    seats.push(seat("e", ScriptedMember::saying(&["E", " is e."], -9.0).stalling_when_scoring()));
    let records = records(setup(seats, &[("draft-seconds", "2"), ("score-seconds", "3"), ("max-failures", "1")])).await;
    let run = Run::from_records(&records).unwrap();
    assert_eq!(run.answer(), "The sky, is blue.");
    assert_eq!(run.members[3].exit.as_ref().unwrap().reason.in_words(), "failed: no answer within 2 s");
    let stopped = |record: &Record| record.trouble().filter(|_| matches!(record.event, Event::TierLowered { .. }));
    let stopped: Vec<String> = records.iter().filter_map(stopped).collect();
    assert_eq!(stopped, ["e stops verifying and goes on drafting: failed: no answer within 3 s"]);
}

#[tokio::test]
async fn when_every_member_fails_the_run_says_so() {
    let seats = vec![
        seat("a", ScriptedMember::new(vec![Line::Fail("out of order".to_owned())])),
        seat("b", ScriptedMember::new(vec![Line::Nothing])),
    ];
    let run = play(setup(seats, &[])).await;
    assert!(matches!(outcome(&run), Outcome::NoMembers { .. }), "{:?}", run.phase);
    assert_eq!(run.answer(), "");
}

#[tokio::test]
async fn what_was_accepted_before_every_member_failed_is_kept() {
    let seats = vec![seat("a", ScriptedMember::new(vec![say("kept,", -0.1, false), Line::Fail("gone".to_owned())]))];
    let run = play(setup(seats, &[])).await;
    assert_eq!(run.answer(), "kept,");
    assert!(matches!(outcome(&run), Outcome::NoMembers { .. }));
}

#[tokio::test]
async fn a_member_whose_context_is_too_small_takes_no_part() {
    let mut seats = team();
    seats.push(seat("d", ScriptedMember::saying(&["D."], -0.01).with_context(100, 200)));
    let run = play(setup(seats, &[])).await;
    assert_eq!(run.answer(), "The sky, is blue.");
    let exit = run.members[3].exit.as_ref().unwrap();
    assert_eq!(exit.round, 0);
    assert!(exit.reason.in_words().contains("200 tokens"), "{exit:?}");
}

#[tokio::test]
async fn a_prompt_that_fits_nobody_names_every_member_and_its_tokens() {
    let seats = vec![
        seat("a", ScriptedMember::saying(&["A."], -0.1).with_context(100, 200)),
        seat("b", ScriptedMember::saying(&["B."], -0.1).with_context(50, 300)),
    ];
    let error = Engine::start(setup(seats, &[])).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, SetupError::PromptTooLong { .. }));
    for part in ["a:", "200 tokens", "100", "b:", "300 tokens", "50"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_run_that_cannot_begin_says_why() {
    let mut empty = setup(team(), &[]);
    empty.conversation = Conversation::question(" \n\t");
    assert_eq!(Engine::start(empty).await.unwrap_err(), SetupError::EmptyPrompt);
    let mut same = team();
    same[1].name = "a".to_owned();
    assert_eq!(Engine::start(setup(same, &[])).await.unwrap_err(), SetupError::SameName { name: "a".to_owned() });
    let mut verifiers = team();
    for seat in &mut verifiers {
        seat.role = Role::Verify;
    }
    assert_eq!(Engine::start(setup(verifiers, &[])).await.unwrap_err(), SetupError::NoDrafter);
    let mut weight = team();
    weight[0].weight = Some(f64::NAN);
    assert!(matches!(Engine::start(setup(weight, &[])).await.unwrap_err(), SetupError::BadWeight { .. }));
}

#[tokio::test]
async fn roles_are_kept() {
    let mut seats = team();
    seats[0].role = Role::Draft;
    seats[1].role = Role::Verify;
    let records = records(setup(seats, &[])).await;
    for record in &records {
        match &record.event {
            Event::RoundStarted { drafters, verifiers, .. } => {
                assert_eq!((drafters.len(), verifiers.len()), (2, 2));
                assert!(!drafters.contains(&"b".into()) && !verifiers.contains(&"a".into()));
            }
            Event::Score { member, .. } => assert_ne!(&**member, "a"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_member_that_cannot_score_never_is_asked_to() {
    let mut seats = team();
    seats[2] = seat("c", ScriptedMember::saying(&["Sky,", " is wet."], -4.0).draft_only());
    let run = play(setup(seats, &[])).await;
    assert!(run.rounds.iter().flat_map(|round| round.scores()).all(|cell| cell.verifier.0 != 2));
}

#[tokio::test]
async fn commands_reach_a_run_under_way_and_refusals_come_back_as_warnings() {
    let gate = Arc::new(Semaphore::new(0));
    let seats = vec![
        seat("a", ScriptedMember::saying(&["one,", "two."], -0.1).behind(Arc::clone(&gate))),
        seat("b", ScriptedMember::saying(&["uno,", "dos."], -0.2).behind(Arc::clone(&gate))),
    ];
    let mut engine = Engine::start(setup(seats, &[])).await.unwrap();
    let commands = engine.commands();
    commands.send(Command::Exclude { member: "nobody".to_owned() }).await.unwrap();
    commands.send(Command::Exclude { member: "a".to_owned() }).await.unwrap();
    let (mut warned, mut excluded, mut text) = (false, false, String::new());
    while let Some(record) = engine.next_event().await {
        match record.event {
            Event::Warning { text } => warned = text.contains("nobody"),
            Event::Exited { member, .. } => {
                excluded = &*member == "a";
                gate.add_permits(100);
            }
            Event::Accepted { text: segment, .. } => text.push_str(&segment),
            _ => {}
        }
    }
    assert!(warned && excluded);
    assert_eq!(text, "uno,dos.");
    assert!(engine.ended().await.journal_error.is_none());
}

#[tokio::test]
async fn dropping_the_engine_drops_every_call() {
    let gate = Arc::new(Semaphore::new(0));
    let engine = Engine::start(setup(vec![seat("a", ScriptedMember::saying(&["x."], -0.1).behind(Arc::clone(&gate)))], &[]))
        .await
        .unwrap();
    drop(engine);
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&gate), 1, "the member and its waiting call are gone");
}

#[tokio::test]
async fn the_trace_holds_every_event_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let mut setup = setup(team(), &[]);
    setup.journal = Some(Journal::create(&path).unwrap());
    let told = records(setup).await;
    let read = trace::read(&path).unwrap();
    assert_eq!((read.records, read.torn_bytes), (told, 0));
    assert!(matches!(Journal::create(&path), Err(TraceError::File { .. })), "a trace is never overwritten");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_ends_the_trace_but_not_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    // `/dev/full` refuses every byte, as a full disk does.
    let journal = Journal::onto(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap(), &path);
    let mut setup = setup(team(), &[]);
    setup.journal = Some(journal);
    let mut engine = Engine::start(setup).await.unwrap();
    let (mut text, mut warnings) = (String::new(), Vec::new());
    while let Some(record) = engine.next_event().await {
        match record.event {
            Event::Accepted { text: segment, .. } => text.push_str(&segment),
            Event::Warning { text } => warnings.push(text),
            _ => {}
        }
    }
    assert_eq!(text, "The sky, is blue.");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(engine.ended().await.journal_error.is_some());
}

#[test]
fn files_that_are_no_traces_are_refused_by_name() {
    let refused = |bytes: &[u8]| trace::parse(Path::new("x.jsonl"), bytes).unwrap_err().to_string();
    assert!(refused(b"").contains("x.jsonl"));
    assert!(refused(b"{\"a\": 1}\n").contains("header"));
    assert!(refused(b"\xff\xfe\n").contains("UTF-16"));
    assert!(refused(b"\xff\xff\n").contains("header"));
    assert!(refused(b"{\"format\": \"specfuse-trace\", \"version\": 99}\n").contains("version 99"));
}

fn a_trace() -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let records = runtime.block_on(records(setup(team(), &[])));
    records.iter().flat_map(|record| (serde_json::to_string(record).unwrap() + "\n").into_bytes()).collect()
}

#[test]
fn a_trace_cut_at_any_byte_reads_back_to_its_last_whole_line() {
    let bytes = a_trace();
    let whole = trace::parse(Path::new("x"), &bytes).unwrap().records;
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for cut in 0..bytes.len() {
        let lines = bytes[..cut].split(|byte| *byte == b'\n').count() - 1;
        // A line that only lacks its line feed is whole.
        let all_but_feed = bytes[cut] == b'\n';
        match trace::parse(Path::new("x"), &bytes[..cut]) {
            Ok(read) => {
                assert_eq!(read.records, whole[..lines + usize::from(all_but_feed)]);
                let torn = bytes[..cut].len() - bytes[..cut].iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
                assert_eq!(read.torn_bytes, if all_but_feed { 0 } else { torn });
                assert_eq!(read.faults, []);
            }
            Err(error) => assert!(cut < header, "cut at {cut}: {error}"),
        }
    }
}

#[test]
fn a_broken_line_in_the_middle_is_named() {
    let mut bytes = a_trace();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    bytes[second] = b'#';
    let read = trace::parse(Path::new("x"), &bytes).unwrap();
    let told = read.warning().unwrap();
    assert!(told.starts_with("line 2 is not an event and is left out"), "{told}");
    let whole = trace::parse(Path::new("x"), &a_trace()).unwrap().records;
    assert_eq!(read.records.len(), whole.len() - 1);
}

proptest! {
    /// Whatever the members draft and score, rescoring a run under its own parameters finds what happened, and a run is what its
    /// records add up to.
    #[test]
    fn rescoring_under_the_same_parameters_changes_nothing(
        says in prop::collection::vec(prop::collection::vec("[a-d]{1,3}", 4), 2..5),
        sure in prop::collection::vec(-5.0f32..0.0, 2..5),
        thinks in prop::collection::vec(("[a-d]{1,3}", -5.0f32..0.0), 0..8),
        rule in prop::sample::select(ScoringRule::LIST),
        exit in prop::sample::select(ExitKind::LIST),
        normalisation in prop::sample::select(NormalisationKind::LIST),
        feedback in any::<bool>(),
    ) {
        let seats = says.iter().zip(sure.iter().chain(std::iter::repeat(&-1.0))).enumerate().map(|(place, (lines, sure))| {
            let segments: Vec<&str> = lines.iter().map(String::as_str).collect();
            let member = thinks.iter().fold(ScriptedMember::saying(&segments, *sure), |member, (text, logprob)| member.thinking(text, *logprob));
            seat(&format!("m{place}"), member)
        });
        let feedback = if feedback { "on" } else { "off" };
        let changes = [("scoring", rule), ("exit", exit), ("normalisation", normalisation), ("feedback", feedback), ("exit-warm-up", "0")];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let run = runtime.block_on(play(setup(seats.collect(), &changes)));
        let rescored = rescore(&run, &run.header.params.clone());
        prop_assert_eq!(rescored.len(), run.rounds.len());
        for (round, again) in run.rounds.iter().zip(&rescored) {
            prop_assert!(!again.differs, "round {}", round.number);
            prop_assert_eq!(&round.drafters, &again.drafters);
            let ranked = round.ranked.as_ref().unwrap();
            let scores: Vec<_> = ranked.candidates.iter().map(|candidate| candidate.score).collect();
            prop_assert_eq!(scores, again.ranking.iter().map(|(_, score)| *score).collect::<Vec<_>>());
            let retentions: Vec<_> = ranked.standings.iter().map(|standing| standing.retention).collect();
            prop_assert_eq!(retentions, again.standings.iter().map(|standing| standing.retention).collect::<Vec<_>>());
        }
    }
}

#[test]
fn another_rule_would_have_had_another_winner() {
    // a drafts one improbable word among certain ones; b is lukewarm throughout: mean probability prefers a, the least probable
    // token prefers b.
    let records = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
        let a = ScriptedMember::new(vec![say("sure sure sure sure no.", -0.05, true)]).thinking("so so so so so.", -0.9);
        let b = ScriptedMember::new(vec![say("so so so so so.", -0.9, true)]).thinking("sure sure sure sure no.", -0.05);
        records(setup(vec![seat("a", a), seat("b", b)], &[("scoring", "mean-prob")])).await
    });
    let mut records = records;
    for record in &mut records {
        match &mut record.event {
            Event::Token { member, token } if &**member == "a" && token.text == "no." => token.logprob = Some(-6.0),
            Event::Score { member, scores, .. } if &**member == "b" => scores[0].logprobs[4] = -6.0,
            _ => {}
        }
    }
    let run = Run::from_records(&records).unwrap();
    assert_eq!(run.answer(), "sure sure sure sure no.");
    let rescored = rescore(&run, &params(&[("scoring", "min-prob")]));
    assert!(rescored[0].differs);
    assert_eq!(rescored[0].winner, run.index("b"));
}
