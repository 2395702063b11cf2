//! A conversation as prompt tokens, by the model's own chat template.
//!
//! The server renders the template, once a conversation: templates trim and rewrite what is inside, so the answer so far is
//! appended by us as tokens. Thinking is switched off by the template's own switch and, where the template opens a thought all
//! the same, the thought is closed at once. What people and models wrote never becomes a control token: where it would, contents
//! are kept out of the rendering by marks, and tokenised by themselves.

use serde::Deserialize;
use serde_json::{Value, json};

use super::server::{CallError, Server};
use super::tokens::{Token, Tokenizer, fields, ids, tokens};
use crate::engine::fusion::conversation::{Conversation, Role};

/// How conversations are written for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By its own template.
    Template,
    /// As plain text, for a model without one or a server that does not render.
    Plain,
}

/// A conversation, tokenised up to where the answer begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Its tokens.
    pub(super) ids: Vec<u32>,
    /// Texts that end an answer where no token does.
    pub(super) stops: Vec<String>,
}

/// Opens and closes a mark: noncharacters, which no text is meant to hold.
const MARK: char = '\u{fdd0}';

/// What templates write last when the answer would begin with a thought, and what ends the thought.
const THOUGHTS: [(&str, &str); 4] = [
    ("<think>", "\n\n</think>\n\n"),
    ("<thought>", "\n</thought>\n"),
    ("[THINK]", "[/THINK]"),
    ("<|start|>assistant", "<|channel|>final<|message|>"),
];

/// An empty thought, for models that begin with one of their own accord.
pub(super) const EMPTY_THOUGHT: &str = "<think>\n\n</think>\n\n";

/// What begins a thought in a draft.
pub(super) const THOUGHT: &str = "<think>";

/// What introduces the turns of a plain conversation.
const USER: &str = "### User:\n";
const ASSISTANT: &str = "### Assistant:\n";

#[derive(Debug, Deserialize)]
struct Rendered {
    prompt: String,
}

/// Finds out how to write for the model. `template` is its source, where known.
pub(super) async fn form(server: &Server, template: &str) -> Result<Form, CallError> {
    // A model without a template gets this one from the server, whose control tokens it has never seen.
    if template.contains("<|im_start|>") && tokens(server, "<|im_start|>", false, true).await?.len() > 1 {
        return Ok(Form::Plain);
    }
    match render(server, &[("user", "Hello")]).await {
        Ok(_) => Ok(Form::Template),
        Err(CallError::Http(error)) if matches!(error.status(), Some(404 | 405 | 501)) => Ok(Form::Plain),
        Err(error) => Err(error),
    }
}

/// The tokens of a conversation. `begin` is the text of the token that begins a text; `silence` puts an empty thought before the
/// answer.
pub(super) async fn prompt(
    server: &Server,
    tokenizer: &Tokenizer,
    form: Form,
    conversation: &Conversation,
    begin: &str,
    silence: bool,
) -> Result<Prompt, CallError> {
    match form {
        Form::Plain => {
            let ids = ids(&tokens(server, &plain(conversation), true, false).await?);
            Ok(Prompt { ids, stops: vec![format!("\n{USER}").trim_end().to_owned()] })
        }
        Form::Template => {
            let hidden = if is_special(server, conversation).await? { marked(server, conversation).await } else { None };
            let rendered = match hidden {
                Some(rendered) => rendered,
                None => written(server, conversation, |_, content| content.to_owned()).await?.replace(MARK, ""),
            };
            let closed = close(rendered, silence);
            let ids = assembled(server, tokenizer, conversation, &closed).await?;
            Ok(Prompt { ids: once(ids, closed.starts_with(begin) && !begin.is_empty()), stops: Vec::new() })
        }
    }
}

/// Renders a conversation with the contents of turns as `content` gives them. Where the template refuses a role for
/// instructions, they go before the first question.
async fn written(
    server: &Server,
    conversation: &Conversation,
    content: impl Fn(usize, &str) -> String,
) -> Result<String, CallError> {
    let turns = conversation.turns.iter().enumerate();
    let turns: Vec<(Role, String)> = turns.map(|(number, turn)| (turn.role, content(number, &turn.content))).collect();
    let named: Vec<(&str, &str)> = turns.iter().map(|(role, content)| (called(*role), content.as_str())).collect();
    let first = render(server, &named).await;
    match first {
        Err(CallError::Http(error)) if matches!(error.status(), Some(400 | 500)) => {
            let Some(merged) = without_system(&turns) else { return Err(error.into()) };
            let named: Vec<(&str, &str)> = merged.iter().map(|(role, content)| (called(*role), content.as_str())).collect();
            render(server, &named).await
        }
        first => first,
    }
}

async fn render(server: &Server, messages: &[(&str, &str)]) -> Result<String, CallError> {
    let messages: Vec<Value> = messages.iter().map(|(role, content)| json!({ "role": role, "content": content })).collect();
    let body = json!({ "messages": messages, "chat_template_kwargs": { "enable_thinking": false } });
    let rendered: Rendered = server.post("/apply-template", fields(body)).await?;
    Ok(rendered.prompt)
}

fn called(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// The turns with instructions moved into the question after them; `None` where there are none.
fn without_system(turns: &[(Role, String)]) -> Option<Vec<(Role, String)>> {
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

/// Whether the contents of any turn hold what the model's vocabulary knows as control tokens.
async fn is_special(server: &Server, conversation: &Conversation) -> Result<bool, CallError> {
    let contents: Vec<&str> = conversation.turns.iter().map(|turn| turn.content.as_str()).collect();
    let contents = contents.join("\n");
    let (meant, plain) = tokio::join!(tokens(server, &contents, false, true), tokens(server, &contents, false, false));
    Ok(meant? != plain?)
}

/// The conversation rendered with marks for contents; `None` where the template does not leave them as they are.
async fn marked(server: &Server, conversation: &Conversation) -> Option<String> {
    let rendered = written(server, conversation, |number, _| format!("{MARK}{number}{MARK}")).await.ok()?;
    let parts: Vec<&str> = rendered.split(MARK).collect();
    let known = parts.iter().skip(1).step_by(2).all(|part| turn(conversation, part).is_some());
    let last = conversation.turns.len().checked_sub(1)?.to_string();
    (known && parts.iter().skip(1).step_by(2).any(|part| *part == last)).then_some(rendered)
}

/// The content of the turn with this number.
fn turn<'a>(conversation: &'a Conversation, number: &str) -> Option<&'a str> {
    conversation.turns.get(number.parse::<usize>().ok()?).map(|turn| turn.content.as_str())
}

/// The tokens of what was rendered: its own parts may hold control tokens, contents at marks never do.
async fn assembled(
    server: &Server,
    tokenizer: &Tokenizer,
    conversation: &Conversation,
    rendered: &str,
) -> Result<Vec<u32>, CallError> {
    let mut all: Vec<Token> = Vec::new();
    for (place, part) in rendered.split(MARK).enumerate() {
        all.extend(match turn(conversation, part).filter(|_| place % 2 == 1) {
            Some(content) => tokenizer.free(server, content).await?,
            None if place == 0 => tokens(server, part, true, true).await?,
            None => tokenizer.going_on(server, part, true).await?,
        });
    }
    Ok(ids(&all))
}

/// The rendered prompt with its thought closed, so that the answer begins at once.
fn close(mut rendered: String, silence: bool) -> String {
    let opened = THOUGHTS.iter().find(|(opening, _)| rendered.trim_end().ends_with(opening));
    if let Some((_, end)) = opened {
        rendered.truncate(rendered.trim_end().len());
        rendered.push_str(end);
    } else if silence {
        rendered.push_str(EMPTY_THOUGHT);
    }
    rendered
}

/// The tokens with the one that begins a text there once: templates often write it, and the tokenizer adds it.
fn once(mut ids: Vec<u32>, written: bool) -> Vec<u32> {
    if written && matches!(ids.as_slice(), [first, second, ..] if first == second) {
        ids.remove(0);
    }
    ids
}

/// A conversation as plain text.
fn plain(conversation: &Conversation) -> String {
    let turns = conversation.turns.iter().map(|turn| match turn.role {
        Role::System => format!("{}\n\n", turn.content),
        Role::User => format!("{USER}{}\n\n", turn.content),
        Role::Assistant => format!("{ASSISTANT}{}\n\n", turn.content),
    });
    turns.collect::<String>() + ASSISTANT
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
    fn the_beginning_is_there_once() {
        assert_eq!(once(vec![1, 1, 5], true), [1, 5]);
        assert_eq!(once(vec![1, 1, 5], false), [1, 1, 5], "a text may begin with the same token twice");
        assert_eq!(once(vec![1], true), [1]);
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
}
