//! A real model, SmolLM2-135M-Instruct: it answers, keeps its state, goes back, and stops when it is told to.

use std::sync::Arc;
use std::time::Duration;

use specfuse::engine::fusion::candidate::CandidateText;
use specfuse::engine::member::{Keep, Member, Progress, ScoreRequest};
use tokio::sync::mpsc;

use crate::real::fetched;
use crate::support::{apart, context, draft, driven, open, request, score};

const QUESTION: &str = "What is the capital of France, and what is it known for?";

#[tokio::test]
async fn a_real_model_drafts_scores_and_keeps_its_state() {
    let Some(files) = fetched(&["smol"]) else { return };
    let member = open(&files[0]).await;
    assert!(member.capabilities().parameters.is_some_and(|count| (130_000_000..140_000_000).contains(&count)));
    let prompt = member.prepare(context(QUESTION, &[]).conversation).await.unwrap() as u64;
    let first = draft(&member, context(QUESTION, &[]), 0.0, 0, 5).await;
    assert!(first.draft.text().contains("capital"), "{}", first.draft.text());
    assert_eq!(first.forwards, prompt + 4);
    let text = first.draft.text();
    // The winner's rows are there except for its last token.
    let second = draft(&member, context(QUESTION, &[&text]), 0.0, 0, 5).await;
    assert_eq!(second.forwards, 5);
    assert!(format!("{text}{}", second.draft.text()).contains("Paris"));
    // Q4_1: a batch computes what single rows compute.
    let candidates = [(" Paris.", true), (" Lyon", false), (" Paris", false)];
    let together = score(&member, context(QUESTION, &[&text]), &candidates).await;
    for (candidate, expected) in candidates.iter().zip(together.logprobs()) {
        let alone = score(&open(&files[0]).await, context(QUESTION, &[&text]), &[*candidate]).await.logprobs();
        let apart = alone[0].iter().zip(&expected).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(apart < 0.02, "{candidate:?}: {apart}");
    }
    assert!(together.logprobs()[2].last() > together.logprobs()[1].last(), "it knows that it is Paris");
    // Back to the start, and the same again.
    let again = draft(&member, context(QUESTION, &[]), 0.0, 0, 5).await;
    assert_eq!((again.draft.text(), again.forwards), (text, 5));
    // The end of the turn is a probability.
    let draft = draft(&member, context("Say yes.", &[]), 0.0, 0, 120).await.draft;
    assert!(draft.ends && draft.end_logprob.is_some_and(|end| end < 0.0 && end > -3.0), "{draft:?}");
}

#[tokio::test]
async fn a_call_that_is_dropped_stops_and_leaves_the_member_sound() {
    let Some(files) = fetched(&["smol"]) else { return };
    let member = Arc::new(open(&files[0]).await);
    let expected = draft(&*member, context(QUESTION, &[]), 0.0, 0, 6).await.draft;
    let candidates = [(" The capital", true), (" Paris is", false)];
    let scores = score(&*member, context(QUESTION, &[]), &candidates).await;
    for patience in 0..6 {
        // A draft without an end, dropped after this many tokens.
        let (sender, mut tokens) = mpsc::channel(64);
        let endless = member.draft(request(context("Tell me a long story.", &[]), 1.0, patience, 900), Progress::new(1, sender));
        let task = tokio::spawn(endless);
        for _ in 0..=patience {
            tokens.recv().await;
        }
        task.abort();
        // A scoring that is dropped immediately.
        let long = "and so on ".repeat(60);
        let scoring = member.score(ScoreRequest::exact(context(QUESTION, &[]), vec![CandidateText::new(long.as_str(), true)]));
        let _ = tokio::time::timeout(Duration::from_millis(patience), scoring).await;
        assert_eq!(draft(&*member, context(QUESTION, &[]), 0.0, 0, 6).await.draft.text(), expected.text());
        assert!(apart(&score(&*member, context(QUESTION, &[]), &candidates).await, &scores) < 0.02);
    }
}

/// Two members of one file on one processor take turns, and neither is silent in the meantime.
#[tokio::test]
async fn members_on_one_device_take_turns() {
    let Some(files) = fetched(&["smol"]) else { return };
    let (one, other) = (open(&files[0]).await, open(&files[0]).await);
    let (one, other) = tokio::join!(
        draft(&one, context(QUESTION, &[]), 0.0, 0, 6),
        draft(&other, context("What is two plus two?", &[]), 0.0, 0, 6)
    );
    assert!(one.draft.text().contains("capital") && !other.draft.text().is_empty());
}

/// What it drafts while it is sure, and extends where it would draft the same, is what it writes alone.
#[tokio::test]
async fn a_real_model_takes_up_its_own_drafts() {
    let Some(files) = fetched(&["smol"]) else { return };
    let (small, large, alone) = (open(&files[0]).await, open(&files[0]).await, open(&files[0]).await);
    for question in [QUESTION, "Say yes.", "Wie heißt die Hauptstadt von Österreich? 🙂"] {
        let (text, ends) = driven(&small, &large, question, Keep::Own, 60).await;
        let own = draft(&alone, context(question, &[]), 0.0, 0, 100).await.draft;
        assert!(if ends { own.ends && own.text() == text } else { own.text().starts_with(&text) }, "{text:?} {:?}", own.text());
    }
}
