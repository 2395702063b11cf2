//! A conversation as its model sees it: rendered by the server, or by a template that the user gave.
//!
//! Owns the caches between calls (the rendered conversation, and the tokens of texts), so that a round asks the server only about
//! what is new. The answer is always tokenised from its start, as the model itself would have written it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::super::MemberError;
use super::super::chat_template::{ChatTemplate, Input};
use super::super::conversation_text::plain;
use super::client::Client;
use super::dialect::Rendering;
use super::error::of_call;
use super::path;
use super::request::{Part, Prompt, estimate, messages, parted};
use crate::engine::fusion::conversation::{Conversation, Role, Turn};

/// How many texts' tokens are kept: a round needs the answer with each of its candidates.
const KEPT: usize = 64;

/// Renders conversations.
#[derive(Debug)]
pub(super) struct Renderer {
    way: Way,
    /// The conversation rendered last.
    rendered: Mutex<Option<(Arc<Conversation>, Prompt)>>,
    /// Texts with their tokens, oldest first.
    tokenised: Mutex<VecDeque<Tokenised>>,
    /// Why the server does not render, if its first reply was a refusal: it is not asked again.
    absent: Mutex<Option<MemberError>>,
}

/// A text and its tokens.
type Tokenised = (Arc<str>, Arc<[u32]>);

#[derive(Debug)]
enum Way {
    Server(Rendering),
    Template(Arc<ChatTemplate>),
    /// The plain form, for models without a template; as tokens if the server returns them.
    Plain {
        tokenises: bool,
    },
}

impl Renderer {
    /// The server renders.
    pub(super) fn server(rendering: Rendering) -> Self {
        Self::new(Way::Server(rendering))
    }

    /// This Jinja template renders.
    pub(super) fn template(source: &str) -> Self {
        Self::new(Way::Template(Arc::new(ChatTemplate::new(source))))
    }

    /// The plain form, on a server that renders this way.
    pub(super) fn plain(rendering: Option<Rendering>) -> Self {
        Self::new(Way::Plain { tokenises: rendering == Some(Rendering::Tokenize) })
    }

    fn new(way: Way) -> Self {
        Self { way, rendered: Mutex::default(), tokenised: Mutex::default(), absent: Mutex::default() }
    }

    /// Whether prompts are tokens.
    pub(super) fn tokenises(&self) -> bool {
        matches!(self.way, Way::Server(Rendering::Tokenize) | Way::Plain { tokenises: true })
    }

    /// Whether it is the plain form, in which an answer ends where another turn starts.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.way, Way::Plain { .. })
    }

    /// The conversation up to where the answer starts.
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

    /// A text's tokens, without any that mark its start.
    pub(super) async fn tokens(&self, client: &Client, text: &str) -> Result<Arc<[u32]>, MemberError> {
        if text.is_empty() {
            return Ok(Arc::default());
        }
        let known = lock(&self.tokenised).iter().find(|(of, _)| **of == *text).map(|(_, tokens)| tokens.clone());
        if let Some(tokens) = known {
            return Ok(tokens);
        }
        let body = json!({"model": client.sender.model, "prompt": text, "add_special_tokens": false});
        let tokens: Arc<[u32]> = self.tokenize(client, &body, estimate(text)).await?.into();
        let mut tokenised = lock(&self.tokenised);
        if tokenised.len() >= KEPT {
            tokenised.pop_front();
        }
        tokenised.push_back((text.into(), tokens.clone()));
        Ok(tokens)
    }

    /// The token that ends an answer, if the server's tokenizer reveals it: what follows an answer in a finished turn.
    pub(super) async fn end_token(&self, client: &Client) -> Result<Option<u32>, MemberError> {
        if !self.tokenises() || self.is_plain() {
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
        let finished = self.tokenize(client, &Value::Object(body), 8).await?;
        Ok(finished.strip_prefix(begun.as_slice()).and_then(|after| after.first().copied()))
    }

    async fn render(&self, client: &Client, conversation: &Conversation) -> Result<Prompt, MemberError> {
        let (system, turns) = parted(conversation);
        let messages = messages(&system, &turns);
        let needed: usize = conversation.turns.iter().map(|turn| estimate(&turn.content)).sum();
        let mut body = rendering(client, &messages);
        let (route, place) = match &self.way {
            Way::Template(template) => return by_template(template.clone(), &system, &turns).await.map(Prompt::Text),
            Way::Plain { tokenises: false } => return Ok(Prompt::Text(plain(conversation))),
            Way::Plain { tokenises: true } => {
                let body = json!({"model": client.sender.model, "prompt": plain(conversation), "add_special_tokens": true});
                return self.tokenize(client, &body, needed).await.map(Prompt::Tokens);
            }
            Way::Server(Rendering::Tokenize) => {
                path::set(&mut body, "add_generation_prompt", json!(true));
                return self.tokenize(client, &Value::Object(body), needed).await.map(Prompt::Tokens);
            }
            Way::Server(Rendering::ChatPrompt) => {
                path::set(&mut body, "mode", json!("instruct"));
                ("v1/internal/chat-prompt", "prompt")
            }
            Way::Server(Rendering::ChatTokenize) => ("chat_tokenize", "templated_text"),
        };
        let reply = self.post(client, route, &Value::Object(body), needed).await?;
        let text = path::text(&reply, &[place]).ok_or_else(|| missing(route, place))?;
        Ok(Prompt::Text(text.to_owned()))
    }

    async fn tokenize(&self, client: &Client, body: &Value, needed: usize) -> Result<Vec<u32>, MemberError> {
        let reply = self.post(client, "tokenize", body, needed).await?;
        let tokens = reply.get("tokens").and_then(Value::as_array);
        let id = |token: &Value| token.as_u64().and_then(|id| u32::try_from(id).ok());
        tokens.and_then(|tokens| tokens.iter().map(id).collect()).ok_or_else(|| missing("tokenize", "tokens"))
    }

    async fn post(&self, client: &Client, route: &str, body: &Value, needed: usize) -> Result<Value, MemberError> {
        if let Some(absent) = lock(&self.absent).clone() {
            return Err(absent);
        }
        client.http.post(route, body).await.map_err(|error| {
            let told = of_call(&error, needed, None);
            let never = lock(&self.rendered).is_none() && lock(&self.tokenised).is_empty();
            if never && matches!(error.status(), Some(404 | 405 | 501)) {
                *lock(&self.absent) = Some(told.clone());
            }
            told
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The fields for rendering messages: the same as for chats, with hidden reasoning switched off the same way.
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

fn missing(route: &str, place: &str) -> MemberError {
    MemberError::Failed(format!("the server's reply to {route} has no {place:?} as expected"))
}

/// The conversation as rendered by this template.
async fn by_template(template: Arc<ChatTemplate>, system: &str, turns: &[Turn]) -> Result<String, MemberError> {
    let role = |turn: &Turn| if turn.role == Role::Assistant { "assistant" } else { "user" };
    let turns = turns.iter().map(|turn| (role(turn), turn.content.clone()));
    let system = (!system.is_empty()).then(|| ("system", system.to_owned()));
    // The server adds the start token itself.
    let input = Input { turns: system.into_iter().chain(turns).collect(), ..Input::default() };
    // Rendering blocks.
    let rendered = tokio::task::spawn_blocking(move || template.render(input)).await;
    let rendered = rendered.map_err(|error| MemberError::Panicked(error.to_string()))?;
    rendered.map_err(|error| MemberError::Failed(format!("chat_template: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn rendered(template: &str, system: &str, turns: &[Turn]) -> Result<String, MemberError> {
        by_template(Arc::new(ChatTemplate::new(template)), system, turns).await
    }

    #[tokio::test]
    async fn a_given_template_renders_up_to_the_answer() {
        let template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endfor %}\
                        {% if add_generation_prompt %}<|assistant|>{% endif %}";
        let turns = [Turn { role: Role::User, content: "<b>?".to_owned() }];
        let text = rendered(template, "Be brief.", &turns).await.unwrap();
        assert_eq!(text, "<|system|>Be brief.<|end|>\n<|user|><b>?<|end|>\n<|assistant|>");
    }

    #[tokio::test]
    async fn a_long_conversation_is_rendered_whole() {
        let template = "{% for m in messages %}{% set c = m.content | trim %}{{ m.role ~ ': ' + c }}\n{% endfor %}";
        let turns = vec![Turn { role: Role::User, content: "word ".repeat(20_000) }; 20];
        assert_eq!(rendered(template, "", &turns).await.unwrap().len(), 20 * (100_000 + 6));
    }

    #[tokio::test]
    async fn a_template_that_fails_or_does_not_end_says_so() {
        for source in ["{{ raise_exception('no system prompt') }}", "{% for", "{% for i in range(9999999) %}x{% endfor %}"] {
            let error = rendered(source, "", &[]).await.unwrap_err();
            assert!(error.to_string().starts_with("chat_template: "), "{error}");
        }
    }
}
