//! How probable the model finds the question it is asked: a basis for its weight before it has drafted anything.

use std::sync::Arc;

use super::super::engine::Engine;
use super::super::vocabulary::Vocabulary;
use super::{Cancelled, Session, Stop};
use crate::engine::fusion::conversation::Conversation;
use crate::engine::member::{Context, MemberError, Predicted};

/// How many of the question's last tokens are used: each takes a row of logits, and more add little information.
const MOST: usize = 256;

impl<E: Engine> Session<E> {
    /// The probability of the question's tokens, each after all before it. They are the prompt's, and are not evaluated again.
    pub(in crate::engine::member) fn predict(
        &mut self,
        conversation: &Arc<Conversation>,
        cancelled: Cancelled<'_>,
    ) -> Result<Predicted, Stop> {
        self.forwards = 0;
        let ids = self.tokens(&Context { conversation: Arc::clone(conversation), accepted: Arc::from([]) })?;
        self.room_for(ids.len() + 1)?;
        // The question is where the prompt of an empty question differs.
        let without = self.template.tokens(&blank(conversation), self.engine.vocabulary(), self.engine.context())?;
        let same = |(one, other): &(&u32, &u32)| one == other;
        let start = ids.iter().zip(&without).take_while(same).count();
        let behind = ids.iter().rev().zip(without.iter().rev()).take_while(same).count().min(ids.len() - start);
        let end = ids.len() - behind;
        let start = start.max(end.saturating_sub(MOST)).max(1);
        let question = ids.get(start..end).unwrap_or_default();
        if question.is_empty() {
            let reason = format!("{}: the question has no tokens of its own", self.engine.file());
            return Err(MemberError::Refused(reason).into());
        }
        self.reach(&ids[..start], cancelled)?;
        let paths = self.plant_group(&[(question.to_vec(), false)], false, cancelled)?;
        let logprobs = self.scores(question, false, paths.first().map_or(&[], Vec::as_slice))?;
        let vocabulary = self.engine.vocabulary();
        Ok(Predicted {
            logprob: logprobs.iter().map(|logprob| f64::from(*logprob)).sum(),
            bytes: question.iter().map(|token| vocabulary.bytes(*token).len()).sum(),
        })
    }
}

/// The same conversation with an empty question.
fn blank(conversation: &Conversation) -> Arc<Conversation> {
    let mut blank = conversation.clone();
    if let Some(question) = blank.turns.last_mut() {
        question.content.clear();
    }
    Arc::new(blank)
}
