//! Asking the model something outside the answer: what judges need.

use std::sync::Arc;

use super::super::judge::{Ask, Asks, Reply as Replied};
use super::super::{MemberError, Reply};
use super::client::Client;
use super::draft::size;
use super::error::{of_call, of_ending};
use super::request::{Call, Subject};
use crate::engine::fusion::conversation::{Role, Turn};

/// Tokens for a model that reasons before it replies.
const REASONING: usize = 2048;

/// A model that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) client: Arc<Client>,
    /// It reasons before it replies.
    pub(super) thinks: bool,
    pub(super) context_tokens: Option<usize>,
}

impl Asker {
    async fn reply(&self, ask: Ask) -> Result<Replied, MemberError> {
        let turns = [Turn { role: Role::User, content: ask.user }];
        let subject = Subject::Turns { system: &ask.system, turns: &turns, begun: None };
        let call = Call {
            subject,
            limit: ask.max_tokens + if self.thinks { REASONING } else { 0 },
            sampling: None,
            alternatives: ask.top_logprobs.map(|top| top as u64),
            json: ask.json,
        };
        let reply = self.client.whole(&call).await;
        let reply = reply.map_err(|error| of_call(&error, size(subject), self.context_tokens))?;
        match of_ending(&reply.ending) {
            Some(error) => Err(error),
            None => Ok(Replied { text: reply.text(), first_token: reply.first_token, usage: reply.ending.usage }),
        }
    }
}

impl Asks for Asker {
    fn ask(&self, ask: Ask) -> Reply<Replied> {
        let asker = self.clone();
        Box::pin(async move { asker.reply(ask).await })
    }
}
