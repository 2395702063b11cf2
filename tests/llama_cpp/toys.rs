//! The project's own models (F16) by llama.cpp and by the embedded engine: one method, two engines.

use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::{Hints, Keep, Member, Progress};

use crate::llama::gguf;
use crate::support::{context, draft, draft_while_sure, driven, extend, mean, open, request, score};

const QUESTIONS: [&str; 4] = [
    "What is the capital of Japan? What is 12 plus 7?",
    "What is the past tense of swim?",
    "Which animal lives in a kennel?",
    "Wie heißt die Hauptstadt von Österreich? 東京 🙂",
];

const STRANGE: [(&str, bool); 5] = [
    (" Übergröße naïve", false),
    (" 東京 is big", true),
    (" x=3.14*(2+1) #?!", false),
    ("\n\n\tdon't – “we’ve”", true),
    ("", true),
];

/// Mean log-probabilities per token differ only by the rounding of the two engines.
#[tokio::test]
async fn scores_equal_the_embedded_engines() {
    let mut apart = Vec::new();
    for name in ["atlas", "abacus", "lexicon", "almanac", "babble"] {
        let (theirs, ours) = (open(&gguf(name)).await, EmbeddedMember::open_file(&gguf(name)).unwrap());
        for question in QUESTIONS {
            let mut accepted: Vec<String> = Vec::new();
            for round in 0..3 {
                let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
                let drafted = draft(&ours, context(question, &texts), 0.8, round, 8).await.draft;
                let text = drafted.text();
                let mut candidates = vec![(text.as_str(), drafted.ends)];
                candidates.extend(STRANGE);
                let here = score(&ours, context(question, &texts), &candidates).await.logprobs();
                let there = score(&theirs, context(question, &texts), &candidates).await.logprobs();
                for (here, there) in here.iter().zip(&there) {
                    assert_eq!(here.len(), there.len(), "{name}: {candidates:?}");
                    apart.push((mean(here) - mean(there)).abs());
                }
                accepted.push(text);
            }
        }
    }
    let average = apart.iter().sum::<f64>() / apart.len() as f64;
    let worst = apart.iter().copied().fold(0.0, f64::max);
    println!("{} candidates: {average:.5} nats a token apart on average, {worst:.5} at worst", apart.len());
    assert!(average <= 0.002 && worst <= 0.02, "{average} {worst}");
}

/// The most probable tokens are the same; if two are nearly equally probable, rounding decides.
#[tokio::test]
async fn drafts_equal_the_embedded_engines() {
    let (mut same, mut all) = (0, 0);
    for name in ["atlas", "abacus", "lexicon"] {
        let (theirs, ours) = (open(&gguf(name)).await, EmbeddedMember::open_file(&gguf(name)).unwrap());
        for question in QUESTIONS {
            let here = draft(&ours, context(question, &[]), 0.0, 0, 60).await.draft;
            let there = draft(&theirs, context(question, &[]), 0.0, 0, 60).await.draft;
            all += 1;
            same += usize::from(here.text() == there.text() && here.ends == there.ends);
        }
    }
    assert!(same + 1 >= all, "{same} of {all}");
}

/// As in the embedded engine: what was drawn, scored or accepted is not evaluated again.
#[tokio::test]
async fn nothing_is_evaluated_twice() {
    const QUESTION: &str = "What is the capital of France? What is 12 plus 30? What is the opposite of hot?";
    let member = open(&gguf("atlas")).await;
    let prompt = member.prepare(context(QUESTION, &[]).conversation).await.unwrap() as u64;
    let whole = draft(&member, context(QUESTION, &[]), 0.0, 0, 12).await;
    // The prompt, then every drawn token except the last.
    assert_eq!(whole.forwards, prompt + 11);
    assert_eq!(draft(&member, context(QUESTION, &[]), 0.0, 0, 12).await.forwards, 0, "all of it is still there");
    let candidates = [("The capital of France is Rome", false), ("The capital of France is Rome.", true)];
    let scores = score(&member, context(QUESTION, &[]), &candidates).await;
    assert!(scores.forwards < 6, "only what differs from the draft: {}", scores.forwards);
    let first: String = whole.draft.tokens[..8].iter().map(|token| token.text.as_str()).collect();
    let rest: String = whole.draft.tokens[8..].iter().map(|token| token.text.as_str()).collect();
    // The draft's first eight tokens win: the other three rows are the start of the next draft.
    let next = draft(&member, context(QUESTION, &[&first]), 0.0, 0, 4).await;
    assert_eq!((next.forwards, next.draft.text()), (0, rest));
    assert_eq!(draft(&member, context(QUESTION, &[&first]), 0.0, 0, 6).await.forwards, 2);
    // Another's text wins: its rows are there, except for its last token.
    let others = " and some other words";
    score(&member, context(QUESTION, &[&first]), &[(others, false)]).await;
    assert_eq!(draft(&member, context(QUESTION, &[&first, others]), 0.0, 0, 1).await.forwards, 1);
    // Back to the first round: one row, for what follows the prompt's last token.
    assert_eq!(draft(&member, context(QUESTION, &[]), 0.0, 0, 1).await.forwards, 1);
}

/// Kept, rewound or fresh: the same numbers, up to the rounding of different batch sizes.
#[tokio::test]
async fn a_kept_state_gives_the_numbers_of_a_fresh_one() {
    let kept = open(&gguf("abacus")).await;
    let mut accepted: Vec<String> = Vec::new();
    for round in 0..5 {
        let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
        let at = || context(QUESTIONS[0], &texts);
        let fresh = open(&gguf("abacus")).await;
        let drafted = draft(&kept, at(), 1.0, round, 9).await.draft;
        let candidates = [(" The capital of", false), (" The capital is 7.", true), ("", true), (" It\n\n- 😀 is", false)];
        let (one, other) = (score(&kept, at(), &candidates).await, score(&fresh, at(), &candidates).await);
        let apart = crate::support::apart(&one, &other);
        assert!(apart < 0.05, "round {round}: {apart}");
        // Another round's winner is the member's own, another's, or part of its own.
        let text = drafted.text();
        let half: String = drafted.tokens.iter().take(4).map(|token| token.text.as_str()).collect();
        accepted.push(match round % 3 {
            0 => text,
            1 => candidates[1].0.to_owned(),
            _ => half,
        });
        if round == 3 {
            // A conversation that goes back and returns.
            draft(&kept, context(QUESTIONS[1], &[]), 1.0, round, 5).await;
        }
    }
}

/// More candidates than there are sequences, or rows to keep.
#[tokio::test]
async fn any_number_of_candidates_is_scored() {
    let member = open(&gguf("babble")).await;
    let texts: Vec<String> =
        (0..150).map(|number| format!("{number} {}", "some of these words ".repeat(1 + number % 7))).collect();
    let candidates: Vec<(&str, bool)> = texts.iter().map(|text| (text.as_str(), true)).collect();
    let together = score(&member, context("What?", &[]), &candidates).await.logprobs();
    let alone = score(&open(&gguf("babble")).await, context("What?", &[]), &candidates[149..]).await.logprobs();
    assert_eq!(together.len(), 150);
    assert!((mean(&together[149]) - mean(&alone[0])).abs() < 0.01);
}

/// Hints change what a draft costs, never what is drawn.
#[tokio::test]
async fn what_others_drafted_is_read_and_drawn_along() {
    let member = open(&gguf("atlas")).await;
    let at = || context("What is the capital of France?", &[]);
    let plain = draft(&member, at(), 0.0, 0, 12).await;
    let other = open(&gguf("atlas")).await;
    let hints = Hints::default();
    hints.tell(&plain.draft.text());
    let hinted = other.draft(request(at(), 0.0, 0, 12), Progress::nowhere().beside(hints));
    assert_eq!(hinted.await.unwrap().draft.text(), plain.draft.text());
}

/// What one member drafts and another keeps only where it would draft the same is the other's own text; if two tokens are nearly
/// equally probable, rounding decides.
#[tokio::test]
async fn what_a_member_would_say_itself_is_its_own_text() {
    let (mut same, mut all) = (0, 0);
    for (small, large) in [("babble", "atlas"), ("atlas", "abacus"), ("lexicon", "almanac")] {
        let (small, large, alone) = (open(&gguf(small)).await, open(&gguf(large)).await, open(&gguf(large)).await);
        for question in QUESTIONS {
            let (text, ends) = driven(&small, &large, question, Keep::Own, 60).await;
            let own = draft(&alone, context(question, &[]), 0.0, 0, 200).await.draft;
            all += 1;
            same += usize::from(own.text() == text && own.ends == ends || !ends && own.text().starts_with(&text));
        }
    }
    assert!(same + 1 >= all, "{same} of {all}");
}

/// As by the embedded engine, with the same forwards.
#[tokio::test]
async fn drafts_are_taken_up_as_by_the_embedded_engine() {
    let (mut same, mut all) = (0, 0);
    for name in ["atlas", "abacus", "babble"] {
        let (theirs, ours) = (open(&gguf(name)).await, EmbeddedMember::open_file(&gguf(name)).unwrap());
        let mut accepted: Vec<String> = Vec::new();
        for (draft, ends) in STRANGE.into_iter().chain([(" The capital of Japan is Tokyo.", true)]) {
            for keep in [Keep::Own, Keep::Likely(0.05), Keep::Likely(1e-6)] {
                let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
                let here = extend(&ours, context(QUESTIONS[0], &texts), (draft, ends), keep).await;
                let there = extend(&theirs, context(QUESTIONS[0], &texts), (draft, ends), keep).await;
                all += 1;
                same += usize::from(here.text() == there.text() && here.ends == there.ends);
                let common = here.logprobs.len().min(there.logprobs.len());
                assert!((mean(&here.logprobs[..common]) - mean(&there.logprobs[..common])).abs() <= 0.02, "{here:?} {there:?}");
                if accepted.len() < 5 && !here.ends {
                    accepted.push(here.text());
                }
            }
        }
    }
    assert!(same + 2 >= all, "{same} of {all}");
}

#[tokio::test]
async fn what_was_taken_up_is_evaluated_but_for_its_last_token() {
    const DRAFT: &str = "The capital of Peru is";
    let member = open(&gguf("atlas")).await;
    let prompt = member.prepare(context(QUESTIONS[0], &[]).conversation).await.unwrap() as u64;
    let taken = extend(&member, context(QUESTIONS[0], &[]), (DRAFT, false), Keep::Likely(0.0)).await;
    assert_eq!((taken.kept, taken.forwards), (DRAFT.len(), prompt + taken.logprobs.len() as u64));
    let text = taken.text();
    let candidates = [(" and that of", false), (".", true)];
    let scores = score(&member, context(QUESTIONS[0], &[&text]), &candidates).await;
    assert_eq!(scores.forwards, 1 + scores.logprobs().iter().map(|tokens| tokens.len() as u64 - 1).sum::<u64>());
    // A fresh member makes the same tokens of these words.
    let other = open(&gguf("atlas")).await;
    let fresh = score(&other, context(QUESTIONS[0], &[DRAFT, &text[DRAFT.len()..]]), &candidates).await;
    assert!(crate::support::apart(&scores, &fresh) < 0.05);
    let sure = draft_while_sure(&member, context(QUESTIONS[0], &[&text]), 1.5).await;
    assert!(sure.draft.tokens.is_empty() && !sure.draft.ends, "nobody is as sure");
}

#[tokio::test]
async fn a_prompt_that_does_not_fit_is_refused_with_its_size() {
    let member = open(&gguf("atlas")).await;
    let long = "What is it? ".repeat(2000);
    let error = member.prepare(context(&long, &[]).conversation).await.unwrap_err();
    let limit = member.capabilities().context_tokens.unwrap();
    assert!(
        matches!(error, specfuse::engine::member::MemberError::ContextFull { needed, limit: said } if needed > said && said == limit)
    );
}
