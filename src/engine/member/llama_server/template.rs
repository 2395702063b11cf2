//! A conversation as prompt tokens, by the model's own chat template.
//!
//! The server renders the template, once per conversation: templates trim and rewrite their contents, so the answer so far is
//! appended here as tokens. Thinking is switched off by the template's own switch and, if the template opens a thought anyway,
//! the thought is closed immediately. What users and models wrote never becomes a control token: if it would, contents are kept
//! out of the rendering by marks, and tokenised separately.

use serde::Deserialize;
use serde_json::{Value, json};

use super::server::{CallError, Server};
use super::tokens::{Token, Tokenizer, fields, ids, tokens};
use crate::engine::fusion::conversation::{Conversation, Role};
use crate::engine::member::conversation_text::{close, plain, plain_stops, without_system};

/// How conversations are written for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By its own template.
    Template,
    /// As plain text, for a model without one or a server that does not render.
    Plain,
}

/// A conversation, tokenised up to where the answer starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Its tokens.
    pub(super) ids: Vec<u32>,
    /// Texts that end an answer, if no token does.
    pub(super) stops: Vec<String>,
}

/// Opens and closes a mark: a noncharacter, which no text should contain.
const MARK: char = '\u{fdd0}';

#[derive(Debug, Deserialize)]
struct Rendered {
    prompt: String,
}

/// Finds out how to write for the model. `template` is its source, if known.
pub(super) async fn form(server: &Server, template: &str) -> Result<Form, CallError> {
    // A model without a template gets this one from the server, although it has never seen its control tokens.
    if template.contains("<|im_start|>") && tokens(server, "<|im_start|>", false, true).await?.len() > 1 {
        return Ok(Form::Plain);
    }
    match render(server, &[("user", "Hello")]).await {
        Ok(_) => Ok(Form::Template),
        Err(CallError::Http(error)) if matches!(error.status(), Some(404 | 405 | 501)) => Ok(Form::Plain),
        Err(error) => Err(error),
    }
}

/// The tokens of a conversation. `begin` is the text of the token that starts a text; `silence` puts an empty thought before the
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
            Ok(Prompt { ids, stops: plain_stops() })
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

/// Renders a conversation with the contents of turns as `content` returns them. If the template refuses a system role,
/// instructions go before the first question.
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

/// Whether the contents of any turn include control tokens of the model's vocabulary.
async fn is_special(server: &Server, conversation: &Conversation) -> Result<bool, CallError> {
    let contents: Vec<&str> = conversation.turns.iter().map(|turn| turn.content.as_str()).collect();
    let contents = contents.join("\n");
    let (meant, plain) = tokio::join!(tokens(server, &contents, false, true), tokens(server, &contents, false, false));
    Ok(meant? != plain?)
}

/// The conversation rendered with marks for contents; `None` if the template changes them.
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

/// The tokens of the rendered text: its own parts may contain control tokens, contents at marks never do.
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

/// The tokens with a single start token: templates often write it, and the tokenizer adds it too.
fn once(mut ids: Vec<u32>, written: bool) -> Vec<u32> {
    if written && matches!(ids.as_slice(), [first, second, ..] if first == second) {
        ids.remove(0);
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_there_once() {
        assert_eq!(once(vec![1, 1, 5], true), [1, 5]);
        assert_eq!(once(vec![1, 1, 5], false), [1, 1, 5], "a text may begin with the same token twice");
        assert_eq!(once(vec![1], true), [1]);
    }
}
