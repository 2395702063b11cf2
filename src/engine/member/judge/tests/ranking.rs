//! Judging by a ranking in words.

use super::*;

#[test]
fn a_fair_judge_in_words_is_believed() {
    let judge = fair_ranking();
    let candidates = candidates(&[" the Seine", " the Rhine", " a hill"]);
    let judged = judge_ranking(&judge, &candidates, 7).unwrap();
    let mut order: Vec<usize> = (0..3).collect();
    order.sort_by(|a, b| worth(&candidates[*b].text).total_cmp(&worth(&candidates[*a].text)));
    let weights: Vec<f64> = vec![2.0_f64.exp(), 1.0_f64.exp(), 1.0];
    for (candidate, weight) in order.iter().zip(&weights) {
        let expected = (weight / weights.iter().sum::<f64>()) as f32;
        assert!((judged.preferences[*candidate] - expected).abs() < 1e-5, "{judged:?}");
    }
    assert_eq!(judged.calls, 2);
    for ask in judge.asked().iter() {
        assert_eq!((ask.top_logprobs, ask.json, ask.labels.len()), (None, true, 0));
    }
}

#[test]
fn a_third_order_settles_what_two_leave_open() {
    let judge = Script::new(|call, shown: &[Shown]| {
        let ranking = match call {
            0 => [0, 1, 2],
            1 => [1, 0, 2],
            _ => [1, 2, 0],
        };
        let label = |piece: usize| shown.iter().find(|shown| shown.piece == format!(" piece {piece}")).unwrap().label.clone();
        Ok(in_words(ranking.into_iter().map(label)))
    });
    let judged = judge_ranking(&judge, &letters(3), 4).unwrap();
    assert_eq!(judged.calls, 3);
    // Points: 2 + 1 + 0, 1 + 2 + 2, 0 + 0 + 1.
    let expected = softmax(&[1.0, 5.0 / 3.0, 1.0 / 3.0], 1.0);
    assert!(close(&judged.preferences, &expected), "{judged:?}");
}
