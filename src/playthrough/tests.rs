use std::sync::Arc;

use super::*;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::event::{Event, Limit, Outcome};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::Run;
use crate::engine::member::scripted::{Line, ScriptedMember};
use crate::engine::{Seat, wall_clock};

fn setup(members: Vec<ScriptedMember>) -> Setup {
    let names = ["a", "b", "c"];
    Setup {
        seats: names.iter().zip(members).map(|(name, member)| Seat::new(*name, Arc::new(member))).collect(),
        params: Params::default(),
        seed: 1,
        conversation: Conversation::question("Count!"),
        answers: Vec::new(),
        journal: None,
        clock: wall_clock(),
    }
}

fn counting() -> ScriptedMember {
    ScriptedMember::saying(&["One.", " Two.", " Three."], -0.1)
}

#[tokio::test]
async fn the_result_is_what_the_records_add_up_to() {
    let other = ScriptedMember::saying(&["Uno.", " Dos.", " Tres."], -0.3);
    let mut run = Playthrough::start(setup(vec![counting(), other]), std::future::pending()).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = run.next().await {
        records.push(record);
    }
    let (played, folded) = (run.end().await, Run::from_records(&records).unwrap());
    assert_eq!(played.text(), folded.answer());
    assert_eq!(Some(&played.summary()), folded.summary.as_ref());
    assert_eq!(played.segments.len(), folded.rounds.len());
    for (segment, round) in played.segments.iter().zip(&folded.rounds) {
        let best = round.ranked.as_ref().unwrap().candidates[0].score;
        assert!(best.is_some());
        assert_eq!(segment.score, best);
    }
    assert_eq!(played.outcome(), Some(&Outcome::Answered));
    assert!(played.started && !played.interrupted && played.failed_calls.is_empty());
    assert_eq!((played.unanswered(), played.limit()), (None, None));
    assert!(played.journal_error.is_none());
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_ends_with_its_last_event() {
    let silent = ScriptedMember::new(vec![Line::Stall]);
    let mut run = Playthrough::start(setup(vec![silent]), std::future::ready(())).await.unwrap();
    let mut last = None;
    while let Some(record) = run.next().await {
        last = Some(record.event);
    }
    assert!(matches!(last, Some(Event::RunFinished(_))), "{last:?}");
    let played = run.end().await;
    assert!(played.interrupted);
    assert_eq!((played.outcome(), played.unanswered()), (Some(&Outcome::Stopped), None));
}

#[tokio::test]
async fn a_member_whose_calls_all_fail_is_listed_and_leaves_and_the_last_one_leaves_no_answer() {
    let broken = || ScriptedMember::new(vec![Line::Fail("out of order".to_owned())]);
    let beside = play(setup(vec![broken(), counting()])).await;
    assert_eq!((beside.text(), beside.unanswered()), ("One. Two. Three.", None));
    assert!(!beside.failed_calls.is_empty());
    assert!(beside.failed_calls.iter().all(|call| &*call.member == "a" && call.error.contains("out of order")));
    let only = play(setup(vec![broken()])).await;
    assert!(only.started && only.departures.iter().any(|departure| &*departure.member == "a"), "{only:?}");
    assert!(
        matches!(only.unanswered(), Some(Unanswered::NoMembers { error }) if error.contains("out of order")),
        "{:?}",
        only.unanswered()
    );
}

#[tokio::test]
async fn a_run_that_cannot_start_says_why_and_has_no_trace() {
    let nothing_asked = Setup { conversation: Conversation::question(" "), ..setup(vec![counting()]) };
    let played = play(nothing_asked).await;
    assert_eq!(played.unanswered(), Some(Unanswered::Refused(SetupError::EmptyPrompt)));
    assert!(!played.started && played.mean_score().is_none());
}

#[tokio::test]
async fn the_limit_that_ended_an_answer_is_known() {
    let setup = setup(vec![counting()]);
    let played = play(Setup { params: Params { max_rounds: 1, ..Params::default() }, ..setup }).await;
    assert_eq!((played.text(), played.limit(), played.unanswered()), ("One.", Some(Limit::Rounds), None));
    let counts: LimitCounts = [Limit::Rounds, Limit::Tokens, Limit::Context, Limit::Tokens].into_iter().collect();
    assert_eq!(counts, LimitCounts { tokens: 2, rounds: 1, context: 1 });
}
