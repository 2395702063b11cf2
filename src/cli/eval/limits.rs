//! Which limit ended an answer that its members did not end.

use serde::Serialize;

use crate::engine::fusion::event::Outcome;

/// How many answers each limit ended.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct LimitFigures {
    /// The most tokens of an answer.
    tokens: usize,
    /// The most rounds of an answer.
    rounds: usize,
    /// The context of the last member that could draft.
    context: usize,
}

impl LimitFigures {
    /// Counts them.
    pub(super) fn new<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut limits = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::TokenLimit => limits.tokens += 1,
                Outcome::RoundLimit => limits.rounds += 1,
                Outcome::ContextLimit => limits.context += 1,
                Outcome::Answered | Outcome::Stopped | Outcome::NoMembers { .. } => {}
            }
        }
        limits
    }

    /// A line for people about these and the echoes; nothing where there is neither.
    pub(super) fn in_words(&self, echoes: usize) -> String {
        let counts = [
            (self.tokens, "stopped at the token limit"),
            (self.rounds, "stopped at the round limit"),
            (self.context, "stopped where the context was full"),
            (echoes, "only repeat the question"),
        ];
        let parts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if parts.is_empty() { String::new() } else { format!("of the fused answers {}\n", parts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_counted_for_itself_and_said_only_where_there_is_one() {
        let none = LimitFigures::new([Outcome::Answered, Outcome::Stopped].iter());
        assert_eq!((&none, none.in_words(0)), (&LimitFigures::default(), String::new()));
        let outcomes = [Outcome::TokenLimit, Outcome::Answered, Outcome::ContextLimit, Outcome::TokenLimit, Outcome::RoundLimit];
        let limits = LimitFigures::new(outcomes.iter());
        assert_eq!(limits, LimitFigures { tokens: 2, rounds: 1, context: 1 });
        assert_eq!(
            limits.in_words(3),
            "of the fused answers 2 stopped at the token limit, 1 stopped at the round limit, 1 stopped where the context was full, 3 only repeat the question\n"
        );
        assert_eq!(LimitFigures::default().in_words(1), "of the fused answers 1 only repeat the question\n");
    }
}
