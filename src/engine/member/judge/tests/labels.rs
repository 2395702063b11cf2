//! Judging by label log-probabilities: what is trusted, what is asked again, what is given up.

use super::*;

#[test]
fn a_fair_judge_by_labels_is_believed() {
    let judge = fair_labels();
    let candidates = candidates(&[" the Seine", " the Rhine", " a hill"]);
    let judged = judge_labels(&judge, &candidates, 7).unwrap();
    let roots: Vec<f64> = candidates.iter().map(|candidate| worth(&candidate.text).sqrt()).collect();
    let expected: Vec<f32> = roots.iter().map(|root| (root / roots.iter().sum::<f64>()) as f32).collect();
    assert!(close(&judged.preferences, &expected), "{judged:?} {expected:?}");
    assert_eq!(judged.calls, 2);
    assert_eq!(judged.usage, Usage::counted(200, 20, 2));
    for ask in judge.asked().iter() {
        assert_eq!((ask.max_tokens, ask.top_logprobs, ask.json), (1, Some(20), false));
        assert_eq!(ask.labels, ["A", "B", "C"]);
        assert!(ask.user.ends_with("Reply with one letter only: A, B, C."));
    }
}

#[test]
fn orders_that_disagree_by_far_are_averaged() {
    // In each order another candidate is best, but one of them is far worse in the other.
    let judge = Script::new(|call, shown: &[Shown]| {
        let of = |piece: &str| match (call, piece) {
            (0, " piece 0") => 0.5,
            (0, " piece 1") => 0.45,
            (_, " piece 0") => 0.05,
            (_, " piece 1") => 0.9,
            _ => 0.01,
        };
        Ok(by_label(shown, &shown.iter().map(|shown| of(&shown.piece)).collect::<Vec<_>>()))
    });
    let judged = judge_labels(&judge, &letters(3), 1).unwrap();
    assert_eq!(judged.calls, 2);
    assert!(judged.preferences[1] > judged.preferences[0] && judged.preferences[0] > judged.preferences[2], "{judged:?}");
}

#[test]
fn shifts_that_fail_leave_the_two_orders() {
    let judge = Script::new(|call, shown: &[Shown]| match call {
        0 | 1 => Ok(by_label(shown, &[0.8, 0.1, 0.1])),
        _ => Err(MemberError::Failed("gone".to_owned())),
    });
    let judged = judge_labels(&judge, &letters(3), 1).unwrap();
    assert_eq!(judged.calls, 4);
    assert!((judged.preferences.iter().sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn a_server_without_log_probabilities_is_not_asked_again() {
    let silent = Script::new(|_, _: &[Shown]| Ok(Reply { text: "A".to_owned(), ..Reply::default() }));
    let error = judge_labels(&silent, &letters(2), 0).unwrap_err();
    assert!(matches!(&error, JudgeError::NoLabels { reason, .. } if reason.contains("no log-probabilities")), "{error}");
    assert_eq!(error.spent().calls, 2);
}

#[test]
fn a_call_that_fails_fails_the_judgement() {
    let source = MemberError::TimedOut { seconds: 9 };
    let judge = Script::new(|call, shown: &[Shown]| match call {
        0 => Ok(by_label(shown, &[0.5, 0.5])),
        _ => Err(MemberError::TimedOut { seconds: 9 }),
    });
    let error = judge_labels(&judge, &letters(2), 0).unwrap_err();
    assert!(matches!(&error, JudgeError::Call { source: found, .. } if *found == source));
    assert_eq!(error.spent().usage.prompt_tokens, 100);
}
