//! Properties of both ways of judging.

use std::sync::Arc;

use super::*;
use crate::engine::fusion::candidate::CandidateText;

#[test]
fn a_judge_that_goes_by_labels_or_places_prefers_nobody() {
    for count in 2..=9 {
        let first = Script::new(|_, shown: &[Shown]| {
            let mut probabilities = vec![0.1 / shown.len() as f64; shown.len()];
            probabilities[0] = 0.9;
            Ok(by_label(shown, &probabilities))
        });
        let judged = judge_labels(&first, &letters(count), 5).unwrap();
        assert!(all_equal(&judged.preferences), "{judged:?}");
        assert_eq!(judged.calls, if count == 2 { 2 } else { 1 + count });

        let as_shown = Script::new(|_, shown: &[Shown]| Ok(in_words(shown.iter().map(|shown| shown.label.clone()))));
        let judged = judge_ranking(&as_shown, &letters(count), 5).unwrap();
        assert!(all_equal(&judged.preferences), "{judged:?}");
        assert_eq!(judged.calls, 2);
    }
}

#[test]
fn a_reply_that_is_no_judgement_is_asked_for_once_more() {
    let plain =
        |text: &str| Reply { text: text.to_owned(), first_token: vec![("The".to_owned(), -0.1)], usage: Usage::default() };
    let stubborn = Script::new(move |_, _: &[Shown]| Ok(plain("The best is hard to tell")));
    let spent = Spent { usage: Usage::counted(400, 40, 4), calls: 4 };
    let error = judge_labels(&stubborn, &letters(2), 0).unwrap_err();
    assert_eq!(error.spent(), spent);
    assert_eq!(error.to_string(), "it cannot judge by labels: its reply begins with \"The\", which is the label of no candidate");
    let stubborn = Script::new(move |_, _: &[Shown]| Ok(plain("I\ncannot \"rank\"")));
    let error = judge_ranking(&stubborn, &letters(2), 0).unwrap_err();
    assert_eq!(error.spent(), spent);
    assert_eq!(
        error.to_string(),
        "its reply is no ranking of the candidates, also when asked again: \"I\\ncannot \\\"rank\\\"\""
    );

    // Only the first of all calls fails: its order is asked again in other words.
    let late = Script::new(move |call, shown: &[Shown]| if call == 0 { Ok(plain("")) } else { Ok(by_label(shown, &[0.5, 0.5])) });
    assert_eq!(judge_labels(&late, &letters(2), 0).unwrap().calls, 3);
    let asked = late.asked();
    let strict = asked.iter().find(|ask| !ask.user.contains("Reply with one letter only")).unwrap();
    assert!(strict.user.contains("single character, one of A, B"));
    let start = strict.user.find("</candidates").unwrap();
    assert!(asked.iter().any(|ask| ask != strict && ask.user.get(..start) == strict.user.get(..start)));
    drop(asked);
    let late =
        Script::new(
            move |call, shown: &[Shown]| {
                if call == 0 { Ok(plain("Hm.")) } else { Ok(in_words(shown.iter().map(|shown| shown.label.clone()))) }
            },
        );
    assert_eq!(judge_ranking(&late, &letters(2), 0).unwrap().calls, 3);
}

#[test]
fn more_candidates_than_labels_are_refused_without_a_call() {
    let judge = fair_labels();
    let question = Question { conversation: &conversation(), accepted: ACCEPTED, candidates: &letters(9), seed: 0 };
    assert_eq!(now(by_labels(&judge, 8, &question)), Err(JudgeError::TooMany { candidates: 9, most: 8 }));
    assert_eq!(now(by_labels(&judge, 9, &question)).unwrap().preferences.len(), 9);
    let asked = judge.asked().len();
    assert_eq!(judge_labels(&judge, &letters(27), 0), Err(JudgeError::TooMany { candidates: 27, most: 20 }));
    assert_eq!(judge_ranking(&judge, &letters(27), 0), Err(JudgeError::TooMany { candidates: 27, most: 26 }));
    assert_eq!(judge.asked().len(), asked);
    assert_eq!(judge_ranking(&fair_ranking(), &letters(26), 0).unwrap().preferences.len(), 26);
}

#[test]
fn one_candidate_or_none_takes_no_call() {
    let judge = fair_labels();
    for count in 0..2 {
        assert_eq!(judge_labels(&judge, &letters(count), 0).unwrap().preferences, vec![1.0; count]);
        assert_eq!(judge_ranking(&judge, &letters(count), 0).unwrap().preferences, vec![1.0; count]);
    }
    assert!(judge.asked().is_empty());
}

/// A judge whose calls are answered only when two of them are waiting.
struct Pair(Arc<tokio::sync::Barrier>);

impl Asks for Pair {
    fn ask(&self, ask: Ask) -> member::Reply<Reply> {
        let barrier = Arc::clone(&self.0);
        Box::pin(async move {
            barrier.wait().await;
            Ok(by_label(&shown(&ask), &[0.5, 0.5]))
        })
    }
}

#[test]
fn the_two_orders_are_asked_at_the_same_time_from_any_thread() {
    fn sendable<F: Future + Send>(future: F) -> F {
        future
    }
    let judge = Pair(Arc::new(tokio::sync::Barrier::new(2)));
    let (conversation, candidates) = (conversation(), letters(2));
    let question = Question { conversation: &conversation, accepted: ACCEPTED, candidates: &candidates, seed: 0 };
    assert_eq!(now(sendable(by_labels(&judge, 20, &question))).unwrap().calls, 2);
    drop(sendable(by_ranking(&judge, &question)));
}

fn distinct_texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::hash_set("[ a-z<>\"\\\\\n]{1,12}", 2..9).prop_map(|texts| {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort();
        texts
    })
}

fn as_candidates(texts: &[String]) -> Vec<CandidateText> {
    texts.iter().map(|text| CandidateText::new(text.as_str(), false)).collect()
}

proptest! {
    #[test]
    fn permuting_the_candidates_permutes_a_fair_judges_preferences(
        (texts, permuted) in distinct_texts().prop_flat_map(|texts| (Just(texts.clone()), Just(texts).prop_shuffle())),
        seed in any::<u64>()
    ) {
        let (given, other) = (as_candidates(&texts), as_candidates(&permuted));
        for (judged, again) in [
            (judge_labels(&fair_labels(), &given, seed).unwrap(), judge_labels(&fair_labels(), &other, seed).unwrap()),
            (judge_ranking(&fair_ranking(), &given, seed).unwrap(), judge_ranking(&fair_ranking(), &other, seed).unwrap()),
        ] {
            let place = |text: &String| texts.iter().position(|known| known == text).unwrap();
            let expected: Vec<f32> = permuted.iter().map(|text| judged.preferences[place(text)]).collect();
            // Two texts may have the same worth to the judge in words, who then goes by the order.
            let ties = texts.iter().any(|a| texts.iter().any(|b| a != b && (worth(a) - worth(b)).abs() < 1e-9));
            prop_assert!(ties || close(&again.preferences, &expected), "{:?} {:?}", again, expected);
        }
    }

    #[test]
    fn whatever_a_judge_replies_preferences_are_a_distribution(
        logprobs in prop::collection::vec(any::<f32>(), 9), noise in ".{0,30}", scale in prop_oneof![0.1..20.0_f32, Just(f32::MAX)], count in 2..9_usize,
        seed in any::<u64>()
    ) {
        let by_labels = Script::new(|_, shown: &[Shown]| {
            let mut first_token: Vec<(String, f32)> =
                shown.iter().map(|shown| shown.label.clone()).zip(logprobs.iter().map(|value| value % scale)).collect();
            first_token.push((noise.clone(), logprobs[8]));
            Ok(Reply { first_token, ..Reply::default() })
        });
        let in_words = Script::new(|call, shown: &[Shown]| {
            let letters: Vec<&str> = shown.iter().map(|shown| shown.label.as_str()).cycle().skip(call).step_by(2).take(count).collect();
            Ok(Reply { text: format!("{noise}\n{}", letters.join(" > ")), ..Reply::default() })
        });
        for judged in [judge_labels(&by_labels, &letters(count), seed), judge_ranking(&in_words, &letters(count), seed)] {
            let Ok(judged) = judged else { continue };
            prop_assert_eq!(judged.preferences.len(), count);
            prop_assert!(judged.preferences.iter().all(|share| *share > 0.0 && *share <= 1.0), "{:?}", judged);
            prop_assert!((judged.preferences.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{:?}", judged);
        }
    }
}
