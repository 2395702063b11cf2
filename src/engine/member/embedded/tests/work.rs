//! What a session keeps between calls, and that keeping it changes no bit.

use std::cell::Cell;

use fearless_simd::Level;
use specfuse_transformer::levels;

use super::{Session, context, models, opened};
use crate::engine::fusion::candidate::{CandidateText, DraftToken};
use crate::engine::member::in_process::{Stop, Until};
use crate::engine::member::{Context, Drafted, Hints, Sampling, ScoreRequest, Scored};

const QUESTION: &str = "What is the capital of France? What is 12 plus 30? What is the opposite of hot?";

fn drafted(session: &mut Session, context: &Context, temperature: f32, seed: u64, tokens: usize) -> Drafted {
    let sampling = Sampling { temperature, top_p: 0.95, seed };
    session
        .draft(context, sampling, Until::complete(&|_, count| count >= tokens), &Hints::default(), &mut |_| (), &|| false)
        .unwrap()
}

fn scored(session: &mut Session, context: &Context, candidates: &[(&str, bool)]) -> Scored {
    let candidates = candidates.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
    session.score(&ScoreRequest::exact(context.clone(), candidates), &|| false).unwrap()
}

fn bits(logprobs: &[Vec<f32>]) -> Vec<Vec<u32>> {
    logprobs.iter().map(|numbers| numbers.iter().map(|number| number.to_bits()).collect()).collect()
}

const CANDIDATES: [(&str, bool); 5] =
    [(" The capital of", false), (" The capital is 7.", true), ("", true), (" It\n\n- 😀 is", false), (" The", false)];

/// Several rounds with a kept session, each compared with a new session.
#[test]
fn a_kept_cache_gives_the_bits_of_a_fresh_one() {
    for name in models() {
        let (mut kept, _) = opened(&name, Level::new());
        let mut accepted: Vec<String> = Vec::new();
        for round in 0..6 {
            let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
            let context = context(QUESTION, &texts);
            let (mut fresh, _) = opened(&name, Level::new());
            let draft = drafted(&mut kept, &context, 1.2, round, 10);
            assert_eq!(draft.draft, drafted(&mut fresh, &context, 1.2, round, 10).draft);
            let (mut fresh, _) = opened(&name, Level::new());
            let scores = scored(&mut kept, &context, &CANDIDATES);
            assert_eq!(bits(&scores.logprobs()), bits(&scored(&mut fresh, &context, &CANDIDATES).logprobs()));
            let text: String = draft.draft.tokens.iter().take(6).map(|token| token.text.as_str()).collect();
            accepted.push(if round % 3 == 2 { CANDIDATES[0].0.into() } else { text });
        }
    }
}

#[test]
fn together_equals_one_by_one_and_every_width_gives_the_same_bits() {
    let context = context(QUESTION, &["The capital of France is", " Paris."]);
    let (mut session, _) = opened("atlas", Level::new());
    let draft = drafted(&mut session, &context, 0.9, 5, 30).draft;
    let together = bits(&scored(&mut session, &context, &CANDIDATES).logprobs());
    for level in levels() {
        let (mut session, _) = opened("atlas", level);
        for (candidate, expected) in CANDIDATES.iter().zip(&together) {
            assert_eq!(bits(&scored(&mut session, &context, &[*candidate]).logprobs()), std::slice::from_ref(expected));
        }
        let (mut session, _) = opened("atlas", level);
        assert_eq!(drafted(&mut session, &context, 0.9, 5, 30).draft, draft);
    }
}

/// The member's own text, scored as if it were another's, gives the numbers that it was drawn with.
#[test]
fn a_draft_scores_as_it_was_drawn() {
    let context = context("What is the capital of France?", &[]);
    let (mut session, _) = opened("atlas", Level::new());
    let draft = drafted(&mut session, &context, 0.0, 0, 60);
    assert!(draft.draft.ends);
    let (mut other, _) = opened("atlas", Level::new());
    let scores = scored(&mut other, &context, &[(draft.draft.text().as_str(), true)]);
    let mut drawn: Vec<f32> = draft.draft.tokens.iter().filter_map(|token| token.logprob).collect();
    drawn.extend(draft.draft.end_logprob);
    assert_eq!(bits(&scores.logprobs()), bits(&[drawn]));
}

#[test]
fn nothing_is_evaluated_twice() {
    let (mut session, _) = opened("atlas", Level::new());
    let start = context(QUESTION, &[]);
    let prompt = session.prompt(&start.conversation).unwrap().len() as u64;
    let whole = drafted(&mut session, &start, 0.0, 0, 12);
    // The prompt, then every drawn token except the last.
    assert_eq!(whole.forwards, prompt + 11);
    // Again: all of it is still there.
    assert_eq!(drafted(&mut session, &start, 0.0, 0, 12).forwards, 0);
    let first: String = whole.draft.tokens[..8].iter().map(|token| token.text.as_str()).collect();
    let candidates = [("The capital of France is Rome", false), ("The capital of France is Rome.", true)];
    let scores = scored(&mut session, &start, &candidates);
    // Both start like the draft and like each other: only what differs is evaluated.
    let differing = scores.logprobs()[1].len() as u64;
    assert!(scores.forwards <= differing && scores.forwards < 6, "{}", scores.forwards);
    // The draft's first eight tokens win: the other three rows are the start of the next draft.
    let next = context(QUESTION, &[&first]);
    let second = drafted(&mut session, &next, 0.0, 0, 4);
    assert_eq!(
        (second.forwards, second.draft.text()),
        (0, whole.draft.tokens[8..].iter().map(|token| token.text.as_str()).collect())
    );
    assert_eq!(drafted(&mut session, &next, 0.0, 0, 6).forwards, 2);
    // Another's text wins: its rows are there, except for its last token.
    scored(&mut session, &next, &[(" and some other words", false)]);
    let third = context(QUESTION, &[&first, " and some other words"]);
    assert_eq!(drafted(&mut session, &third, 0.0, 0, 1).forwards, 1);
    // Back to the first round: one row, for what follows the prompt's last token.
    assert_eq!(drafted(&mut session, &start, 0.0, 0, 1).forwards, 1);
}

#[test]
fn a_cancelled_call_leaves_the_session_sound() {
    let context = context(QUESTION, &["The capital of France is Paris."]);
    let (mut fresh, _) = opened("abacus", Level::new());
    let expected = (drafted(&mut fresh, &context, 0.7, 3, 12).draft, bits(&scored(&mut fresh, &context, &CANDIDATES).logprobs()));
    for patience in 0..14_u32 {
        let (mut session, _) = opened("abacus", Level::new());
        let left = Cell::new(patience);
        let cancelled = || left.replace(left.get().saturating_sub(1)) == 0;
        let sampling = Sampling { temperature: 0.7, top_p: 0.95, seed: 3 };
        let result = session.draft(
            &context,
            sampling,
            Until::complete(&|_, count| count >= 12),
            &Hints::default(),
            &mut |_| (),
            &cancelled,
        );
        assert!(result.is_err_and(|stop| stop == Stop::Cancelled) || patience >= 12);
        let candidates = CANDIDATES.iter().map(|(text, ends)| CandidateText::new(*text, *ends)).collect();
        let _ = session.score(&ScoreRequest::exact(context.clone(), candidates), &|| left.get() < 3);
        assert_eq!(drafted(&mut session, &context, 0.7, 3, 12).draft, expected.0);
        assert_eq!(bits(&scored(&mut session, &context, &CANDIDATES).logprobs()), expected.1);
    }
}

/// More candidates than the branches hold are evaluated in groups.
#[test]
fn any_number_of_candidates_is_scored() {
    let (mut session, _) = opened("babble", Level::new());
    let context = context("What?", &[]);
    let texts: Vec<String> = (0..64).map(|number| format!("{number} {}", "some of these words ".repeat(20))).collect();
    let candidates: Vec<(&str, bool)> = texts.iter().map(|text| (text.as_str(), true)).collect();
    let together = scored(&mut session, &context, &candidates);
    let (mut other, _) = opened("babble", Level::new());
    let alone = scored(&mut other, &context, &candidates[63..]);
    assert_eq!(bits(&together.logprobs()[63..]), bits(&alone.logprobs()));
}

/// Others finish in the middle of a draft, with more text than there are rows for, and with texts that start as this one
/// continues.
#[test]
fn drafts_of_others_that_come_in_the_middle_change_nothing_however_few_rows_are_kept() {
    let context = context(QUESTION, &[]);
    let (mut alone, _) = opened("atlas", Level::new());
    let draft = drafted(&mut alone, &context, 0.9, 5, 12).draft;
    let whole = draft.text();
    for rows in [1, 2, 5] {
        let mut session = opened("atlas", Level::new()).0.keeping(rows);
        let (hints, mut heard) = (Hints::default(), String::new());
        let mut drawn = |token: &DraftToken| {
            heard.push_str(&token.text);
            hints.tell(" The capital of Peru is Lima, and that of Norway is Oslo.");
            hints.tell(&whole[heard.len().min(whole.len())..]);
        };
        let sampling = Sampling { temperature: 0.9, top_p: 0.95, seed: 5 };
        let others =
            session.draft(&context, sampling, Until::complete(&|_, count| count >= 12), &hints, &mut drawn, &|| false).unwrap();
        assert_eq!(others.draft, draft, "{rows} rows");
    }
}
