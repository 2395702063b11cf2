//! Weights by how well each member predicts the question, which is asked before the first round in which they count.

use std::sync::Arc;

use super::{Call, CallId, Effect, Machine, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, ScoreTier};
use crate::engine::fusion::weights::WeightRule;
use crate::engine::member::{MemberError, Predicted};

impl Machine {
    /// Asks verifiers in this process how probable they find the question, if weights depend on it and it is not known yet;
    /// returns whether there was anything to ask.
    pub(super) fn asks_for_predictions(&mut self) -> bool {
        if self.run.params.weights != WeightRule::Prompt {
            return false;
        }
        let unknown = |member: &MemberIndex| {
            let state = self.run.member(*member);
            state.tier == ScoreTier::InProcess && state.predicted.is_none() && !self.unpredictable.contains(member)
        };
        let unknown: Vec<MemberIndex> = self.run.verifiers().filter(unknown).collect();
        for member in &unknown {
            let call = self.begin_call(*member, Work::Measure);
            let conversation = Arc::clone(&self.context.conversation);
            let seconds = self.run.params.score_seconds as u64;
            self.effects.push(Effect::Predict { call, member: *member, conversation, seconds });
        }
        !unknown.is_empty()
    }

    /// Handles a member's prediction, or that it cannot give one; then its weight is the mean of the others.
    pub(super) fn predicted(&mut self, call: CallId, result: Result<Predicted, MemberError>) {
        let Some(Call { member, .. }) = self.returned(call) else { return };
        let name = self.name(member);
        match result.map(|Predicted { logprob, bytes }| (logprob, bytes)) {
            Ok((logprob, bytes)) if logprob.is_finite() && bytes > 0 => {
                self.emit(Event::Predicted { member: name, logprob, bytes });
            }
            Ok(_) => self.has_no_prediction(member, "its probability of it is not a number"),
            Err(error) => self.has_no_prediction(member, &error.to_string()),
        }
        self.begin_unless_busy();
    }

    fn has_no_prediction(&mut self, member: MemberIndex, reason: &str) {
        self.unpredictable.push(member);
        let text = format!("how well {} predicts the question is not known: {reason}; it has a weight of 1", self.name(member));
        self.emit(Event::Warning { text });
    }
}
