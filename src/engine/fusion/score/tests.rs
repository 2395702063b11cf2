//! Scores worked out by hand.

use super::*;

const PLAIN: ScoreSettings =
    ScoreSettings { rule: ScoringRule::MeanProb, normalisation: Normalisation::None, outlier_ratio: None };

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-6, "{actual} instead of {expected}");
}

fn assert_all_near(actual: &[Option<f64>], expected: &[Option<f64>]) {
    assert_eq!(actual.len(), expected.len());
    for (a, b) in actual.iter().zip(expected) {
        assert!(
            a.zip(*b).map_or(a.is_none() && b.is_none(), |(a, b)| (a - b).abs() < 1e-6),
            "{actual:?} instead of {expected:?}"
        );
    }
}

/// Ranks candidates of one token each: `rows[verifier]` has a weight and the token's probability per candidate, `None` if it
/// abstained.
fn rank_probabilities(rows: &[(f64, &[Option<f32>])], settings: ScoreSettings) -> Ranking {
    let candidates = rows.first().map_or(0, |(_, row)| row.len());
    let mut cells = Grid::filled(rows.len(), candidates, None);
    for (place, (_, row)) in rows.iter().enumerate() {
        for (cell, probability) in cells[place].iter_mut().zip(*row) {
            *cell = probability.and_then(|p| TokenScores::of(&[p.ln()], 1)).map(Cell::Tokens);
        }
    }
    let weights: Vec<f64> = rows.iter().map(|(weight, _)| *weight).collect();
    rank(&cells, &weights, settings)
}

/// Probabilities .5 and .25 over 4 characters: mean .375; sqrt(.125) = .353553; ln .5 + ln .25 = -.693147 - 1.386294.
#[test]
fn every_rule_has_its_score() {
    let (logprobs, characters) = ([0.5_f32.ln(), 0.25_f32.ln()], 4);
    for (rule, expected) in [
        (ScoringRule::MeanProb, 0.375),
        (ScoringRule::Geometric, 0.353_553),
        (ScoringRule::MeanLogprob, -1.039_721),
        (ScoringRule::MinProb, 0.25),
        (ScoringRule::PerChar, -0.519_860),
        (ScoringRule::SumLogprob, -2.079_442),
    ] {
        assert_near(rule.score(&logprobs, characters).unwrap(), expected);
        assert_eq!(rule.is_logarithmic(), expected < 0.0);
    }
}

#[test]
fn a_cell_that_says_nothing_has_no_score() {
    for rule in ScoringRule::ALL.iter().copied() {
        for logprobs in [&[][..], &[-1.0, f32::NAN], &[f32::INFINITY]] {
            assert_eq!(rule.score(logprobs, 3), None);
        }
    }
}

#[test]
fn probability_zero_is_the_worst_there_is() {
    let (logprobs, characters) = ([0.5_f32.ln(), f32::NEG_INFINITY], 3);
    for (rule, expected) in [
        (ScoringRule::MeanProb, 0.25),
        (ScoringRule::Geometric, 0.0),
        (ScoringRule::MinProb, 0.0),
        (ScoringRule::MeanLogprob, LOG_ZERO),
        (ScoringRule::PerChar, LOG_ZERO),
        (ScoringRule::SumLogprob, LOG_ZERO),
    ] {
        assert_near(rule.score(&logprobs, characters).unwrap(), expected);
    }
    assert!(LOG_ZERO.exp() <= 0.0);
}

#[test]
fn an_end_without_text_is_one_character_and_rounding_is_no_probability_above_one() {
    assert_near(ScoringRule::PerChar.score(&[-2.0], 0).unwrap(), -2.0);
    assert_near(ScoringRule::MeanProb.score(&[1e-6], 1).unwrap(), 1.0);
}

/// .9 .3 and .1 .5: means .5 and .4.
#[test]
fn the_mean_decides() {
    let ranking = rank_probabilities(&[(1.0, &[Some(0.9), Some(0.3)]), (1.0, &[Some(0.1), Some(0.5)])], PLAIN);
    assert_all_near(&ranking.scores, &[Some(0.5), Some(0.4)]);
    assert_eq!(ranking.order, [0, 1]);
    assert_near(ranking.margin.unwrap(), 0.1);
    // With weights 1 and 3: (.9 + .3) / 4 = .3 and (.3 + 1.5) / 4 = .45.
    let ranking = rank_probabilities(&[(1.0, &[Some(0.9), Some(0.3)]), (3.0, &[Some(0.1), Some(0.5)])], PLAIN);
    assert_all_near(&ranking.scores, &[Some(0.3), Some(0.45)]);
    assert_eq!(ranking.order, [1, 0]);
}

#[test]
fn ties_go_to_the_earlier_candidate() {
    let ranking = rank_probabilities(
        &[(1.0, &[Some(0.2), Some(0.5), Some(0.3), Some(0.5)]), (1.0, &[Some(0.2), Some(0.3), Some(0.5), Some(0.3)])],
        PLAIN,
    );
    assert_eq!(ranking.order, [1, 2, 3, 0]);
    assert_eq!(ranking.margin, Some(0.0));
}

/// The second verifier abstains on the first candidate: its mean is over the others' .6 and .2 only. All abstain on the third.
#[test]
fn who_abstains_is_left_out() {
    let ranking = rank_probabilities(
        &[(1.0, &[Some(0.6), Some(0.1), None]), (1.0, &[None, Some(0.9), None]), (1.0, &[Some(0.2), Some(0.8), None])],
        PLAIN,
    );
    assert_all_near(&ranking.scores, &[Some(0.4), Some(0.6), None]);
    assert_eq!(ranking.order, [1, 0, 2]);
    let nothing = rank_probabilities(&[(1.0, &[None, None])], PLAIN);
    assert_eq!((nothing.order, nothing.margin), (vec![0, 1], None));
    assert_eq!(rank(&Grid::filled(0, 2, None), &[], PLAIN).scores, [None, None]);
    assert_eq!(rank(&Grid::filled(0, 0, None), &[], PLAIN).order, [0; 0]);
}

#[test]
fn weights_of_zero_have_no_say_unless_all_are() {
    let rows: [&[Option<f32>]; 2] = [&[Some(0.8), Some(0.2)], &[Some(0.4), None]];
    for (weights, expected) in
        [([0.0, 1.0], [0.4, 0.2]), ([0.0, 0.0], [0.6, 0.2]), ([-1.0, f64::NAN], [0.6, 0.2]), ([f64::MAX, f64::MAX], [0.6, 0.2])]
    {
        let ranking = rank_probabilities(&[(weights[0], rows[0]), (weights[1], rows[1])], PLAIN);
        assert_all_near(&ranking.scores, &expected.map(Some));
    }
}

#[test]
fn scores_are_normalised_over_what_a_verifier_did_score() {
    let row: &[Option<f32>] = &[Some(0.6), None, Some(0.2)];
    let shares = |rule, normalisation| {
        rank_probabilities(&[(1.0, row)], ScoreSettings { rule, normalisation, ..PLAIN }).verifier_scores[0].to_vec()
    };
    let three_quarters = [Some(0.75), None, Some(0.25)];
    assert_all_near(&shares(ScoringRule::MeanProb, Normalisation::SumToOne), &three_quarters);
    // e^ln .6 and e^ln .2 give the same shares.
    assert_all_near(&shares(ScoringRule::SumLogprob, Normalisation::SumToOne), &three_quarters);
    assert_all_near(&shares(ScoringRule::SumLogprob, Normalisation::Softmax { temperature: 1.0 }), &three_quarters);
    // e^(.6 / .2) = e^3 against e^1: 1 / (1 + e^-2) = .880797.
    let softmax = shares(ScoringRule::MeanProb, Normalisation::Softmax { temperature: 0.2 });
    assert_all_near(&softmax, &[Some(0.880_797), None, Some(0.119_203)]);
    let sharp = shares(ScoringRule::MeanProb, Normalisation::Softmax { temperature: 0.0 });
    assert_all_near(&sharp, &[Some(1.0), None, Some(0.0)]);
}

#[test]
fn who_finds_everything_impossible_prefers_none() {
    for rule in ScoringRule::ALL.iter().copied() {
        let settings = ScoreSettings { rule, normalisation: Normalisation::SumToOne, ..PLAIN };
        let ranking = rank_probabilities(&[(1.0, &[Some(0.0), None, Some(0.0)])], settings);
        assert_all_near(&ranking.verifier_scores[0], &[Some(0.5), None, Some(0.5)]);
    }
}

/// .9 / .05 = 18 > 10: .9 and .05 are dropped. .8 / .1 = 8 is not.
#[test]
fn outliers_are_dropped_in_pairs() {
    let robust = ScoreSettings { outlier_ratio: Some(10.0), ..PLAIN };
    let rows: [(f64, &[Option<f32>]); 3] = [
        (1.0, &[Some(0.9), Some(0.8), Some(0.3), Some(0.9)]),
        (1.0, &[Some(0.4), Some(0.6), Some(0.2), None]),
        (1.0, &[Some(0.05), Some(0.1), Some(0.0), Some(0.01)]),
    ];
    let ranking = rank_probabilities(&rows, robust);
    // Probability 0 exceeds any ratio; two votes are always kept.
    assert_all_near(&ranking.scores, &[Some(0.4), Some(0.5), Some(0.2), Some(0.455)]);
    // The same as logarithms: ln .4; (ln .8 + ln .6 + ln .1) / 3 = -1.012185; ln .2; (ln .9 + ln .01) / 2 = -2.355265.
    let ranking = rank_probabilities(&rows, ScoreSettings { rule: ScoringRule::SumLogprob, ..robust });
    assert_all_near(&ranking.scores, &[Some(-0.916_291), Some(-1.012_185), Some(-1.609_438), Some(-2.355_265)]);
    // All 0: there is no outlier.
    let zero: (f64, &[Option<f32>]) = (1.0, &[Some(0.0)]);
    assert_all_near(&rank_probabilities(&[zero, zero, zero], robust).scores, &[Some(0.0)]);
}
