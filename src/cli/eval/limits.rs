//! Words for answers that a limit ended, or that only repeat the question.

use crate::playthrough::LimitCounts;

/// A line for the user; empty if there are no such answers.
pub(super) fn in_words(limits: &LimitCounts, echoes: usize) -> String {
    let counts = [
        (limits.tokens, "stopped at the token limit"),
        (limits.rounds, "stopped at the round limit"),
        (limits.context, "stopped where the context was full"),
        (echoes, "only repeat the question"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { String::new() } else { format!("of the fused answers {}\n", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::Outcome;

    fn counts(outcomes: &[Outcome]) -> LimitCounts {
        outcomes.iter().filter_map(Outcome::limit).collect()
    }

    #[test]
    fn each_limit_is_counted_for_itself_and_said_only_where_there_is_one() {
        let none = counts(&[Outcome::Answered, Outcome::Stopped]);
        assert_eq!((&none, in_words(&none, 0)), (&LimitCounts::default(), String::new()));
        let limits =
            counts(&[Outcome::TokenLimit, Outcome::Answered, Outcome::ContextLimit, Outcome::TokenLimit, Outcome::RoundLimit]);
        assert_eq!(limits, LimitCounts { tokens: 2, rounds: 1, context: 1 });
        assert_eq!(
            in_words(&limits, 3),
            "of the fused answers 2 stopped at the token limit, 1 stopped at the round limit, 1 stopped where the context was full, 3 only repeat the question\n"
        );
        assert_eq!(in_words(&LimitCounts::default(), 1), "of the fused answers 1 only repeat the question\n");
    }
}
