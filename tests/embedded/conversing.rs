//! Drafting and scoring, and what is kept between calls.

use crate::support::{bits, context, draft, member, request, score};

const QUESTION: &str = "What is the capital of France?";

#[test]
fn an_answer_comes_out_and_ends() {
    let atlas = member("atlas");
    let drafted = draft(&atlas, request(context(QUESTION, &[]), 0.0, 1, 60)).unwrap();
    println!("{:?} {:?} {}", drafted.draft.text(), drafted.draft.end_logprob, drafted.forwards);
    assert!(drafted.draft.ends && drafted.draft.text().contains("Paris"));
    assert!(drafted.draft.tokens.iter().all(|token| token.logprob <= 0.0));
}

#[test]
fn scoring_together_equals_scoring_one_by_one() {
    let candidates = [("The capital of France is Paris.", true), ("The capital of", false), ("", true), ("Lyon 12\n😀", false)];
    let together = score(&member("atlas"), context(QUESTION, &[]), &candidates).unwrap();
    for (candidate, expected) in candidates.iter().zip(bits(&together)) {
        let alone = score(&member("atlas"), context(QUESTION, &[]), &[*candidate]).unwrap();
        assert_eq!(bits(&alone), [expected]);
    }
}
