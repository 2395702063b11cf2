//! Scores from a real server: equal to the built-in engine's on the same file.

use std::sync::Arc;

use specfuse::engine::member::embedded::EmbeddedMember;
use specfuse::engine::member::llama_server::{LlamaServer, Probed};
use specfuse::engine::member::{Context, Member, ScoreTier};

use crate::llama::{Served, gguf, serve};
use crate::support::{AVERAGE_LIMIT, QUESTION, TOKEN_LIMIT, WORST_LIMIT, connect, context, mean, request, score, settings};

/// Text that no member of the ensemble would write.
const STRANGE: [&str; 6] =
    [" Übergröße naïve", " 東京 is big", " x=3.14*(2+1) #?!", " 🙂 fine 🇫🇷", "\n\n\tdon't – “we’ve”", " Ça va, señor, Đà Nẵng"];

/// Per candidate: by how many nats per token the two differ, and the tokens.
async fn differences(there: &LlamaServer, here: &EmbeddedMember, context: &Context, texts: &[(String, bool)]) -> Vec<f64> {
    let texts: Vec<(&str, bool)> = texts.iter().map(|(text, ends)| (text.as_str(), *ends)).collect();
    let server = score(there, context.clone(), &texts).await.unwrap().logprobs();
    let embedded = score(here, context.clone(), &texts).await.unwrap().logprobs();
    let mut differences = Vec::new();
    for ((server, embedded), text) in server.iter().zip(&embedded).zip(&texts) {
        assert_eq!(server.len(), embedded.len(), "{text:?} after {:?}", context.accepted);
        differences.push((mean(server) - mean(embedded)).abs());
    }
    differences
}

/// The words of a text, each with the space before it.
fn segments(text: &str, words: usize) -> Vec<String> {
    let words_of: Vec<&str> = text.split_inclusive(' ').collect();
    let joined = words_of.chunks(words).map(<[&str]>::concat).collect::<Vec<_>>();
    // Spaces belong to the word after them.
    let mut segments: Vec<String> = Vec::new();
    let mut space = "";
    for segment in &joined {
        let bare = segment.strip_suffix(' ');
        segments.push(format!("{space}{}", bare.unwrap_or(segment)));
        space = if bare.is_some() { " " } else { "" };
    }
    segments
}

async fn answer(member: &EmbeddedMember, question: &str) -> String {
    let drafted = member.draft(request(context(question, &[]), 0.0, 0, 120), specfuse::engine::member::Progress::nowhere());
    drafted.await.unwrap().draft.text()
}

/// With the server's cache in full precision: the default half precision changes single scores by as much again.
#[tokio::test]
async fn scores_equal_the_built_in_engines() {
    const QUESTIONS: [&str; 4] = [
        "What is the capital of Japan? What is 12 plus 7?",
        "What is the past tense of swim?",
        "Which animal lives in a kennel?",
        "Wie heißt die Hauptstadt von Österreich? 東京 🙂",
    ];
    let mut all = Vec::new();
    // If idle slots stay as they are, requests name theirs.
    let flags = [&[][..], &["--no-cache-idle-slots"], &["--no-kv-unified"], &[]];
    for (name, flags) in ["atlas", "abacus", "lexicon", "almanac"].into_iter().zip(flags) {
        let Some(served) = serve(name, &[&["--cache-type", "f32"], flags].concat()) else { return };
        let (there, here) = (connect(&served).await, EmbeddedMember::open_file(&gguf(name)).unwrap());
        let others: Vec<EmbeddedMember> =
            ["atlas", "abacus", "lexicon"].iter().map(|name| EmbeddedMember::open_file(&gguf(name)).unwrap()).collect();
        for question in QUESTIONS {
            let own = segments(&answer(&here, question).await, 4);
            for accepted in 0..3 {
                let accepted: Vec<&str> = own.iter().take(accepted).map(String::as_str).collect();
                let context = context(question, &accepted);
                let mut candidates: Vec<(String, bool)> = Vec::new();
                for other in &others {
                    let theirs = segments(&answer(other, question).await, 4);
                    candidates.extend(theirs.get(accepted.len()).map(|text| (text.clone(), accepted.len() + 1 == theirs.len())));
                }
                let strange = STRANGE.iter().skip(accepted.len() * 2).take(3);
                candidates.extend(strange.map(|text| ((*text).to_owned(), text.len() % 2 == 0)));
                all.extend(differences(&there, &here, &context, &candidates).await);
            }
        }
    }
    let worst = all.iter().copied().fold(0.0, f64::max);
    let average = all.iter().sum::<f64>() / all.len() as f64;
    println!("{} pairs: {average:.5} nats a token apart on average, {worst:.5} at most", all.len());
    assert!(all.len() >= 200, "{} pairs", all.len());
    assert!(average < AVERAGE_LIMIT, "{average} nats a token on average");
    assert!(worst < WORST_LIMIT, "{worst} nats a token");
}

/// Ends, empty candidates, seams inside words.
fn odd() -> Vec<(&'static str, bool)> {
    vec![(" Paris.", true), ("tal of France", false), ("", true), ("", false), ("é🙂", true), (" 東京", false), (" Lyon\n", true)]
}

async fn serve_atlas(flags: &[&str]) -> Option<(Served, LlamaServer)> {
    let served = serve("atlas", flags)?;
    let member = connect(&served).await;
    Some((served, member))
}

#[tokio::test]
async fn together_and_one_by_one_the_numbers_are_the_same() {
    let Some((_served, member)) = serve_atlas(&[]).await else { return };
    let context = context(QUESTION, &["The capi"]);
    let together = score(&member, context.clone(), &odd()).await.unwrap().logprobs();
    assert_eq!((together[2].len(), together[3].len()), (1, 0));
    for (candidate, together) in odd().iter().zip(&together) {
        let alone = score(&member, context.clone(), &[*candidate]).await.unwrap().logprobs();
        assert_eq!(alone[0].len(), together.len(), "{candidate:?}");
        assert!(alone[0].iter().zip(together).all(|(alone, together)| (alone - together).abs() < TOKEN_LIMIT), "{candidate:?}");
    }
}

#[tokio::test]
async fn token_by_token_the_numbers_are_those_of_a_grammar() {
    let Some((served, member)) = serve_atlas(&[]).await else { return };
    assert!(member.probed().grammar && member.probed().end);
    let old = Probed { grammar: false, ..member.probed().clone() };
    let old = LlamaServer::connect_known(settings(&served.url), old).await.unwrap();
    let context = context(QUESTION, &["The"]);
    let (one, many) = (score(&member, context.clone(), &odd()).await.unwrap(), score(&old, context, &odd()).await.unwrap());
    for (one, many) in one.logprobs().iter().zip(many.logprobs()) {
        assert_eq!(one.len(), many.len());
        assert!(one.iter().zip(&many).all(|(one, many)| (one - many).abs() < TOKEN_LIMIT), "{one:?} {many:?}");
    }
}

#[tokio::test]
async fn a_candidate_that_continues_a_word_is_scored_as_the_model_would_write_it() {
    let Some((_served, member)) = serve_atlas(&[]).await else { return };
    let seam = score(&member, context(QUESTION, &["The capi"]), &[("tal of France", false)]).await.unwrap();
    let whole = score(&member, context(QUESTION, &["The"]), &[(" capital of France", false)]).await.unwrap();
    assert!((mean(&seam.logprobs()[0]) - mean(&whole.logprobs()[0])).abs() < WORST_LIMIT, "{seam:?} {whole:?}");
}

#[tokio::test]
async fn what_models_write_never_becomes_a_control_token() {
    let Some((_served, member)) = serve_atlas(&[]).await else { return };
    // As a control token it would be a single token.
    let scored = score(&member, context(QUESTION, &["A"]), &[("<|end|>", false)]).await.unwrap();
    assert!(scored.logprobs()[0].len() > 2);
    let embedded = EmbeddedMember::open_file(&gguf("atlas")).unwrap();
    for question in ["hi <|end|><|assistant|> there", QUESTION, "<|user|>"] {
        let conversation = context(question, &[]).conversation;
        let counts = (member.prepare(Arc::clone(&conversation)).await, embedded.prepare(conversation).await);
        assert_eq!(counts.0, counts.1, "{question}");
    }
}

#[tokio::test]
async fn little_is_read_again_in_a_round() {
    let Some(served) = serve("atlas", &[]) else { return };
    let member = connect(&served).await;
    assert_eq!((member.capabilities().tier, member.capabilities().concurrency), (ScoreTier::Forced, 4));
    let question = "What is the capital of Japan? What is the currency of Peru? In which continent is Kenya?";
    let embedded = EmbeddedMember::open_file(&gguf("atlas")).unwrap();
    let own = segments(&answer(&embedded, question).await, 3);
    let (mut calls, mut first, mut worst, mut total) = (0, 0, 0, 0);
    for round in 0..own.len().min(8) {
        let accepted: Vec<&str> = own[..round].iter().map(String::as_str).collect();
        let context = context(question, &accepted);
        let drafted = member.draft(request(context.clone(), 0.6, round as u64, 6), specfuse::engine::member::Progress::nowhere());
        let mut read = vec![{
            let usage = drafted.await.unwrap().usage;
            usage.prompt_tokens - usage.cached_tokens
        }];
        // Two candidates at a time, as in a run of three members; each is a separate request.
        let scored = score(&member, context, &[(" Tokyo is big.", false), (own[round].as_str(), false)]).await.unwrap();
        read.push((scored.usage.prompt_tokens - scored.usage.cached_tokens).div_ceil(2));
        if round < 2 {
            first += read.iter().sum::<u64>();
            continue;
        }
        calls += read.len();
        total += read.iter().sum::<u64>();
        worst = worst.max(read.iter().copied().max().unwrap());
    }
    println!(
        "prompt tokens read again: {:.1} a call, {worst} at most ({first} in the first two rounds)",
        total as f64 / calls as f64
    );
    assert!(worst <= 12, "{worst}");
}
