//! Drafts from a real server.

use specfuse::engine::fusion::segment::SegmentRule;
use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::{DraftRequest, Member, Progress};
use tokio::sync::mpsc;

use crate::llama::{gguf, serve};
use crate::support::{QUESTION, TOKEN_LIMIT, connect, context, draft, request, score};

#[tokio::test]
async fn a_draft_is_the_models_own_text_with_its_log_probabilities() {
    let Some(atlas) = serve("atlas", &[]) else { return };
    let (server, embedded) = (connect(&atlas).await, EmbeddedMember::open_file(&gguf("atlas")).unwrap());
    for (accepted, tokens) in [(&[][..], 40), (&["The capital of"][..], 3)] {
        let asked = request(context(QUESTION, accepted), 0.0, 1, tokens);
        let (there, here) = (draft(&server, asked.clone()).await.unwrap(), draft(&embedded, asked).await.unwrap());
        assert_eq!(there.draft.text(), here.draft.text());
        assert_eq!((there.draft.ends, there.draft.tokens.len()), (here.draft.ends, here.draft.tokens.len()));
        for (there, here) in there.draft.logprobs().iter().zip(here.draft.logprobs()) {
            assert!((there - here).abs() < TOKEN_LIMIT, "{there} {here}");
        }
        assert_eq!(there.draft.end_logprob.is_some(), here.draft.end_logprob.is_some());
        assert!(there.forwards > 0 && there.usage.output_tokens > 0);
    }
}

#[tokio::test]
async fn equal_seeds_give_equal_drafts_and_every_token_is_told_first() {
    let Some(atlas) = serve("babble", &[]) else { return };
    let server = connect(&atlas).await;
    assert!(server.capabilities().seed);
    let mut texts = Vec::new();
    for seed in [3, 3, 4, u64::from(u32::MAX), u64::from(u32::MAX)] {
        let (sender, mut receiver) = mpsc::channel(64);
        let asked = request(context(QUESTION, &[]), 1.5, seed, 16);
        let drafted = server.draft(asked, Progress::new(7, sender)).await.unwrap();
        let mut told = Vec::new();
        while let Some((call, token)) = receiver.recv().await {
            assert_eq!(call, 7);
            told.extend(Some(token).filter(|token| !token.is_nothing()));
        }
        assert_eq!(told, drafted.draft.tokens);
        texts.push(drafted.draft.text());
    }
    assert_eq!(texts[0], texts[1]);
    assert_ne!(texts[0], texts[2]);
    assert_eq!(texts[3], texts[4], "the server takes this number for a random seed, so it is never sent");
}

#[tokio::test]
async fn a_draft_by_words_stops_as_soon_as_its_words_are_there() {
    let Some(atlas) = serve("atlas", &[]) else { return };
    let server = connect(&atlas).await;
    let segment = SegmentRule::words(3, 60);
    let asked = DraftRequest { segment, ..request(context(QUESTION, &[]), 0.0, 1, 60) };
    let drafted = draft(&server, asked).await.unwrap();
    assert_eq!(drafted.draft.text(), "The capital of France", "the fourth word tells that the third is whole");
    assert!(drafted.usage.output_tokens < 9, "{:?}", drafted.usage);
}

#[tokio::test]
async fn characters_of_several_tokens_arrive_whole() {
    let Some(atlas) = serve("babble", &[]) else { return };
    let server = connect(&atlas).await;
    // At this temperature some of the drawn bytes make no character, and some do.
    let mut merged = 0;
    for seed in 0..30 {
        let mut asked = request(context("é", &["東京 🙂"]), 8.0, seed, 60);
        asked.sampling.top_p = 1.0;
        let drafted = draft(&server, asked).await.unwrap();
        merged += u64::from(drafted.usage.output_tokens > drafted.draft.tokens.len() as u64 + 1);
        let known = drafted.draft.logprobs();
        assert!(known.iter().all(|logprob| logprob.is_finite() && *logprob <= 0.0), "{known:?}");
    }
    assert!(merged > 0, "no draft had a character of several tokens: nothing was tested");
}

#[tokio::test]
async fn a_draft_scored_as_a_candidate_gets_the_numbers_it_came_with() {
    let Some(atlas) = serve("lexicon", &[]) else { return };
    let server = connect(&atlas).await;
    for seed in 0..5 {
        let context = context("What is the opposite of hot?", &["The"]);
        let drafted = draft(&server, request(context.clone(), 1.0, seed, 30)).await.unwrap().draft;
        let scored = score(&server, context, &[(&drafted.text(), drafted.ends)]).await.unwrap();
        // Drawn text may be tokenised differently from how it was drawn; these words never are.
        let (own, again) = (drafted.logprobs(), &scored.logprobs()[0]);
        assert_eq!(own.len(), again.len(), "{:?}", drafted.text());
        assert!(own.iter().zip(again).all(|(own, again)| (own - again).abs() < TOKEN_LIMIT), "{own:?} {again:?}");
    }
}
