//! Rescoring compared with an independent computation, straight from the formulas, on random runs under random knobs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::float_cmp, clippy::match_same_arms, reason = "the formulas as they are written")]

#[path = "../support/recorded.rs"]
mod recorded;
mod reference;

use proptest::prelude::*;
use specfuse::engine::fusion::break_points::BreakPoints;
use specfuse::engine::fusion::event::Record;
use specfuse::engine::fusion::exit::ThresholdCount;
use specfuse::engine::fusion::params::{Choice, Params};
use specfuse::engine::fusion::rescore::{Recorded, RescoredRound, rescore};
use specfuse::engine::fusion::run::Run;
use specfuse::engine::fusion::score::ScoringRule;
use specfuse::engine::fusion::weights::WeightRule;
use specfuse::engine::fusion::what_if::WhatIf;

use recorded::{Shape, record};
use reference::{Expected, expect};

/// Random knobs that affect the vote.
fn any_params() -> impl Strategy<Value = Params> {
    let choice = |names: &'static [&'static str]| prop::sample::select(names);
    let scoring = (
        choice(ScoringRule::LIST),
        choice(&["none", "none", "sum-to-one", "softmax"]),
        0.05_f64..2.0,
        any::<bool>(),
        1.5_f64..12.0,
        any::<bool>(),
    );
    let exit = (
        choice(&["off", "paper", "evidence", "evidence"]),
        0.2_f64..1.0,
        choice(ThresholdCount::LIST),
        0_usize..4,
        0_usize..4,
        any::<bool>(),
        (0.1_f64..1.5, 0.05_f64..0.8, -12.0_f64..-1.0),
        (0.05_f64..1.5, 1_usize..8),
    );
    let end = (choice(WeightRule::LIST), prop_oneof![Just(0.0), 0.05_f64..0.95], any::<bool>(), any::<bool>());
    (scoring, exit, end, any::<bool>(), 0.0_f64..60.0).prop_map(|(scoring, exit, end, feedback, rate)| {
        let mut params = Params::default();
        for (knob, name) in [("scoring", scoring.0), ("normalisation", scoring.1), ("exit", exit.0), ("exit-count", exit.2)] {
            params.set_text(knob, name).unwrap();
        }
        params.set_text("weights", end.0).unwrap();
        (params.end_threshold, params.end_majority, params.set_aside) = (end.1, end.2, end.3);
        (params.softmax_temperature, params.outlier_filter, params.outlier_ratio) = (scoring.2, scoring.3, scoring.4);
        (params.score_end, params.exit_threshold, params.exit_warm_up) = (scoring.5, exit.1, exit.3);
        (params.exit_min_members, params.exit_keep_verifying) = (exit.4, exit.5);
        (params.exit_caution, params.exit_floor, params.exit_worst_quality) = exit.6;
        (params.exit_temperature, params.exit_window) = exit.7;
        (params.feedback, params.feedback_rate) = (feedback, rate);
        params
    })
}

fn any_shape() -> impl Strategy<Value = Shape> {
    (1_usize..7, 1_usize..16, 1_usize..6, prop::bool::weighted(0.8)).prop_map(|(members, rounds, tokens, odd)| Shape {
        members,
        rounds,
        tokens,
        odd,
    })
}

/// Whether the figures agree up to rounding. `Ok(false)` if the rest depends on a tie that rounding decides.
fn agree(again: &RescoredRound, expected: &Expected) -> Result<bool, TestCaseError> {
    prop_assert_eq!(&again.drafters, &expected.drafters);
    prop_assert_eq!(again.ranking.len(), expected.scores.len());
    for (key, score) in &again.ranking {
        let (_, by_hand) = expected.scores.iter().find(|(known, _)| known == key).unwrap();
        prop_assert_eq!(score.is_some(), by_hand.is_some());
        if let Some((a, b)) = score.zip(*by_hand) {
            prop_assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{} instead of {}", a, b);
        }
    }
    for (place, weight) in expected.weights.iter().enumerate() {
        prop_assert!((again.weights[place] - weight).abs() < 1e-9, "{:?} instead of {:?}", again.weights, expected.weights);
    }
    prop_assert_eq!(again.standings.len(), expected.standings.len());
    for (standing, (member, retention, threshold)) in again.standings.iter().zip(&expected.standings) {
        prop_assert_eq!(standing.member, *member);
        prop_assert!((standing.retention - retention).abs() < 1e-7, "{} instead of {}", standing.retention, retention);
        prop_assert!((standing.threshold - threshold).abs() < 1e-12);
    }
    if expected.is_close {
        return Ok(false);
    }
    prop_assert_eq!(again.winner, expected.winner);
    prop_assert_eq!(&again.exits, &expected.exits);
    Ok(true)
}

fn run_of(records: &[Record]) -> Run {
    Run::from_records(records).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn rescoring_is_what_the_formulas_say(shape in any_shape(), seed: u64, played in any_params(), tried in any_params()) {
        let run = run_of(&record(&shape, seed, &played));
        let again = rescore(&run, &tried);
        for (again, expected) in again.iter().zip(expect(&run, &tried)) {
            if !agree(again, &expected)? {
                break;
            }
        }
    }

    #[test]
    fn rescoring_under_the_knobs_of_the_run_finds_what_happened(shape in any_shape(), seed: u64, params in any_params()) {
        let run = run_of(&record(&shape, seed, &params));
        let again = rescore(&run, &run.params);
        for (again, round) in again.iter().zip(run.rounds.iter().filter(|round| round.accepted.is_some())) {
            let ranked = round.ranked.as_ref().unwrap();
            prop_assert!(!again.differs);
            let scores: Vec<Option<f64>> = ranked.candidates.iter().map(|candidate| candidate.score).collect();
            prop_assert_eq!(scores, again.ranking.iter().map(|(_, score)| *score).collect::<Vec<_>>());
            let retention: Vec<f64> = ranked.standings.iter().map(|standing| standing.retention).collect();
            prop_assert_eq!(retention, again.standings.iter().map(|standing| standing.retention).collect::<Vec<_>>());
            prop_assert_eq!(round.accepted.as_ref().unwrap().author, again.author);
            for (name, weight) in &ranked.weights {
                prop_assert_eq!(*weight, again.weights[run.index(name).unwrap().0]);
            }
        }
    }

    /// However a run grows, a comparison that follows it knows the same as one that starts late.
    #[test]
    fn a_run_can_be_followed_while_it_grows(shape in any_shape(), seed: u64, params in any_params(), step in 1_usize..40) {
        let records = record(&shape, seed, &params);
        let mut run = Run::from_records(&records[..1]).unwrap();
        let mut followed = Recorded::default();
        for some in records[1..].chunks(step) {
            for record in some {
                run.apply(record);
            }
            followed.follow(&run);
            prop_assert_eq!(followed.len(), run.rounds.iter().filter(|round| round.accepted.is_some()).count());
        }
        prop_assert_eq!(followed.rescore(&params), rescore(&run, &params));
        // Another run replaces it.
        let other = run_of(&record(&Shape { members: shape.members + 1, ..shape }, seed, &params));
        followed.follow(&other);
        prop_assert_eq!(followed.rescore(&params), rescore(&other, &params));
    }

    #[test]
    fn at_every_exit_threshold_those_leave_that_the_break_points_name(
        shape in any_shape(),
        seed in any::<u64>(),
        params in any_params(),
        others in prop::collection::vec(1e-6_f64..1.0, 4),
    ) {
        let run = run_of(&record(&shape, seed, &params));
        let recorded = Recorded::of(&run);
        let spans = BreakPoints::of(&recorded, run.members.len(), &params).spans;
        prop_assert!(!spans.is_empty());
        prop_assert!(spans.windows(2).all(|pair| pair[0].above < pair[1].above && pair[0].leaves != pair[1].leaves));
        let around = spans.iter().skip(1).flat_map(|span| [span.above - 1e-10, span.above + 1e-10]);
        for exit_threshold in around.chain(others).filter(|threshold| (1e-6..1.0).contains(threshold)) {
            // Two that are nearer to each other than the step around them are not told apart.
            if spans.iter().filter(|span| (span.above - exit_threshold).abs() < 2e-10).count() > 1 {
                continue;
            }
            let claimed = &spans.iter().rfind(|span| span.above < exit_threshold).unwrap().leaves;
            let replay = WhatIf::of(&run, &recorded, &Params { exit_threshold, ..params.clone() });
            prop_assert_eq!(&replay.leaves, claimed, "at {} of {:?}", exit_threshold, &spans);
        }
    }
}
