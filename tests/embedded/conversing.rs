//! Members at work through the trait: drafting, scoring, cancelling, and the cost of a whole fused answer.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use specfuse::engine::fusion::conversation::{Conversation, Role, Turn};
use specfuse::engine::member::embedded::{EmbeddedError, EmbeddedMember};
use specfuse::engine::member::{Hints, Member, Progress};
use tokio::sync::mpsc;

use crate::support::{bits, context, draft, draft_beside, member, model, request, score, wait};

const QUESTION: &str = "What is the capital of France?";

#[test]
fn every_token_is_told_before_the_draft_is_handed_over() {
    let atlas = member("atlas");
    // A channel of one: a slow receiver blocks only itself.
    let (sender, mut receiver) = mpsc::channel(1);
    let reply = atlas.draft(request(context(QUESTION, &[]), 0.6, 1, 20), Progress::new(7, sender));
    let listen = async move {
        let mut tokens = Vec::new();
        while let Some((call, token)) = receiver.recv().await {
            assert_eq!(call, 7);
            tokens.push(token);
        }
        tokens
    };
    let (drafted, told) = wait(async { tokio::join!(reply, listen) });
    assert_eq!(drafted.unwrap().draft.tokens, told);
    assert!(!told.is_empty());
}

#[test]
fn the_same_seed_gives_the_same_draft_whatever_was_done_before() {
    let busy = member("lexicon");
    for seed in 0..10 {
        let context = context(QUESTION, &["The", " capital"]);
        score(&busy, context.clone(), &[(" of France is", false), (" city", true)]).unwrap();
        let expected = draft(&member("lexicon"), request(context.clone(), 1.0, seed, 12)).unwrap().draft;
        assert_eq!(draft(&busy, request(context, 1.0, seed, 12)).unwrap().draft, expected);
    }
}

#[test]
fn scoring_together_equals_scoring_one_by_one() {
    let candidates =
        [("The capital of France is Paris.", true), ("The capital of", false), ("", true), ("", false), ("Lyon 12\n😀", false)];
    let together = score(&member("atlas"), context(QUESTION, &[]), &candidates).unwrap();
    assert_eq!(together.logprobs()[2].len(), 1);
    assert!(together.logprobs()[3].is_empty());
    for (candidate, expected) in candidates.iter().zip(bits(&together)) {
        let alone = score(&member("atlas"), context(QUESTION, &[]), &[*candidate]).unwrap();
        assert_eq!(bits(&alone), [expected]);
    }
}

#[test]
fn a_dropped_reply_cancels_and_the_next_call_is_answered() {
    let atlas = member("atlas");
    let expected = draft(&member("atlas"), request(context(QUESTION, &[]), 0.6, 4, 12)).unwrap();
    for _ in 0..50 {
        let mut reply = atlas.draft(request(context(QUESTION, &[]), 0.6, 3, 400), Progress::nowhere());
        // Polled once, so that the call is on its way, then dropped.
        wait(poll_fn(|task| {
            let _ = reply.as_mut().poll(task);
            Poll::Ready(())
        }));
        drop(reply);
        assert_eq!(draft(&atlas, request(context(QUESTION, &[]), 0.6, 4, 12)).unwrap().draft, expected.draft);
    }
}

#[test]
fn a_further_turn_reads_only_what_is_new() {
    let atlas = member("atlas");
    let first = draft(&atlas, request(context(QUESTION, &[]), 0.0, 1, 60)).unwrap();
    let turns =
        [(Role::User, QUESTION.to_owned()), (Role::Assistant, first.draft.text()), (Role::User, "And of Italy?".to_owned())];
    let turns = turns.into_iter().map(|(role, content)| Turn { role, content }).collect();
    let mut context = context("", &[]);
    context.conversation = Arc::new(Conversation { turns });
    let prompt = wait(atlas.prepare(Arc::clone(&context.conversation))).unwrap();
    let second = draft(&atlas, request(context, 0.0, 1, 1)).unwrap();
    assert!((second.forwards as usize) < prompt - 10, "{} of {prompt}", second.forwards);
}

/// A fused answer of four members over several rounds: positions evaluated per accepted token.
#[test]
fn a_member_evaluates_few_positions_for_each_accepted_token() {
    let members: Vec<EmbeddedMember> = ["atlas", "abacus", "lexicon", "babble"].map(member).into();
    let question = "What is the capital of Japan? What is 12 plus 7? What is the opposite of hot? What is the currency of Peru?";
    let mut accepted: Vec<String> = Vec::new();
    let mut forwards = vec![0; members.len()];
    let mut tokens = 0;
    for round in 0..12_u64 {
        let texts: Vec<&str> = accepted.iter().map(String::as_str).collect();
        let context = context(question, &texts);
        let mut drafts = Vec::new();
        for (member, forwards) in members.iter().zip(&mut forwards) {
            let request = request(context.clone(), 0.6, round, 10);
            let drafted = draft(member, request.clone()).unwrap();
            // The prompt is read once and is not the cost of any round.
            *forwards += if round > 0 { drafted.forwards } else { 0 };
            let cut = request.segment.cut(&drafted.draft.text(), drafted.draft.ends);
            drafts.push(drafted.draft.cut(cut));
        }
        for (index, member) in members.iter().enumerate() {
            let foreign = drafts.iter().enumerate().filter(|(other, _)| *other != index);
            let foreign: Vec<(String, bool)> = foreign.map(|(_, draft)| (draft.text(), draft.ends)).collect();
            let foreign: Vec<(&str, bool)> = foreign.iter().map(|(text, ends)| (text.as_str(), *ends)).collect();
            let scored = score(member, context.clone(), &foreign).unwrap();
            forwards[index] += if round > 0 { scored.forwards } else { 0 };
        }
        let winner = &drafts[round as usize % 3];
        if winner.text().is_empty() || winner.ends {
            break;
        }
        tokens += if round > 0 { winner.tokens.len() } else { 0 };
        accepted.push(winner.text());
    }
    let most = forwards.iter().max().copied().unwrap_or_default() as f64 / tokens as f64;
    println!("{most:.2} positions for each of {tokens} accepted tokens at most; {forwards:?}");
    assert!(tokens > 20 && most <= members.len() as f64 + 1.5, "{most} positions for each of {tokens} tokens");
}

#[test]
fn files_that_cannot_be_opened_are_named() {
    let missing = EmbeddedMember::open_file(&model("nobody")).err().unwrap();
    assert!(matches!(missing, EmbeddedError::Read { .. }) && missing.to_string().contains("nobody.gguf"), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.gguf");
    // An empty head: version 3, no tensors, no metadata.
    std::fs::write(&path, [b"GGUF\x03\0\0\0".as_slice(), &[0; 16]].concat()).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    let large = EmbeddedMember::open_file(&path).err().unwrap();
    assert!(matches!(large, EmbeddedError::TooLarge { .. }) && !large.is_final(), "{large}");
    std::fs::write(&path, "<html>").unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    let page = EmbeddedMember::open_file(&path).err().unwrap();
    assert!(page.is_final() && page.to_string().contains("not a GGUF file"), "{page}");
    assert_eq!(EmbeddedMember::open("x", b"GGML").err().unwrap().to_string(), "x: not a GGUF file");
}

#[test]
fn a_hint_changes_what_a_draft_costs_and_never_what_it_says() {
    let asked = |hints: &[&str]| {
        let atlas = member("atlas");
        let shared = Hints::default();
        for text in hints {
            shared.tell(text);
        }
        draft_beside(&atlas, request(context(QUESTION, &[]), 0.6, 5, 12), shared).unwrap()
    };
    let plain = asked(&[]);
    let own = plain.draft.text();
    let twin = asked(&[&own]);
    let stranger = asked(&["Quite another text.", "🙂", "", &"too long ".repeat(2000)]);
    assert_eq!((&twin.draft, &stranger.draft), (&plain.draft, &plain.draft));
    assert!(twin.forwards <= plain.forwards + 1, "{} with its own text for a hint, {} without", twin.forwards, plain.forwards);
}
