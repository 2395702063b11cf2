//! A conversation as its model sees it: rendered by the server, or by a template that a person gave.
//!
//! Owns what is kept between calls, so that a round asks the server only about what is new: the rendered conversation, and the
//! tokens of texts. The answer is always tokenised from its beginning, as the model itself would have written it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Environment, ErrorKind, Value as Rendered};
use serde_json::{Map, Value, json};

use super::super::MemberError;
use super::client::Client;
use super::dialect::Rendering;
use super::error::of_call;
use super::path;
use super::request::{Part, Prompt, estimate, messages, parted};
use crate::engine::fusion::conversation::{Conversation, Role, Turn};

/// Texts whose tokens are kept: a round asks about the answer with each of its candidates.
const KEPT: usize = 64;

/// Steps that a template may take.
const FUEL: u64 = 1_000_000;

/// Renders conversations.
#[derive(Debug)]
pub(super) struct Renderer {
    way: Way,
    /// The conversation rendered last.
    rendered: Mutex<Option<(Arc<Conversation>, Prompt)>>,
    /// Texts with their tokens, oldest first.
    tokenised: Mutex<VecDeque<Tokenised>>,
}

/// A text and its tokens.
type Tokenised = (Arc<str>, Arc<[u32]>);

#[derive(Debug)]
enum Way {
    Server(Rendering),
    Template(String),
}

impl Renderer {
    /// The server renders.
    pub(super) fn server(rendering: Rendering) -> Self {
        Self::new(Way::Server(rendering))
    }

    /// This Jinja template renders.
    pub(super) fn template(source: &str) -> Self {
        Self::new(Way::Template(source.to_owned()))
    }

    fn new(way: Way) -> Self {
        Self { way, rendered: Mutex::default(), tokenised: Mutex::default() }
    }

    /// Whether prompts are tokens.
    pub(super) fn tokenises(&self) -> bool {
        matches!(self.way, Way::Server(Rendering::Tokenize))
    }

    /// The conversation up to where the answer begins.
    pub(super) async fn base(&self, client: &Client, conversation: &Arc<Conversation>) -> Result<Prompt, MemberError> {
        let known = lock(&self.rendered).clone();
        if let Some((_, prompt)) = known.filter(|(of, _)| Arc::ptr_eq(of, conversation) || of == conversation) {
            return Ok(prompt);
        }
        let prompt = self.render(client, conversation).await?;
        *lock(&self.rendered) = Some((conversation.clone(), prompt.clone()));
        Ok(prompt)
    }

    /// The conversation and the answer so far.
    pub(super) async fn prompt(
        &self,
        client: &Client,
        conversation: &Arc<Conversation>,
        accepted: &str,
    ) -> Result<Prompt, MemberError> {
        Ok(match self.base(client, conversation).await? {
            Prompt::Text(text) => Prompt::Text(text + accepted),
            Prompt::Tokens(mut tokens) => {
                tokens.extend_from_slice(&self.tokens(client, accepted).await?);
                Prompt::Tokens(tokens)
            }
        })
    }

    /// A text's tokens, without any that mark its beginning.
    pub(super) async fn tokens(&self, client: &Client, text: &str) -> Result<Arc<[u32]>, MemberError> {
        if text.is_empty() {
            return Ok(Arc::default());
        }
        let known = lock(&self.tokenised).iter().find(|(of, _)| **of == *text).map(|(_, tokens)| tokens.clone());
        if let Some(tokens) = known {
            return Ok(tokens);
        }
        let body = json!({"model": client.sender.model, "prompt": text, "add_special_tokens": false});
        let tokens: Arc<[u32]> = tokenize(client, &body, estimate(text)).await?.into();
        let mut tokenised = lock(&self.tokenised);
        if tokenised.len() >= KEPT {
            tokenised.pop_front();
        }
        tokenised.push_back((text.into(), tokens.clone()));
        Ok(tokens)
    }

    /// The token that ends an answer, where the server's tokenizer shows it: what follows an answer in a finished turn.
    pub(super) async fn end_token(&self, client: &Client) -> Result<Option<u32>, MemberError> {
        if !self.tokenises() {
            return Ok(None);
        }
        let mut turns = vec![Turn { role: Role::User, content: "A".to_owned() }];
        let open = Arc::new(Conversation { turns: turns.clone() });
        let begun = match self.prompt(client, &open, "B").await? {
            Prompt::Tokens(tokens) => tokens,
            Prompt::Text(_) => return Ok(None),
        };
        turns.push(Turn { role: Role::Assistant, content: "B".to_owned() });
        let mut body = rendering(client, &messages("", &turns));
        path::set(&mut body, "add_generation_prompt", json!(false));
        let finished = tokenize(client, &Value::Object(body), 8).await?;
        Ok(finished.strip_prefix(begun.as_slice()).and_then(|after| after.first().copied()))
    }

    async fn render(&self, client: &Client, conversation: &Conversation) -> Result<Prompt, MemberError> {
        let (system, turns) = parted(conversation);
        let messages = messages(&system, &turns);
        let needed: usize = conversation.turns.iter().map(|turn| estimate(&turn.content)).sum();
        let mut body = rendering(client, &messages);
        let (route, place) = match &self.way {
            Way::Template(source) => return render_template(source, &messages).map(Prompt::Text),
            Way::Server(Rendering::Tokenize) => {
                path::set(&mut body, "add_generation_prompt", json!(true));
                return tokenize(client, &Value::Object(body), needed).await.map(Prompt::Tokens);
            }
            Way::Server(Rendering::ChatPrompt) => {
                path::set(&mut body, "mode", json!("instruct"));
                ("v1/internal/chat-prompt", "prompt")
            }
            Way::Server(Rendering::ChatTokenize) => ("chat_tokenize", "templated_text"),
        };
        let reply = client.http.post(route, &Value::Object(body)).await.map_err(|error| of_call(&error, needed, None))?;
        let text = path::text(&reply, &[place]).ok_or_else(|| missing(route, place))?;
        Ok(Prompt::Text(text.to_owned()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a server renders messages by: as it does for chats, hidden reasoning switched off in the same way.
fn rendering(client: &Client, messages: &[Value]) -> Map<String, Value> {
    let mut body = client.sender.base();
    path::set(&mut body, "messages", json!(messages));
    if !client.sender.tuning.refused.contains(&Part::Unthinking) {
        client.sender.unthinking(&mut body);
    }
    for name in ["chat_template", "chat_template_kwargs"] {
        if let Some(value) = client.sender.extra.get(name) {
            path::set(&mut body, name, value.clone());
        }
    }
    body
}

async fn tokenize(client: &Client, body: &Value, needed: usize) -> Result<Vec<u32>, MemberError> {
    let reply = client.http.post("tokenize", body).await.map_err(|error| of_call(&error, needed, None))?;
    let tokens = reply.get("tokens").and_then(Value::as_array);
    let id = |token: &Value| token.as_u64().and_then(|id| u32::try_from(id).ok());
    tokens.and_then(|tokens| tokens.iter().map(id).collect()).ok_or_else(|| missing("tokenize", "tokens"))
}

fn missing(route: &str, place: &str) -> MemberError {
    MemberError::Failed(format!("the server's reply to {route} has no {place:?} as expected"))
}

fn render_template(source: &str, messages: &[Value]) -> Result<String, MemberError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.add_function("raise_exception", |message: String| -> Result<String, minijinja::Error> {
        Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
    });
    let failed = |error: minijinja::Error| MemberError::Failed(format!("chat_template: {error}"));
    let syntax = environment.syntax().to_builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    let part = |message: &Value, name: &str| Rendered::from(message.get(name).and_then(Value::as_str).unwrap_or_default());
    let message =
        |message: &Value| Rendered::from_pairs([("role", part(message, "role")), ("content", part(message, "content"))]);
    // The server adds the token that marks a beginning by itself.
    let context = Rendered::from_pairs([
        ("messages", messages.iter().map(message).collect::<Rendered>()),
        ("add_generation_prompt", Rendered::from(true)),
        ("bos_token", Rendered::from("")),
        ("eos_token", Rendered::from("")),
    ]);
    environment.template_from_str(source).and_then(|template| template.render(context)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_template_renders_up_to_the_answer() {
        let template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endfor %}\
                        {% if add_generation_prompt %}<|assistant|>{% endif %}";
        let turns = [Turn { role: Role::User, content: "<b>?".to_owned() }];
        let rendered = render_template(template, &messages("Be brief.", &turns)).unwrap();
        assert_eq!(rendered, "<|system|>Be brief.<|end|>\n<|user|><b>?<|end|>\n<|assistant|>");
    }

    #[test]
    fn a_template_that_fails_or_does_not_end_says_so() {
        for source in ["{{ raise_exception('no system prompt') }}", "{% for", "{% for i in range(9999999) %}x{% endfor %}"] {
            let error = render_template(source, &[]).unwrap_err();
            assert!(error.to_string().starts_with("chat_template: "), "{error}");
        }
    }
}
