//! How probable a question is: the probabilities of its tokens as part of the prompt, with nothing evaluated twice for it.

use std::sync::Arc;

use fearless_simd::Level;

use super::{context, models, opened};
use crate::engine::fusion::conversation::{Conversation, Role, Turn};
use crate::engine::member::Hints;
use crate::engine::member::in_process::Until;
use crate::engine::member::{Context, Sampling};

#[test]
fn the_question_has_the_probability_of_its_tokens_in_the_prompt() {
    let turn = |role, content: &str| Turn { role, content: content.to_owned() };
    let later = Conversation {
        turns: vec![turn(Role::User, "What?"), turn(Role::Assistant, "That."), turn(Role::User, "And what is 7 plus 5?")],
    };
    for name in models() {
        for conversation in [Conversation::question("What is the capital of Peru?"), later.clone()] {
            let conversation = Arc::new(conversation);
            let (mut session, _) = opened(&name, Level::new());
            let predicted = session.predict(&conversation, &|| false).unwrap();
            let ids = session.prompt(&conversation).unwrap();
            // The prompt except for its first token, without what does not belong to the question.
            let (mut fresh, _) = opened(&name, Level::new());
            let all = fresh.log_probabilities(&ids[..1], &ids[1..]);
            let text = conversation.prompt();
            let contains = (0..all.len()).flat_map(|start| (start + 1..=all.len()).map(move |end| (start, end)));
            let sums: Vec<f64> =
                contains.map(|(start, end)| all[start..end].iter().map(|logprob| f64::from(*logprob)).sum()).collect();
            assert!(sums.iter().any(|sum| (sum - predicted.logprob).abs() < 1e-9), "{name} {predicted:?}");
            assert!(predicted.bytes.abs_diff(text.len()) <= 2, "{name} {predicted:?} {text:?}");
            let after = Context { conversation: Arc::clone(&conversation), accepted: Arc::from([]) };
            let complete = |_: &str, count| count >= 1;
            let sampling = Sampling { temperature: 0.0, top_p: 1.0, seed: 0 };
            let until = Until::complete(&complete);
            let drafted = session.draft(&after, sampling, until, &Hints::default(), &mut |_| (), &|| false).unwrap();
            assert!((drafted.forwards as usize) < ids.len() - predicted.bytes / 8, "the question is not evaluated again");
        }
    }
}

#[test]
fn a_question_of_nothing_cannot_be_predicted() {
    let (mut session, _) = opened("atlas", Level::new());
    let nothing = Arc::clone(&context("", &[]).conversation);
    let refused = session.predict(&nothing, &|| false).unwrap_err();
    assert!(format!("{refused:?}").contains("no tokens of its own"), "{refused:?}");
}
