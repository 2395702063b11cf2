use super::*;

fn row(scores: &[f64]) -> ScoreRow {
    scores.iter().copied().map(Some).collect()
}

fn assert_near(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (a, b) in actual.iter().zip(expected) {
        assert!((a - b).abs() < 1e-6, "{actual:?} instead of {expected:?}");
    }
}

/// Verifier 1 gives member 0's candidate .4 and its own .2: reward of 0 is .4 / .6 = 2/3. Verifier 0 gives member 1's .3 and
/// its own .6: 1/3. η = 10/10 · sqrt(1/2) / 1 = .707107; w0 / w1 = e^(.707107 / 3) = 1.265797; w0 = 1.265797 / 2.265797.
#[test]
fn of_two_members_the_better_gains() {
    let scores = [row(&[0.6, 0.3]), row(&[0.4, 0.2])];
    assert_near(&rewards(&scores, 2), &[2.0 / 3.0, 1.0 / 3.0]);
    let mut weights = [0.5, 0.5];
    update(&mut weights, &scores, 1, 10.0);
    assert_near(&weights, &[0.558_654, 0.441_346]);
    // The same as logarithms.
    let logarithms = scores.map(|row| row.into_iter().map(|score| score.map(f64::ln)).collect());
    assert_near(&rewards(&logarithms, 2), &[2.0 / 3.0, 1.0 / 3.0]);
}

#[test]
fn of_two_members_who_mirror_each_other_neither_gains() {
    for scores in [[row(&[0.6, 0.3]), row(&[0.3, 0.6])], [row(&[0.0, 0.0]), row(&[0.0, 0.0])]] {
        let mut weights = [0.5, 0.5];
        update(&mut weights, &scores, 1, 10.0);
        assert_near(&weights, &[0.5, 0.5]);
    }
    // One member abstained from all: nothing is learned.
    let mut weights = [0.3, 0.7];
    update(&mut weights, &[row(&[0.6, 0.1]), vec![None, None]], 1, 10.0);
    assert_near(&weights, &[0.3, 0.7]);
}

/// Of 4 comparisons each: 0 wins all; 1 wins only one (verifier 0, against 2); 2 wins none. η = sqrt(1/3) / 2 = .288675;
/// e^.288675 = 1.334658, e^(.288675 / 4) = 1.074837, e^0 = 1; their sum is 3.409495.
#[test]
fn of_three_members_wins_are_counted() {
    let scores = [row(&[0.9, 0.5, 0.1]), row(&[0.8, 0.6, 0.1]), row(&[0.7, 0.2, 0.3])];
    assert_near(&rewards(&scores, 3), &[1.0, 0.25, 0.0]);
    let mut weights = [1.0 / 3.0; 3];
    update(&mut weights, &scores, 2, 10.0);
    assert_near(&weights, &[0.391_453, 0.315_248, 0.293_299]);
    // A tie is a win for both.
    assert_near(&rewards(&[row(&[0.5; 3]), row(&[0.5; 3]), row(&[0.5; 3])], 3), &[1.0; 3]);
}

/// Without verifier 2: 0 wins 2 of 2 according to verifier 1, 1 wins 1 of 2 according to verifier 0, 2 wins none of 4.
#[test]
fn abstentions_are_left_out() {
    let scores = [row(&[0.9, 0.5, 0.1]), row(&[0.8, 0.6, 0.1]), vec![None, Some(f64::NAN), None]];
    assert_near(&rewards(&scores, 3), &[1.0, 0.5, 0.0]);
    // No verifier scored member 2: it gets the mean of the others.
    let scores = [vec![Some(0.9), Some(0.5), None], vec![Some(0.8), Some(0.6), None], row(&[0.7, 0.2, 0.3])];
    assert_near(&rewards(&scores, 3), &[1.0, 0.0, 0.5]);
    assert_near(&rewards(&[], 3), &[0.0; 3]);
}

#[test]
fn odd_numbers_do_no_harm() {
    let mut alone = [0.4];
    update(&mut alone, &[row(&[0.1])], 1, 10.0);
    assert_near(&alone, &[0.4]);
    let scores = [row(&[0.9, 0.1]), row(&[0.9, 0.1])];
    let mut weights = [0.0, f64::NAN];
    update(&mut weights, &scores, 0, f64::NAN);
    assert_near(&weights, &[0.5, 0.5]);
    let mut weights = [0.5, 0.5];
    update(&mut weights, &scores, 1, 1e300);
    assert_near(&weights, &[1.0, 0.0]);
    assert!(weights[1] > 0.0, "it can come back");
}
