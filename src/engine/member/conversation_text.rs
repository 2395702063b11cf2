//! How a conversation is written where a model's own template does not do all of it.
//!
//! Owns the plain form for models without a template and where an answer in it ends, instructions for templates that know no role
//! for them, and closing the thought that a template opens. Pure; whoever renders and tokenises is each kind of member.

use crate::engine::fusion::conversation::{Conversation, Role};

/// What templates write last when the answer would begin with a thought, and what ends the thought.
const THOUGHTS: [(&str, &str); 4] = [
    ("<think>", "\n\n</think>\n\n"),
    ("<thought>", "\n</thought>\n"),
    ("[THINK]", "[/THINK]"),
    ("<|start|>assistant", "<|channel|>final<|message|>"),
];

/// An empty thought, for models that begin with one of their own accord.
const EMPTY_THOUGHT: &str = "<think>\n\n</think>\n\n";

/// What begins a thought in a draft.
pub(super) const THOUGHT: &str = "<think>";

/// What introduces the turns of a plain conversation, each on a line of its own.
const USER: &str = "### User:";
const ASSISTANT: &str = "### Assistant:";

/// A conversation as plain text, up to where the answer begins.
pub(super) fn plain(conversation: &Conversation) -> String {
    let turns = conversation.turns.iter().map(|turn| match turn.role {
        Role::System => format!("{}\n\n", turn.content),
        Role::User => format!("{USER}\n{}\n\n", turn.content),
        Role::Assistant => format!("{ASSISTANT}\n{}\n\n", turn.content),
    });
    format!("{}{ASSISTANT}\n", turns.collect::<String>())
}

/// What ends an answer in the plain form, where no token does: the beginning of another turn.
pub(super) fn plain_stops() -> Vec<String> {
    vec![format!("\n{USER}")]
}

/// How much of a draft in the plain form is answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlainAnswer {
    /// So many bytes may be taken in; what follows them may be the beginning of another turn.
    Open(usize),
    /// It ends after so many bytes, since another turn begins.
    Ended(usize),
}

/// Looks for the beginning of another turn in a draft behind the accepted text, whose end may hold the line break before it.
pub(super) fn plain_answer(accepted: &str, draft: &str) -> PlainAnswer {
    let starts_line = accepted.is_empty() || accepted.ends_with('\n');
    let starts = starts_line.then_some((0, 0)).into_iter().chain(draft.match_indices('\n').map(|(at, _)| (at, at + 1)));
    for (end, start) in starts {
        let line = draft.get(start..).unwrap_or_default();
        if [USER, ASSISTANT].iter().any(|role| line.starts_with(role)) {
            return PlainAnswer::Ended(end);
        }
        if !line.contains('\n') && [USER, ASSISTANT].iter().any(|role| role.starts_with(line)) {
            return PlainAnswer::Open(end);
        }
    }
    PlainAnswer::Open(draft.len())
}

/// The turns with instructions moved into the question after them; `None` where there are none.
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

/// The rendered prompt with its thought closed, so that the answer begins at once. `silence` puts an empty thought before it.
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
            ("", "### User:", Ended(0)),
            ("It", " is\n", Open(3)),
            ("It", " is\n\nso.", Open(8)),
        ] {
            assert_eq!(plain_answer(accepted, draft), expected, "{accepted:?} {draft:?}");
        }
    }
}
