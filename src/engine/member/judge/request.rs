//! Puts the engine's request to a verifier before a judge, and turns the judgement into the engine's reply.

use super::{Asks, JudgeError, Judged, Question, by_labels, by_ranking};
use crate::engine::member::{MemberError, Opinion, ScoreRequest, ScoreTier, Scored};

/// Judges the candidates of a request: at tier T3 by labels, with at most `top` alternatives of a token reported, otherwise by a
/// ranking. Token positions are not counted one by one: only what was generated and what was not cached.
///
/// More candidates than there are labels are ranked, in this round only. A model that names no label falls back to ranking; a
/// ranking that cannot be read is an abstention.
pub async fn judge(asks: &dyn Asks, top: usize, request: &ScoreRequest) -> Result<Scored, MemberError> {
    let accepted = request.context.accepted.concat();
    let question = Question {
        conversation: &request.context.conversation,
        accepted: &accepted,
        candidates: &request.candidates,
        seed: request.seed,
    };
    let judged = match request.tier {
        ScoreTier::Labels => match by_labels(asks, top, &question).await {
            Err(JudgeError::TooMany { .. }) => by_ranking(asks, &question).await,
            judged => judged,
        },
        ScoreTier::InProcess | ScoreTier::Prompt | ScoreTier::Forced | ScoreTier::Ranking | ScoreTier::None => {
            by_ranking(asks, &question).await
        }
    };
    judged.map(scored).map_err(unjudged)
}

fn scored(judged: Judged) -> Scored {
    let usage = judged.usage;
    let forwards = usage.prompt_tokens.saturating_sub(usage.cached_tokens) + usage.output_tokens;
    Scored { opinions: judged.preferences.into_iter().map(Opinion::Preference).collect(), ends: Vec::new(), forwards, usage }
}

fn unjudged(error: JudgeError) -> MemberError {
    match error {
        JudgeError::Call { source, .. } => source,
        JudgeError::NoLabels { reason, .. } => MemberError::Lowered { to: ScoreTier::Ranking, reason },
        JudgeError::TooMany { .. } | JudgeError::Unreadable { .. } => MemberError::Failed(error.to_string()),
    }
}
