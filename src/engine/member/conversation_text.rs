//! Writes a conversation where a model's own template does not cover it.
//!
//! Owns the plain form for models without a template and where an answer in it ends, moving instructions for templates without a
//! system role, and closing the thought that a template opens. Pure; each kind of member renders and tokenises on its own.

use crate::engine::fusion::conversation::{Conversation, Role};

/// What templates end with when the answer would start with a thought, and what ends the thought.
const THOUGHTS: [(&str, &str); 4] = [
    ("<think>", "\n\n</think>\n\n"),
    ("<thought>", "\n</thought>\n"),
    ("[THINK]", "[/THINK]"),
    ("<|start|>assistant", "<|channel|>final<|message|>"),
];

/// An empty thought, for models that start one of their own accord.
const EMPTY_THOUGHT: &str = "<think>\n\n</think>\n\n";

/// What starts a thought in a draft of a member in this process, which never lets one start.
pub(super) const THOUGHT: &str = "<think>";

/// Introduces the user's turns in a plain conversation, on a separate line.
const USER: &str = "### User:";
const ASSISTANT: &str = "### Assistant:";

/// A conversation as plain text, up to where the answer starts.
pub(super) fn plain(conversation: &Conversation) -> String {
    let turns = conversation.turns.iter().map(|turn| match turn.role {
        Role::System => format!("{}\n\n", turn.content),
        Role::User => format!("{USER}\n{}\n\n", turn.content),
        Role::Assistant => format!("{ASSISTANT}\n{}\n\n", turn.content),
    });
    format!("{}{ASSISTANT}\n", turns.collect::<String>())
}

/// What ends an answer in the plain form, where no token does: the start of another turn.
pub(super) fn plain_stops() -> Vec<String> {
    [USER, ASSISTANT].iter().map(|role| format!("\n{role}")).collect()
}

/// How much of a draft in the plain form is answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlainAnswer {
    /// This many bytes are answer; what follows may be the start of another turn.
    Open(usize),
    /// It ends after this many bytes, where another turn starts.
    Ended(usize),
}

/// Looks for the start of another turn in a draft after the accepted text, whose end may contain the start of its line.
pub(super) fn plain_answer(accepted: &str, draft: &str) -> PlainAnswer {
    let begun = accepted.rsplit('\n').next().unwrap_or_default();
    let first = draft.split('\n').next().unwrap_or_default();
    let mut lines = draft.match_indices('\n').map(|(at, _)| (at, draft.get(at + 1..).unwrap_or_default()));
    let found = |(end, rest): (usize, &str)| {
        let whole = rest.contains('\n');
        let line = rest.split('\n').next().unwrap_or_default();
        turn(line, whole).map(|turn| (end, turn))
    };
    let head = turn(&format!("{begun}{first}"), draft.contains('\n')).map(|turn| (0, turn));
    match head.or_else(|| lines.find_map(found)) {
        Some((end, Turn::Begins)) => PlainAnswer::Ended(end),
        Some((end, Turn::MayBegin)) => PlainAnswer::Open(end),
        None => PlainAnswer::Open(draft.len()),
    }
}

/// The limits on how a turn is introduced: base models invent speakers of their own.
const SPEAKER_WORDS: usize = 2;
const SPEAKER_BYTES: usize = 24;

/// What a line is in the plain form.
enum Turn {
    Begins,
    /// It is unfinished.
    MayBegin,
}

/// Whether a line introduces a turn: three number signs, one or two words and a colon. `whole`: its end is known.
fn turn(line: &str, whole: bool) -> Option<Turn> {
    let Some(speaker) = line.strip_prefix("###") else {
        return (!whole && "###".starts_with(line)).then_some(Turn::MayBegin);
    };
    let is_speaker = |text: &str| {
        let mut words = text.split_whitespace();
        text.len() <= SPEAKER_BYTES
            && words.clone().count() <= SPEAKER_WORDS
            && words.all(|word| word.chars().all(char::is_alphabetic))
    };
    match speaker.split_once(':') {
        Some((name, _)) => (!name.trim().is_empty() && is_speaker(name)).then_some(Turn::Begins),
        None => (!whole && is_speaker(speaker)).then_some(Turn::MayBegin),
    }
}

/// The turns with instructions moved into the question after them; `None` if there are none.
pub(super) fn without_system(turns: &[(Role, String)]) -> Option<Vec<(Role, String)>> {
    let mut merged = Vec::new();
    let mut instructions = String::new();
    for (role, content) in turns {
        match role {
            Role::System => instructions.extend([content.as_str(), "\n\n"]),
            Role::User => merged.push((Role::User, std::mem::take(&mut instructions) + content)),
            Role::Assistant => merged.push((Role::Assistant, content.clone())),
        }
    }
    if !instructions.is_empty() {
        merged.push((Role::User, instructions));
        return Some(merged);
    }
    (merged.len() < turns.len()).then_some(merged)
}

/// The rendered prompt with its thought closed, so that the answer starts immediately. `silence` puts an empty thought before it.
pub(super) fn close(mut rendered: String, silence: bool) -> String {
    let opened = THOUGHTS.iter().find(|(opening, _)| rendered.trim_end().ends_with(opening));
    if let Some((_, end)) = opened {
        rendered.truncate(rendered.trim_end().len());
        rendered.push_str(end);
    } else if silence {
        rendered.push_str(EMPTY_THOUGHT);
    }
    rendered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::conversation::Turn;

    #[test]
    fn an_opened_thought_is_closed() {
        assert_eq!(close("<|im_start|>assistant\n".into(), false), "<|im_start|>assistant\n");
        assert_eq!(close("<|im_start|>assistant\n".into(), true), "<|im_start|>assistant\n<think>\n\n</think>\n\n");
        assert_eq!(close("assistant\n<think>\n".into(), false), "assistant\n<think>\n\n</think>\n\n");
        assert_eq!(close("assistant\n<think>\n\n</think>\n\n".into(), false), "assistant\n<think>\n\n</think>\n\n");
        assert_eq!(close("<|start|>assistant".into(), true), "<|start|>assistant<|channel|>final<|message|>");
    }

    #[test]
    fn instructions_move_into_the_question_after_them() {
        let turns = [(Role::System, "Be brief.".to_owned()), (Role::User, "Why?".to_owned())];
        assert_eq!(without_system(&turns), Some(vec![(Role::User, "Be brief.\n\nWhy?".to_owned())]));
        assert_eq!(without_system(&turns[1..]), None);
    }

    #[test]
    fn a_plain_conversation_can_be_read() {
        let turn = |role, content: &str| Turn { role, content: content.into() };
        let turns = vec![
            turn(Role::System, "Be brief."),
            turn(Role::User, "Why?"),
            turn(Role::Assistant, "So."),
            turn(Role::User, "How?"),
        ];
        let text = "Be brief.\n\n### User:\nWhy?\n\n### Assistant:\nSo.\n\n### User:\nHow?\n\n### Assistant:\n";
        assert_eq!(plain(&Conversation { turns }), text);
    }

    #[test]
    fn another_turn_ends_a_plain_answer_wherever_its_line_begins() {
        use PlainAnswer::{Ended, Open};
        for (accepted, draft, expected) in [
            ("It is", " so.\n### User:\nAnd", Ended(4)),
            ("It is so.\n", "### Assistant: And", Ended(0)),
            ("It is", " so.\n##", Open(4)),
            ("It is", " so.\n## A heading\n", Open(17)),
            ("It is so.\n\n", "##", Open(0)),
            ("It is so.", "### User:", Open(9)),
            ("It is so.\n###", " User:\nAnd", Ended(0)),
            ("It is so.\n#", "##", Open(0)),
            ("It is", " so.\n### Instructor: And", Ended(4)),
            ("It is", " so.\n### Mr Smith:", Ended(4)),
            ("It is", " so.\n### Step 1: Look", Open(21)),
            ("It is", " so.\n### What to do next:", Open(25)),
            ("It is", " so.\n### A heading\nof it", Open(24)),
            ("", "#", Open(0)),
            ("", "### User:", Ended(0)),
            ("It", " is\n", Open(3)),
            ("It", " is\n\nso.", Open(8)),
        ] {
            assert_eq!(plain_answer(accepted, draft), expected, "{accepted:?} {draft:?}");
        }
    }
}
