//! Times worked out by hand, and properties of all of them.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::engine::fusion::params::Params;
use crate::engine::fusion::run::{Accepted, CallEnd, Work};

const DRAFT: Work = Work::Draft { first_token_ms: Some(2.0) };
const SCORE: Work = Work::Score { candidates: 1 };

fn call(member: usize, work: Work, begun_ms: f64, ended_ms: f64, end: CallEnd) -> Call {
    Call { member: MemberIndex(member), work, begun_ms, ended_ms, end }
}

fn round(started_ms: f64, accepted_ms: Option<f64>, overridden: bool, calls: Vec<Call>) -> Round {
    let members: Vec<MemberIndex> = (0..3).map(MemberIndex).collect();
    let mut round = Round::new(1, started_ms, Arc::new(Params::default()), members.clone(), members);
    round.calls = calls;
    round.accepted = accepted_ms.map(|t_ms| Accepted {
        author: Some(MemberIndex(0)),
        authors: vec![MemberIndex(0)],
        text: "x".into(),
        tokens: 1,
        ends: false,
        overridden,
        edited: false,
        t_ms,
    });
    round
}

/// Member 0 drafts fast and scores twice, member 1 drafts slowly and is waited for, member 2 fails and is dropped.
fn example() -> Round {
    let calls = vec![
        call(0, DRAFT, 100.0, 110.0, CallEnd::Answered),
        call(2, DRAFT, 100.0, 115.0, CallEnd::Failed),
        call(1, DRAFT, 100.0, 130.0, CallEnd::Answered),
        call(1, SCORE, 130.0, 135.0, CallEnd::Answered),
        call(0, SCORE, 130.0, 150.0, CallEnd::Answered),
        call(2, SCORE, 131.0, 150.0, CallEnd::Cancelled),
    ];
    round(100.0, Some(152.0), false, calls)
}

#[test]
fn the_path_goes_back_from_the_last_call_to_what_it_waited_for() {
    let timing = round_timing(&example(), 3);
    let steps: Vec<(Option<usize>, f64, f64)> = timing.path.iter().map(|step| (step.call, step.from_ms, step.to_ms)).collect();
    assert_eq!(steps, [(Some(2), 100.0, 130.0), (Some(4), 130.0, 150.0), (None, 150.0, 152.0)]);
    assert!(timing.is_critical(2) && !timing.is_critical(0));
}

#[test]
fn each_members_time_is_told_by_what_it_did() {
    let timing = round_timing(&example(), 3);
    let expected = [
        Busy { first_token_ms: 2.0, drafting_ms: 8.0, scoring_ms: 20.0, waiting_ms: 22.0, ..Busy::default() },
        Busy { first_token_ms: 2.0, drafting_ms: 28.0, scoring_ms: 5.0, waiting_ms: 17.0, ..Busy::default() },
        Busy { failed_ms: 15.0, cancelled_ms: 19.0, waiting_ms: 18.0, ..Busy::default() },
    ];
    assert_eq!(timing.members, expected);
    assert_eq!((timing.drafting_ms, timing.scoring_ms, timing.idle_ms()), (30.0, 20.0, 2.0));
}

#[test]
fn a_member_that_became_free_is_what_its_next_call_waited_for() {
    let calls = vec![
        call(0, DRAFT, 0.0, 10.0, CallEnd::Answered),
        call(1, DRAFT, 0.0, 10.0, CallEnd::Answered),
        call(0, SCORE, 10.0, 20.0, CallEnd::Answered),
    ];
    let timing = round_timing(&round(0.0, Some(20.0), false, calls), 3);
    assert_eq!(timing.path.iter().map(|step| step.call).collect::<Vec<_>>(), [Some(0), Some(2)]);
}

#[test]
fn what_a_person_takes_their_time_for_is_not_the_members() {
    let open = round(100.0, None, false, example().calls);
    assert!(near(round_timing(&open, 3).to_ms, 150.0), "an open round goes to its last call");
    let late = round(100.0, Some(9000.0), true, example().calls);
    assert!(near(round_timing(&late, 3).to_ms, 150.0));
    let written = round(100.0, Some(9000.0), true, Vec::new());
    assert!(near(round_timing(&written, 3).total_ms(), 8900.0));
}

#[test]
fn calls_at_once_have_rows_of_their_own() {
    let mut round = example();
    round.calls.push(call(0, SCORE, 140.0, 145.0, CallEnd::Answered));
    let rows = rows(&round);
    let expected = [(0, vec![0, 4]), (0, vec![6]), (1, vec![2, 3]), (2, vec![1, 5])];
    assert_eq!(rows, expected.map(|(member, calls)| (MemberIndex(member), calls)));
}

fn any_call() -> impl Strategy<Value = Call> {
    let work = prop_oneof![
        prop::option::of(-5.0_f64..60.0).prop_map(|first_token_ms| Work::Draft { first_token_ms }),
        (1_usize..5).prop_map(|candidates| Work::Score { candidates }),
    ];
    let end = prop_oneof![3 => Just(CallEnd::Answered), 1 => Just(CallEnd::Failed), 1 => Just(CallEnd::Cancelled)];
    // Whole numbers too: then calls start and end at the same moments, as in a run.
    let time = || prop_oneof![(0_u32..12).prop_map(|ten| f64::from(ten) * 10.0), -20.0_f64..140.0];
    (0_usize..3, work, time(), time(), end).prop_map(|(member, work, begun, ended, end)| call(member, work, begun, ended, end))
}

fn any_round() -> impl Strategy<Value = Round> {
    (prop::option::of(0.0_f64..130.0), any::<bool>(), prop::collection::vec(any_call(), 0..12))
        .prop_map(|(accepted, overridden, calls)| round(10.0, accepted, overridden, calls))
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}

proptest! {
    #[test]
    fn the_path_fills_the_round_and_goes_one_way(round in any_round()) {
        let timing = round_timing(&round, 3);
        let mut at = timing.from_ms;
        for step in &timing.path {
            prop_assert!(near(step.from_ms, at) && step.to_ms > step.from_ms, "{:?}", timing.path);
            at = step.to_ms;
        }
        prop_assert!(near(at, timing.to_ms));
        let mut calls: Vec<usize> = timing.path.iter().filter_map(|step| step.call).collect();
        prop_assert!(calls.iter().all(|call| round.calls[*call].end != CallEnd::Cancelled));
        let count = calls.len();
        calls.sort_unstable();
        calls.dedup();
        prop_assert_eq!(calls.len(), count, "no call is waited for twice");
    }

    #[test]
    fn every_members_time_adds_up_to_the_round(round in any_round()) {
        let timing = round_timing(&round, 3);
        for busy in &timing.members {
            prop_assert!(near(busy.total_ms(), timing.total_ms()), "{busy:?}");
            let parts = [busy.first_token_ms, busy.drafting_ms, busy.scoring_ms, busy.failed_ms, busy.cancelled_ms];
            prop_assert!(parts.iter().all(|part| *part >= 0.0));
        }
        prop_assert!(near(timing.drafting_ms + timing.scoring_ms + timing.idle_ms(), timing.total_ms()));
    }

    #[test]
    fn rows_hold_every_call_once_and_none_at_once(round in any_round()) {
        let rows = rows(&round);
        let mut all: Vec<usize> = rows.iter().flat_map(|(_, calls)| calls.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..round.calls.len()).collect::<Vec<_>>());
        for (member, calls) in &rows {
            prop_assert!(calls.iter().all(|call| round.calls[*call].member == *member));
            for pair in calls.windows(2) {
                prop_assert!(round.calls[pair[0]].ended_ms <= round.calls[pair[1]].begun_ms + SLACK_MS);
            }
        }
    }
}
