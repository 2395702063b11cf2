//! Asks the model something outside the answer, for judges.

use std::sync::Arc;

use super::super::judge::{Ask, Asks, Reply as Replied};
use super::super::{Bill, Context, MemberError, Reply, ScoreTier};
use super::advice::remedy;
use super::client::Client;
use super::draft::{shown, size};
use super::error::{of_call, of_ending};
use super::request::{Call, Subject};
use super::score::{Fault, Scorer};
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::conversation::{Conversation, Role, Turn};

/// Tokens for a model that reasons before it replies.
const REASONING: usize = 2048;

/// A model that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) client: Arc<Client>,
    /// Whether it reasons before it replies.
    pub(super) thinks: bool,
    pub(super) context_tokens: Option<usize>,
    /// Set if it scores given text but has to judge: gives the probability of each label, however small.
    pub(super) labels: Option<Scorer>,
    /// Where its usage is booked.
    pub(super) bill: Bill,
}

impl Asker {
    /// The labels with their log-probabilities as the start of the reply.
    async fn exactly(&self, scorer: &Scorer, ask: Ask) -> Result<Replied, MemberError> {
        let turn = |role, content| Turn { role, content };
        let turns = vec![turn(Role::System, ask.system), turn(Role::User, ask.user)];
        let context = Context { conversation: Arc::new(Conversation { turns }), accepted: Arc::default() };
        let candidates: Vec<CandidateText> = ask.labels.iter().map(|label| CandidateText::new(label.as_str(), false)).collect();
        let judged = scorer.score(&self.client, &context, &candidates, &self.bill).await.map_err(|fault| match fault {
            Fault::Call(error) => error,
            Fault::Shape(reason) => MemberError::Lowered { to: ScoreTier::Ranking, reason },
        })?;
        let usage = judged.usage;
        let told = ask.labels.into_iter().zip(judged.logprobs()).filter(|(_, logprobs)| !logprobs.is_empty());
        let first_token = told.map(|(label, logprobs)| (label, logprobs.iter().sum())).collect();
        Ok(Replied { text: String::new(), first_token, usage })
    }

    async fn reply(&self, ask: Ask) -> Result<Replied, MemberError> {
        if let Some(scorer) = self.labels.as_ref().filter(|_| !ask.labels.is_empty()) {
            return self.exactly(scorer, ask).await;
        }
        let turns = [Turn { role: Role::User, content: ask.user }];
        let subject = Subject::Turns { system: &ask.system, turns: &turns, begun: None };
        let call = Call {
            subject,
            limit: ask.max_tokens + if self.thinks { REASONING } else { 0 },
            sampling: None,
            alternatives: ask.top_logprobs.map(|top| top as u64),
            json: ask.json,
            bill: &self.bill,
        };
        let reply = self.client.whole(&call).await;
        let reply = reply.map_err(|error| of_call(&error, size(subject), self.context_tokens))?;
        match of_ending(&reply.ending) {
            Some(error) => Err(error),
            // A model that starts with a thought cannot judge by its first token; the missing token signals that.
            None if ask.top_logprobs.is_none() && reply.thinks && reply.text().trim().is_empty() => {
                let (shown, remedy) = (shown(&reply.thought), remedy(self.client.sender.dialect));
                Err(MemberError::Failed(format!("its reply is only a thought{shown}: {remedy}")))
            }
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
