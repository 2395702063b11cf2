//! Drafts that stop where their author is unsure, and members that extend them.

use std::cell::Cell;
use std::sync::Arc;

use fearless_simd::Level;

use super::{Session, bytes, context, load, models, opened};
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::member::in_process::{Stop, Until};
use crate::engine::member::{Context, Drafted, ExtendRequest, Extended, Hints, Keep, MemberError, Sampling, ScoreRequest};

const QUESTIONS: [&str; 3] = [
    "What is the capital of France? What is 12 plus 30? What is the opposite of hot?",
    "Which month comes after May? What is the plural of shelf?",
    "Wie heißt die Hauptstadt von Österreich? 東京 🙂",
];

const STRANGE: [(&str, bool); 6] = [
    (" Übergröße naïve", false),
    (" 東京 is big 🙂🙂", true),
    ("\n\n\tdon't – “we’ve”", true),
    ("", true),
    ("", false),
    ("The capital of France is Paris. Yes", false),
];

const CONFIDENCE: f32 = 0.6;

fn sampling(temperature: f32, seed: u64) -> Sampling {
    Sampling { temperature, top_p: 0.95, seed }
}

fn drafted(session: &mut Session, context: &Context, confidence: Option<f32>, tokens: usize) -> Drafted {
    let complete = |_: &str, count| count >= tokens;
    let until = Until { confidence, ..Until::complete(&complete) };
    session.draft(context, sampling(0.0, 0), until, &Hints::default(), &mut |_| (), &|| false).unwrap()
}

fn asked(context: &Context, draft: &str, ends: bool, keep: Keep, sampling: Sampling) -> ExtendRequest {
    ExtendRequest { context: context.clone(), draft: draft.into(), ends, keep, own: 1, sampling }
}

fn extended(session: &mut Session, context: &Context, draft: (&str, bool), keep: Keep, sampling: Sampling) -> Extended {
    session.extend(&asked(context, draft.0, draft.1, keep, sampling), &|| false).unwrap()
}

fn after(context: &Context, text: &str) -> Context {
    let accepted = context.accepted.iter().cloned().chain([Arc::from(text)]).collect();
    Context { conversation: Arc::clone(&context.conversation), accepted }
}

/// The outcome of one answer that one member drafts and another extends.
#[derive(Default)]
struct Driven {
    text: String,
    ends: bool,
    calls: u64,
    /// The answer's tokens, by the large member's tokenizer.
    kept: usize,
    added: usize,
    forwards: u64,
}

/// Has one model draft at temperature 0 what another extends. `counting` is another session of the drafting model.
fn driven(small: &mut Session, counting: &mut Session, large: &mut Session, question: &str) -> Driven {
    let (mut at, mut all, mut added) = (context(question, &[]), Driven::default(), String::new());
    while !all.ends && all.added < 60 {
        let draft = drafted(small, &at, Some(CONFIDENCE), 16);
        let text = draft.draft.text();
        let rows = large.ids(&after(&at, &text)).unwrap().len() - large.ids(&at).unwrap().len();
        let taken = extended(large, &at, (&text, draft.draft.ends), Keep::Own, sampling(0.0, 0));
        // The first call reads the prompt; every other one reads the preceding token and the draft in one pass.
        let prompt = if all.calls == 0 { large.prompt(&at.conversation).unwrap().len() as u64 } else { 1 };
        assert!(taken.forwards <= prompt + rows as u64, "{} for {rows}", taken.forwards);
        // What the small one has not evaluated: what was added, and at most two tokens at the seam.
        let drawn = draft.draft.tokens.len();
        let lacking = counting.ids(&context("", &[&added])).unwrap().len() - counting.ids(&context("", &[])).unwrap().len();
        assert!(all.calls == 0 || draft.forwards <= (drawn + lacking + 2) as u64, "{} for {drawn} and {added:?}", draft.forwards);
        added = taken.added().iter().map(|token| token.text.as_str()).collect();
        let refused = taken.logprobs.len() < rows || taken.kept < text.len();
        all.kept += taken.logprobs.len() - usize::from(refused);
        all.added += taken.added().len();
        all.forwards += taken.forwards;
        all.calls += 1;
        all.ends = taken.ends;
        let accepted = taken.text();
        assert!(taken.ends || !accepted.is_empty());
        all.text.push_str(&accepted);
        at = after(&at, &accepted);
    }
    all
}

#[test]
fn what_a_member_would_say_itself_is_its_own_text_to_the_byte() {
    let names = models();
    let (mut forwards, mut tokens, mut calls) = (0, 0, 0);
    for (place, name) in names.iter().enumerate() {
        for question in QUESTIONS {
            let small = &names[(place + 1) % names.len()];
            let (mut small, mut counting) = (opened(small, Level::new()).0, opened(small, Level::new()).0);
            let (mut large, _) = opened(name, Level::new());
            let (mut alone, _) = opened(name, Level::new());
            let all = driven(&mut small, &mut counting, &mut large, question);
            let own = drafted(&mut alone, &context(question, &[]), None, 200).draft;
            let text = own.text();
            assert!(
                all.ends == own.ends && all.text == text || (!all.ends && text.starts_with(&all.text)),
                "{name} {question:?}: {:?} and not {text:?}",
                all.text
            );
            (forwards, tokens, calls) = (forwards + all.forwards, tokens + all.kept + all.added, calls + all.calls);
        }
    }
    println!("{tokens} tokens in {calls} calls and {forwards} positions");
}

/// When sampling, too: one call gives the draft of its seed, up to where that leaves the text being extended.
#[test]
fn own_tokens_are_those_that_the_seed_draws() {
    for seed in 0..12 {
        let at = context(QUESTIONS[0], &["The"]);
        let (mut one, _) = opened("atlas", Level::new());
        let (mut other, _) = opened("atlas", Level::new());
        let complete = |_: &str, count| count >= 8;
        let until = Until::complete(&complete);
        let own = one.draft(&at, sampling(0.9, seed), until, &Hints::default(), &mut |_| (), &|| false).unwrap().draft;
        let text: String = own.tokens.iter().take(5).map(|token| token.text.as_str()).collect();
        let taken = extended(&mut other, &at, (&text, false), Keep::Own, sampling(0.9, seed));
        let all: Vec<&str> = own.tokens.iter().map(|token| token.text.as_str()).collect();
        assert!(all.concat().starts_with(&taken.text()), "{taken:?} {all:?}");
        let numbers: Vec<f32> = own.tokens.iter().filter_map(|token| token.logprob).take(5).collect();
        // Drawn tokens need not be those that a tokenizer makes of their text.
        assert!(taken.kept < text.len() || taken.logprobs == numbers || taken.logprobs.len() < 5, "{taken:?} {numbers:?}");
    }
}

#[test]
fn a_draft_stops_before_what_its_author_is_unsure_of() {
    let (mut stopped, mut empty, mut ended) = (0, 0, 0);
    for name in models() {
        for question in QUESTIONS {
            let at = context(question, &[]);
            let (mut session, _) = opened(&name, Level::new());
            let plain = drafted(&mut session, &at, None, 30).draft;
            for confidence in [0.0, 0.3, 0.6, 0.9, 1.0] {
                let (mut session, _) = opened(&name, Level::new());
                let mut heard = Vec::new();
                let complete = |_: &str, count| count >= 30;
                let until = Until { confidence: Some(confidence), ..Until::complete(&complete) };
                let draft = session.draft(
                    &at,
                    sampling(0.0, 0),
                    until,
                    &Hints::default(),
                    &mut |token| heard.push(token.clone()),
                    &|| false,
                );
                let Drafted { draft, ends, .. } = draft.unwrap();
                let sure = |logprob: f32| logprob >= confidence.ln();
                let count = plain.tokens.iter().take_while(|token| token.logprob.is_some_and(sure)).count();
                assert_eq!((&draft.tokens[..], &heard[..]), (&plain.tokens[..count], &draft.tokens[..]), "{name} {confidence}");
                assert_eq!(draft.ends, plain.ends && count == plain.tokens.len() && plain.end_logprob.is_some_and(sure));
                assert!(ends.len() >= count);
                stopped += usize::from(count < plain.tokens.len());
                empty += usize::from(count == 0);
                ended += usize::from(draft.ends);
            }
        }
    }
    assert!(stopped > 10 && empty > 3 && ended > 3, "{stopped} {empty} {ended}");
}

/// Every kept token has the required probability, the first rejected one does not, and what is added is the member's own.
#[test]
fn what_is_likely_enough_is_kept() {
    let (mut kept, mut refused, mut ended) = (0, 0, 0);
    let drafts = || STRANGE.into_iter().chain([("The capital of France is Paris.", true), (" The answer is 42.", true)]);
    for name in models() {
        let (mut session, _) = opened(&name, Level::new());
        let (mut other, _) = opened(&name, Level::new());
        let at = context(QUESTIONS[0], &[]);
        let ids = session.ids(&at).unwrap();
        for (least, (text, ends)) in
            [0.9_f32, 0.05, 1e-4, 0.0].into_iter().flat_map(|least| drafts().map(move |draft| (least, draft)))
        {
            let taken = extended(&mut session, &at, (text, ends), Keep::Likely(least), sampling(0.0, 0));
            let draft = other.ids(&after(&at, text)).unwrap()[ids.len()..].to_vec();
            let all = taken.kept == text.len();
            let count = taken.logprobs.len() - usize::from(!all);
            assert!(taken.logprobs[..count].iter().all(|logprob| *logprob >= least.ln()), "{name} {least} {taken:?}");
            assert!(if all { count == draft.len() } else { taken.logprobs[count] < least.ln() });
            assert_eq!(other.log_probabilities(&ids, &draft[..taken.logprobs.len()]), taken.logprobs, "{name} {text:?}");
            match taken.added().first() {
                Some(added) => {
                    let own = drafted(&mut other, &after(&at, &text[..taken.kept]), None, 1).draft;
                    assert!(
                        own.tokens[0].text == added.text || own.tokens[0].text.is_empty(),
                        "{name} {text:?} {taken:?} {own:?}"
                    );
                }
                None => assert!(taken.ends && taken.end_logprob.is_some()),
            }
            (kept, refused, ended) = (kept + count, refused + usize::from(!all), ended + usize::from(taken.ends));
        }
    }
    assert!(kept > 100 && refused > 20 && ended > 3, "{kept} {refused} {ended}");
}

/// Text written this way is evaluated except for its last token, and gives the numbers of a session that reads it token by token.
#[test]
fn a_kept_state_gives_the_numbers_of_a_fresh_one() {
    for name in models() {
        let (mut kept, _) = opened(&name, Level::new());
        let (mut small, _) = opened("babble", Level::new());
        let mut at = context(QUESTIONS[1], &[]);
        for round in 0..8 {
            let own = drafted(&mut small, &at, Some(CONFIDENCE), 6).draft;
            let (text, ends) = (own.text(), own.ends);
            let (draft, ends) = if round % 3 == 2 { STRANGE[round % 2] } else { (text.as_str(), ends) };
            let keep = if round % 2 == 0 { Keep::Likely(1e-5) } else { Keep::Own };
            let taken = extended(&mut kept, &at, (draft, ends), keep, sampling(1.2, round as u64));
            if taken.ends {
                break;
            }
            at = after(&at, &taken.text());
            let ids = kept.ids(&at).unwrap();
            let candidates = [(" The capital is 7.", false), (" It\n\n- 😀 is", false)];
            let asked_for = candidates.map(|(text, ends)| CandidateText::new(text, ends)).to_vec();
            let scores = kept.score(&ScoreRequest::exact(at.clone(), asked_for), &|| false).unwrap();
            let drawn = drafted(&mut kept, &at, None, 5).draft;
            for ((text, _), scores) in candidates.iter().zip(scores.logprobs()) {
                let (mut fresh, _) = opened(&name, Level::new());
                let candidate = fresh.ids(&context("", &[text])).unwrap();
                let prompt = fresh.ids(&context("", &[])).unwrap().len();
                assert_eq!(fresh.log_probabilities(&ids, &candidate[prompt..]), scores, "{name} {round}");
            }
            let (mut fresh, _) = opened(&name, Level::new());
            let numbers: Vec<f32> = drawn.tokens.iter().filter_map(|token| token.logprob).collect();
            drafted(&mut kept, &at, Some(0.0), 5);
            let drawn_ids = kept.ids(&after(&at, &drawn.text())).unwrap()[ids.len()..].to_vec();
            assert_eq!(
                fresh.log_probabilities(&ids, &drawn_ids)[..],
                numbers[..drawn_ids.len().min(numbers.len())],
                "{name} {round}"
            );
        }
    }
}

#[test]
fn nothing_accepted_is_evaluated_twice() {
    let (mut session, _) = opened("atlas", Level::new());
    let at = context(QUESTIONS[0], &[]);
    let prompt = session.prompt(&at.conversation).unwrap().len() as u64;
    let taken = extended(&mut session, &at, ("The capital of Peru is", false), Keep::Likely(1e-9), sampling(0.0, 0));
    assert_eq!(taken.forwards, prompt + taken.logprobs.len() as u64);
    let next = after(&at, &taken.text());
    assert_eq!(drafted(&mut session, &next, None, 1).forwards, 1, "the added token");
    assert_eq!(extended(&mut session, &next, ("", false), Keep::Own, sampling(0.0, 0)).forwards, 0, "it is there now");
    // The same again, without a draft in between: the added token and the draft's in one pass.
    let (mut session, _) = opened("atlas", Level::new());
    extended(&mut session, &at, ("The capital of Peru is", false), Keep::Likely(1e-9), sampling(0.0, 0));
    let passes = Cell::new(0);
    let counted = || {
        passes.set(passes.get() + 1);
        false
    };
    let rows = session.ids(&after(&next, " and that of France")).unwrap().len() - session.ids(&next).unwrap().len();
    let request = asked(&next, " and that of France", false, Keep::Likely(1e-9), sampling(0.0, 0));
    let again = session.extend(&request, &counted).unwrap();
    assert_eq!((again.forwards, passes.get()), (1 + rows as u64, 1));
    // A different text is accepted than the one put together: the common part is not evaluated again.
    let other = after(&next, " and that of Spain");
    assert!(drafted(&mut session, &other, None, 1).forwards <= 4);
}

/// Characters are never split, whatever is kept and whatever is drawn after it, and however few rows are kept.
#[test]
fn characters_stay_whole() {
    for name in models() {
        let (mut few, mut many) = (opened(&name, Level::new()).0.keeping(2), opened(&name, Level::new()).0);
        let mut at = context(QUESTIONS[2], &[]);
        for seed in 0..20 {
            let (draft, ends) = STRANGE[seed as usize % STRANGE.len()];
            let keep = if seed % 4 == 3 { Keep::Own } else { Keep::Likely([1e-3, 1e-6, 1e-9][seed as usize % 3]) };
            let taken = extended(&mut many, &at, (draft, ends), keep, sampling(2.0, seed));
            assert!(draft.is_char_boundary(taken.kept) && taken.kept <= draft.len());
            let text = taken.text();
            assert!(taken.ends || text.len() > taken.kept, "{name} {taken:?}");
            let same = extended(&mut few, &at, (draft, ends), keep, sampling(2.0, seed));
            assert_eq!(Extended { forwards: 0, ..same }, Extended { forwards: 0, ..taken.clone() });
            if !taken.ends && at.accepted.len() < 6 {
                at = after(&at, &text);
            }
        }
    }
}

#[test]
fn a_context_that_is_full_is_refused_and_a_draft_is_kept_as_far_as_there_is_room() {
    let (mut session, capabilities) = opened("babble", Level::new());
    let limit = capabilities.context_tokens.unwrap();
    let prompt = session.prompt(&context("1", &[]).conversation).unwrap().len();
    // Digits never merge: each is a token.
    let digits = "7".repeat(limit - prompt - 5);
    let near = context("1", &[&digits]);
    let long = "7".repeat(5000);
    for draft in ["12345", "1234567", long.as_str()] {
        let taken = extended(&mut session, &near, (draft, true), Keep::Likely(0.0), sampling(0.0, 0));
        assert!(taken.kept == 4 && (taken.ends || taken.added().len() == 1), "{taken:?}");
        assert_eq!(taken.logprobs.len(), 4);
    }
    let full = context("1", &[&digits, "12345"]);
    let refused = session.extend(&asked(&full, "1", false, Keep::Own, sampling(0.0, 0)), &|| false);
    assert_eq!(refused.unwrap_err(), MemberError::ContextFull { needed: limit + 1, limit }.into());
}

#[test]
fn a_cancelled_call_leaves_the_session_sound() {
    let at = context(QUESTIONS[0], &["The capital of France is Paris."]);
    let request = asked(&at, " The answer is 42", false, Keep::Likely(1e-6), sampling(1.0, 4));
    let (mut fresh, _) = opened("abacus", Level::new());
    let expected = fresh.extend(&request, &|| false).unwrap();
    for patience in 0..4 {
        let (mut session, _) = opened("abacus", Level::new());
        let left = Cell::new(patience);
        let cancelled = || left.replace(left.get() - i32::from(left.get() > 0)) == 0;
        let result = session.extend(&request, &cancelled);
        assert!(result.is_err_and(|stop| stop == Stop::Cancelled) || patience >= 2, "{patience}");
        drafted(&mut session, &context(QUESTIONS[0], &[]), Some(CONFIDENCE), 3);
        let taken = session.extend(&request, &|| false).unwrap();
        assert_eq!(Extended { forwards: 0, ..taken }, Extended { forwards: 0, ..expected.clone() });
    }
}

/// Weights that nothing can be computed from, and invalid thresholds.
#[test]
fn what_is_not_a_number_is_an_error_or_keeps_nothing() {
    let mut file = bytes("babble");
    let half = file.len() / 2;
    // The largest half-precision number.
    file[half..].as_chunks_mut().0.fill([0xff, 0x7b]);
    let at = context("What?", &[]);
    let (mut session, _) = load("large", &file, Level::new()).unwrap();
    for keep in [Keep::Own, Keep::Likely(0.1)] {
        let result = session.extend(&asked(&at, "So it is.", true, keep, sampling(0.5, 1)), &|| false);
        assert!(matches!(result, Err(Stop::Failed(MemberError::Failed(_)))), "{result:?}");
    }
    let (mut session, _) = opened("babble", Level::new());
    for least in [f32::NAN, -1.0, 2.0, f32::INFINITY] {
        let taken = extended(&mut session, &at, ("So it is.", true), Keep::Likely(least), sampling(0.5, 1));
        assert_eq!((taken.kept, taken.logprobs.len()), (0, 1), "{least}");
    }
    let sure = drafted(&mut session, &at, Some(f32::NAN), 5);
    assert_eq!(sure.draft.tokens.len(), 5);
}

/// Several tokens of its own are those that it would add one by one.
#[test]
fn it_goes_on_for_as_many_tokens_as_are_asked_for() {
    for name in models() {
        let (mut at_once, _) = opened(&name, Level::new());
        let (mut singly, _) = opened(&name, Level::new());
        for draft in ["", "The", "The capital of Peru is 7"] {
            let at = context(QUESTIONS[0], &[]);
            let request = ExtendRequest { own: 4, ..asked(&at, draft, false, Keep::Own, sampling(0.0, 0)) };
            let taken = at_once.extend(&request, &|| false).unwrap();
            let mut next = extended(&mut singly, &at, (draft, false), Keep::Own, sampling(0.0, 0));
            let (mut text, mut own, mut at) = (next.text(), next.added().len(), after(&at, &next.text()));
            while own < 4 && !next.ends {
                next = extended(&mut singly, &at, ("", false), Keep::Own, sampling(0.0, 0));
                (own, at) = (own + next.added().len(), after(&at, &next.text()));
                text.push_str(&next.text());
            }
            assert_eq!((taken.text(), taken.ends, taken.added().len()), (text, next.ends, own), "{name} {draft:?}");
        }
    }
}
