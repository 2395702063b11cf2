//! What a server lacks and how to get it, in sentences for the user.

use super::discover::Found;
use super::probe::Probed;
use super::template::Form;

/// Below this many tokens a conversation is soon too long.
const SMALL: usize = 2048;

/// Everything that could be better.
pub(super) fn advice(found: &Found, probed: &Probed, form: Form) -> Vec<String> {
    let context = found.context.unwrap_or(usize::MAX);
    let could = found.trained.is_some_and(|trained| trained > context);
    let small = format!("its context holds {context} tokens, though the model takes more: start the server with a larger -c");
    let checks = [
        (
            probed.speculative,
            "it decodes speculatively, which falsifies the log-probabilities of its drafts and makes scoring slow: start the \
             server without --model-draft and --spec-type",
        ),
        (
            !probed.speculative && probed.forced && !probed.grammar,
            "its grammars know no tokens, so that scoring takes a request for every token: update llama.cpp (December 2025 or \
             later)",
        ),
        (!probed.forced, "it returns no log-probabilities of forced tokens, so that it cannot score exactly: update llama.cpp"),
        (probed.forced && !probed.end, "it does not tell how probable the end of an answer is: update llama.cpp"),
        (
            form == Form::Plain,
            "it has no chat template of its own (a base model), so it is asked in a plain form, and only verifies beside models made \
             for conversation: use one of those, or start the server with --chat-template, or update llama.cpp",
        ),
        (
            form == Form::Template && found.system_role == Some(false),
            "its chat template has no place for instructions: they are put before the first question",
        ),
        (
            found.slots > 1 && !probed.keeps_slots && !probed.speculative,
            "it puts aside what it has read when another request comes, so that it reads its own drafts again: start it with \
             --no-cache-idle-slots",
        ),
        (found.slots == 1, "it answers one request at a time: start the server with -np 4"),
        (could && context < SMALL, small.as_str()),
    ];
    checks.into_iter().filter(|(holds, _)| *holds).map(|(_, sentence)| sentence.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probed() -> Probed {
        Probed {
            model: String::new(),
            server: String::new(),
            grammar: true,
            forced: true,
            end: true,
            draft_logprobs: true,
            seed: true,
            keeps_slots: true,
            speculative: false,
        }
    }

    fn found() -> Found {
        Found { slots: 4, context: Some(8192), trained: Some(8192), ..Found::default() }
    }

    #[test]
    fn a_good_server_needs_no_advice() {
        assert_eq!(advice(&found(), &probed(), Form::Template), [""; 0]);
    }

    #[test]
    fn each_lack_is_told_with_its_remedy() {
        let told = |found: Found, probed: Probed, form| advice(&found, &probed, form).concat();
        let speculative = Probed { grammar: false, draft_logprobs: false, speculative: true, ..probed() };
        let speculative = told(found(), speculative, Form::Template);
        assert!(speculative.contains("without --model-draft") && !speculative.contains("December 2025"), "{speculative}");
        assert!(told(found(), Probed { grammar: false, ..probed() }, Form::Template).contains("December 2025"));
        assert!(told(Found { slots: 1, ..found() }, probed(), Form::Template).contains("-np 4"));
        assert!(told(Found { context: Some(512), ..found() }, probed(), Form::Template).contains("512 tokens"));
        assert!(told(Found { context: Some(512), trained: Some(512), ..found() }, probed(), Form::Template).is_empty());
        assert!(told(found(), probed(), Form::Plain).contains("--chat-template"));
        assert!(told(found(), Probed { keeps_slots: false, ..probed() }, Form::Template).contains("--no-cache-idle-slots"));
    }
}
