//! Exits worked out by hand, and teams that must stay together.

use super::*;

const EVIDENCE: ExitSettings = ExitSettings {
    rule: ExitRule::Evidence { caution: 1.0, floor: 0.5, worst_quality: -10.0 },
    threshold: 0.5,
    count: ThresholdCount::Current,
    warm_up: 0,
    min_members: 1,
};

const PAPER: ExitSettings = ExitSettings { rule: ExitRule::Paper { temperature: 1.0, window: 5 }, ..EVIDENCE };

/// A run that removes the members that leave.
struct Run {
    settings: ExitSettings,
    state: ExitState,
    active: Vec<usize>,
}

impl Run {
    fn new(settings: ExitSettings, members: usize) -> Self {
        Self { settings, state: ExitState::new(members), active: (0..members).collect() }
    }

    /// One round with these values, as both score and quality; values of departed members are skipped.
    fn round(&mut self, values: &[Option<f64>]) -> Vec<Standing> {
        let quality =
            |&member: &usize| Quality { member: MemberIndex(member), score: values[member], mean_logprob: values[member] };
        let round: Vec<Quality> = self.active.iter().map(quality).collect();
        let standings = self.state.observe(&self.settings, &round, false);
        assert_eq!(standings.len(), round.len());
        let gone: Vec<usize> = standings.iter().filter(|standing| standing.exits).map(|standing| standing.member.0).collect();
        self.active.retain(|member| !gone.contains(member));
        standings
    }

    fn known(&mut self, values: &[f64]) -> Vec<Standing> {
        self.round(&values.iter().copied().map(Some).collect::<Vec<_>>())
    }

    /// The rounds (from 1) in which members left, and which.
    fn exits<R: AsRef<[f64]>>(&mut self, rounds: &[R]) -> Vec<(usize, usize)> {
        let mut exits = Vec::new();
        for (round, values) in rounds.iter().enumerate() {
            let gone = self.known(values.as_ref()).into_iter().filter(|standing| standing.exits);
            exits.extend(gone.map(|standing| (round + 1, standing.member.0)));
        }
        exits
    }
}

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-6, "{actual} instead of {expected}");
}

fn assert_stand(standings: &[Standing], cumulative: &[f64], retention: &[f64], threshold: f64, exits: &[bool]) {
    for (at, standing) in standings.iter().enumerate() {
        assert_near(standing.cumulative, cumulative[at]);
        assert_near(standing.retention, retention[at]);
        assert_near(standing.threshold, threshold);
        assert_eq!(standing.exits, exits[at]);
    }
}

/// Round 1 by hand: m = -2.4 / 3 = -0.8; deviations .6 .4 -1, squares .36 + .16 + 1 = 1.52, by 2 V = .76;
/// sqrt(.25 + .76) = 1.004988, times sqrt(ln 3 + ln 2 = 1.791759) gives τ = 1.345242 with H = ln 3, then H = 1.049237 and
/// τ = 1.326578; p of c = e^(-1 / 1.326578) / (2 + e^(-1 / 1.326578)) = .470563 / 2.470563 = .190469.
/// Round 2: deviations .5 .7 -1.2, squares 2.18 / 2: V = 1.85. c leaves: .149619 < .166667, and 2.2 - 1.2 = 1 >= .25.
/// Round 3: two are left, m = -.35, squares 2 · .0025 / 1: V = 1.855, threshold .5 / 2.
const CLEAR_LOSER: [[f64; 3]; 3] = [[-0.2, -0.4, -1.8], [-0.5, -0.3, -2.2], [-0.4, -0.3, f64::NAN]];

#[test]
fn a_clear_loser_leaves() {
    // The formula as documented: this undoes the lower caution of a small team.
    let rule = ExitRule::Evidence { caution: 1.0 / small_team(3), floor: 0.5, worst_quality: -10.0 };
    let mut run = Run::new(ExitSettings { rule, ..EVIDENCE }, 3);
    let sixth = 0.5 / 3.0;
    assert_stand(
        &run.known(&CLEAR_LOSER[0]),
        &[0.0, 0.0, -1.0],
        &[0.404_766, 0.404_766, 0.190_469],
        sixth,
        &[false, false, false],
    );
    assert_stand(
        &run.known(&CLEAR_LOSER[1]),
        &[0.0, 0.0, -2.2],
        &[0.425_190, 0.425_190, 0.149_619],
        sixth,
        &[false, false, true],
    );
    assert_stand(&run.known(&CLEAR_LOSER[2]), &[-0.05, 0.0], &[0.494_026, 0.505_974], 0.25, &[false, false]);
}

#[test]
fn how_many_always_stay_goes_by_the_team() {
    let least = |least: usize, initial: usize| ExitSettings { min_members: least, ..EVIDENCE }.least(initial);
    assert_eq!([0, 1, 2, 3, 4, 9].map(|initial| least(0, initial)), [1, 1, 1, 2, 3, 3]);
    assert_eq!([1, 3].map(|wanted| least(wanted, 2)), [1, 3], "what the user says holds");
}

#[test]
fn a_team_of_three_loses_a_useless_member_in_the_second_round() {
    let rounds = [[-0.9, -3.8, -0.5], [-1.1, -3.2, -0.4], [-0.8, -0.4, -0.4]];
    let exits = |members: usize, rounds: &[Vec<f64>]| {
        let rule = ExitRule::Evidence { caution: 1.25, floor: 0.5, worst_quality: -10.0 };
        Run::new(ExitSettings { rule, warm_up: 1, min_members: 0, ..EVIDENCE }, members).exits(rounds)
    };
    assert_eq!(exits(3, &rounds.map(|round| round.to_vec())), [(2, 1)]);
    let two = [[-0.5, -4.0], [-0.4, -3.9], [-0.5, -4.1]].map(|round| round.to_vec());
    assert_eq!(exits(2, &two), [(2, 1)], "of two one may stay");
    let close = [[-0.5, -0.9], [-0.6, -0.8], [-0.5, -1.1]].map(|round| round.to_vec());
    assert!(exits(2, &close).is_empty());
}

#[test]
fn equals_stay_together() {
    for settings in [EVIDENCE, PAPER] {
        for value in [-0.7, 0.0, 0.4] {
            let mut run = Run::new(settings, 4);
            for _ in 0..200 {
                for standing in run.known(&[value; 4]) {
                    assert_near(standing.retention, 0.25);
                    assert!(!standing.exits);
                }
            }
        }
    }
}

#[test]
fn impossible_text_every_round_is_out_in_the_second() {
    let rounds = [[-0.3, -0.5, f64::NEG_INFINITY]; 3];
    assert_eq!(Run::new(EVIDENCE, 3).exits(&rounds), [(2, 2)]);
}

#[test]
fn one_bad_round_is_forgiven() {
    let mut rounds = [[-0.5; 3]; 100];
    rounds[0] = [-0.5, -0.5, f64::NEG_INFINITY];
    assert_eq!(Run::new(EVIDENCE, 3).exits(&rounds), []);
}

#[test]
fn who_abstains_stays() {
    for settings in [EVIDENCE, PAPER] {
        for nothing in [None, Some(f64::NAN)] {
            let mut run = Run::new(settings, 3);
            for _ in 0..100 {
                assert!(!run.round(&[Some(-0.4), Some(-0.4), nothing])[2].exits);
            }
            assert_eq!(run.active, [0, 1, 2]);
        }
    }
}

#[test]
fn a_round_with_one_score_changes_nothing() {
    let mut run = Run::new(EVIDENCE, 3);
    let before = run.known(&CLEAR_LOSER[0]);
    assert_eq!(run.round(&[None, Some(-9.0), None]), before);
}

#[test]
fn the_scale_of_probabilities_does_not_matter() {
    // Probabilities times 0.1: all logarithms shift by the same amount.
    let shifted = CLEAR_LOSER.map(|round| round.map(|value| value + 0.1_f64.ln()));
    for table in [CLEAR_LOSER, shifted] {
        assert_eq!(Run::new(EVIDENCE, 3).exits(&table), [(2, 2)]);
    }
}

#[test]
fn a_duplicate_of_a_good_member_does_not_matter() {
    let doubled = CLEAR_LOSER.map(|[a, b, c]| [a, b, c, b]);
    assert_eq!(Run::new(EVIDENCE, 4).exits(&doubled), [(2, 2)]);
}

#[test]
fn of_two_equal_losers_one_leaves_a_round_and_the_later_first() {
    let rounds = [[-0.3, -0.3, -2.3, -0.3, -2.3]; 12];
    let exits = Run::new(EVIDENCE, 5).exits(&rounds);
    assert_eq!(exits.iter().map(|(_, member)| *member).collect::<Vec<_>>(), [4, 2]);
    assert!(exits[0].0 < exits[1].0);
}

#[test]
fn nobody_leaves_in_warm_up_nor_after_the_last_round_nor_below_the_least_number() {
    for (settings, last) in [
        (ExitSettings { warm_up: 2, ..EVIDENCE }, false),
        (ExitSettings { min_members: 3, ..EVIDENCE }, false),
        (ExitSettings { rule: ExitRule::Off, ..EVIDENCE }, false),
        (EVIDENCE, true),
    ] {
        let mut state = ExitState::new(3);
        for round in &CLEAR_LOSER[..2] {
            let quality =
                |(member, value): (usize, &f64)| Quality { member: MemberIndex(member), score: None, mean_logprob: Some(*value) };
            let round: Vec<Quality> = round.iter().enumerate().map(quality).collect();
            let standings = state.observe(&settings, &round, last);
            assert_eq!(standings.len(), 3);
            assert!(standings.iter().all(|standing| !standing.exits));
        }
    }
    let mut late = Run::new(ExitSettings { warm_up: 1, ..EVIDENCE }, 3);
    assert!(late.exits(&CLEAR_LOSER[..2]) == [(2, 2)]);
}

#[test]
fn the_threshold_counts_whom_it_is_told_to() {
    let mut run = Run::new(ExitSettings { count: ThresholdCount::Initial, ..EVIDENCE }, 3);
    for values in &CLEAR_LOSER {
        for standing in run.known(values) {
            assert_near(standing.threshold, 0.5 / 3.0);
        }
    }
    assert_eq!(run.active, [0, 1]);
}

/// Scores .6 .6 0: shares .5 .5 0, entropy ln 2, by ln 3 H = .630930, τ = 1.130930.
/// Round 1: Q = .6 .6 0, e^(.6 / 1.130930) = 1.699845, p = .386356 .386356 .227289.
/// Round 2: Q = 1.2 1.2 0, e^(1.2 / 1.130930) = 2.889472, p = .426242 .426242 .147516 < .166667: c leaves.
#[test]
fn the_papers_rule_sums_scores() {
    let mut run = Run::new(PAPER, 3);
    let sixth = 0.5 / 3.0;
    assert_stand(
        &run.known(&[0.6, 0.6, 0.0]),
        &[0.6, 0.6, 0.0],
        &[0.386_356, 0.386_356, 0.227_289],
        sixth,
        &[false, false, false],
    );
    assert_stand(
        &run.known(&[0.6, 0.6, 0.0]),
        &[1.2, 1.2, 0.0],
        &[0.426_242, 0.426_242, 0.147_516],
        sixth,
        &[false, false, true],
    );
}

/// Logarithms: ln .6, ln .3, ln .1 sum to 1 when exponentiated. H = (.306495 + .361192 + .230259) / ln 3 = .817345,
/// τ = 1.317345, Q as they are: -.510826, -1.203973, -2.302585. p is in proportion to .6^(1/τ) .3^(1/τ) .1^(1/τ) = .678569
/// .400942 .174140; the last, .138906, is below 1/6.
#[test]
fn the_papers_rule_exponentiates_logarithms_for_the_entropy_only() {
    let standings = Run::new(PAPER, 3).known(&[0.6_f64.ln(), 0.3_f64.ln(), 0.1_f64.ln()]);
    assert_stand(
        &standings,
        &[0.6_f64.ln(), 0.3_f64.ln(), 0.1_f64.ln()],
        &[0.541_274, 0.319_820, 0.138_906],
        0.5 / 3.0,
        &[false, false, true],
    );
}

#[test]
fn under_the_papers_rule_several_may_leave_but_not_too_many() {
    let values = [0.0, 9.0, 9.0, 0.5, 0.0];
    let mut run = Run::new(PAPER, 5);
    run.known(&values);
    assert_eq!(run.active, [1, 2]);
    // The lowest first, and the later first on ties.
    let mut run = Run::new(ExitSettings { min_members: 4, ..PAPER }, 5);
    run.known(&values);
    assert_eq!(run.active, [0, 1, 2, 3]);
    let mut run = Run::new(ExitSettings { min_members: 3, ..PAPER }, 5);
    run.known(&values);
    assert_eq!(run.active, [1, 2, 3]);
}

#[test]
fn one_brought_back_begins_level_with_the_best() {
    for (settings, loser) in [(EVIDENCE, -2.0), (PAPER, 0.0)] {
        let mut run = Run::new(settings, 3);
        let mut rounds = 0;
        while run.active.len() > 2 && rounds < 50 {
            run.known(&[0.0, if loser < 0.0 { -0.1 } else { 0.9 }, loser]);
            rounds += 1;
        }
        assert!(!run.active.contains(&2), "{settings:?}");
        run.state.readmit(MemberIndex(2));
        run.active = vec![0, 1, 2];
        let standings = run.round(&[None, None, None]);
        let best = standings[0].cumulative.max(standings[1].cumulative);
        assert_near(standings[2].cumulative, best);
        assert!(!standings[2].exits);
    }
}

#[test]
fn one_that_joins_later_begins_level_with_the_best() {
    let mut run = Run::new(PAPER, 2);
    run.known(&[0.9, 0.8]);
    run.active = vec![0, 1, 2];
    let standings = run.known(&[0.9, 0.8, 0.9]);
    assert_near(standings[2].cumulative, 1.8);
}

#[test]
fn the_rule_can_be_changed_during_a_run() {
    let mut run = Run::new(ExitSettings { rule: ExitRule::Off, ..EVIDENCE }, 3);
    run.known(&CLEAR_LOSER[0]);
    run.settings = EVIDENCE;
    assert!(run.known(&CLEAR_LOSER[1])[2].exits);
}
