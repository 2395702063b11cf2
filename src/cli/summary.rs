//! A run's figures in one line.

use crate::engine::fusion::event::{MemberSummary, Outcome, Summary, about};
use crate::engine::fusion::rate::tokens_per_second;

/// How a run ended, in words.
pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered => "answered".to_owned(),
        Outcome::TokenLimit => "stopped at the token limit (--max-tokens)".to_owned(),
        Outcome::RoundLimit => "stopped at the round limit (--max-rounds)".to_owned(),
        Outcome::ContextLimit => "stopped where the context was full (--context)".to_owned(),
        Outcome::Stopped => "stopped".to_owned(),
        Outcome::NoMembers { error } => format!("no member is left that can draft ({error})"),
    }
}

/// The summary of a run in one line: rounds, segments by author, calls made and saved, times, which members left when. `told`
/// lists the members whose absence was already explained.
pub(super) fn line(ended: &Outcome, summary: &Summary, seed: u64, told: &[String]) -> String {
    let mut parts = vec![
        format!("{} in {} ({} unanimous)", outcome(ended), counted(summary.rounds, "round"), summary.unanimous_rounds),
        authors(summary),
        format!(
            "{} ({} saved), {} ({} saved)",
            counted(summary.draft_calls, "draft"),
            summary.draft_calls_saved,
            counted(summary.score_calls, "scoring"),
            summary.score_calls_saved
        ),
    ];
    if let Some(first) = summary.first_segment_ms {
        parts.push(format!("first segment after {first:.0} ms"));
    }
    let rate = tokens_per_second(summary.tokens, summary.elapsed_ms);
    let rate = rate.map_or_else(String::new, |rate| format!(" at {rate:.0} tokens/s"));
    parts.push(format!("{}{rate}", counted(summary.tokens, "token")));
    parts.extend(summary.members.iter().filter_map(|member| departure(member, told)));
    parts.extend(used(&summary.members));
    parts.extend(summary.cost.map(|cost| format!("cost {}{}", about(summary.cost_is_guessed()), dollars(cost))));
    if summary.steered {
        parts.push("steered".to_owned());
    }
    parts.push(format!("seed {seed}"));
    parts.join(" · ")
}

/// How many segments each member wrote; or tokens, if segments have parts of more than one member.
fn authors(summary: &Summary) -> String {
    let shared = summary.members.iter().any(|member| member.segments == 0 && member.tokens > 0);
    let (what, count): (&str, fn(&MemberSummary) -> usize) =
        if shared { ("tokens by author", |member| member.tokens) } else { ("segments", |member| member.segments) };
    let credited = summary.members.iter().filter(|member| count(member) > 0);
    let credited: Vec<_> = credited.map(|member| format!("{} {}", member.name, count(member))).collect();
    if credited.is_empty() { "no segments".to_owned() } else { format!("{what}: {}", credited.join(", ")) }
}

/// What servers counted, and what was guessed if they do not count.
fn used(members: &[MemberSummary]) -> Option<String> {
    let one = |member: &MemberSummary| {
        let usage = member.usage;
        let (input, output) = (about(usage.guessed_prompt_tokens > 0), about(usage.guessed_output_tokens > 0));
        let cached = if usage.cached_tokens > 0 { format!(" ({} cached)", usage.cached_tokens) } else { String::new() };
        let cost = member.cost.map_or_else(String::new, |cost| format!(", {}{}", about(usage.is_guessed()), dollars(cost)));
        format!("{} {input}{} in{cached}, {output}{} out{cost}", member.name, usage.prompt_tokens, usage.output_tokens)
    };
    let guessed = members.iter().map(|member| member.usage.guessed()).fold(0, u64::saturating_add);
    let guessed = if guessed > 0 { format!(" (about {guessed} of them guessed)") } else { String::new() };
    let used: Vec<String> = members.iter().filter(|member| !member.usage.is_zero()).map(one).collect();
    (!used.is_empty()).then(|| format!("tokens used{guessed}: {}", used.join("; ")))
}

/// US dollars, with enough digits for small amounts.
fn dollars(cost: f64) -> String {
    if cost >= 1.0 { format!("${cost:.2}") } else { format!("${cost:.4}") }
}

fn departure(member: &MemberSummary, told: &[String]) -> Option<String> {
    let reason = member.exit_reason.as_deref().unwrap_or("no reason recorded");
    match member.exited? {
        // The reason was reported when it was opened.
        0 if told.contains(&member.name) => Some(format!("{} took no part", member.name)),
        0 => Some(format!("{} took no part ({reason})", member.name)),
        round => Some(format!("{} left after round {round} ({reason})", member.name)),
    }
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::Usage;

    #[test]
    fn tokens_and_costs_are_told_where_they_are_counted() {
        let usage = Usage::counted(1200, 1000, 34);
        let paid = MemberSummary { name: "gpt".to_owned(), usage, cost: Some(0.00123), ..MemberSummary::default() };
        let free = MemberSummary { name: "atlas".to_owned(), ..MemberSummary::default() };
        let summary = Summary { members: vec![free, paid], cost: Some(0.00123), ..Summary::default() };
        let told = line(&Outcome::Answered, &summary, 1, &[]);
        assert!(told.contains("tokens used: gpt 1200 in (1000 cached), 34 out, $0.0012 · cost $0.0012 · seed 1"), "{told}");
        assert!(!line(&Outcome::Answered, &Summary::default(), 1, &[]).contains("cost"));
        let mut guessed = summary;
        guessed.members[1].usage.guessed_output_tokens = 30;
        let told = line(&Outcome::Answered, &guessed, 1, &[]);
        let used = "tokens used (about 30 of them guessed): gpt 1200 in (1000 cached), about 34 out, about $0.0012";
        assert!(told.contains(&format!("{used} · cost about $0.0012 · seed 1")), "{told}");
    }

    #[test]
    fn what_was_saved_stands_beside_what_was_made() {
        let summary = Summary { draft_calls: 10, score_calls: 40, score_calls_saved: 10, ..Summary::default() };
        let told = line(&Outcome::Answered, &summary, 1, &[]);
        assert!(told.contains(" · 10 drafts (0 saved), 40 scorings (10 saved) · "), "{told}");
    }

    #[test]
    fn a_speed_that_the_clock_cannot_tell_is_left_out() {
        let told = |tokens, elapsed_ms| line(&Outcome::Answered, &Summary { tokens, elapsed_ms, ..Summary::default() }, 1, &[]);
        assert!(told(50, 2000.0).contains(" · 50 tokens at 25 tokens/s · "));
        for (tokens, ms) in [(50, 0.0), (50, 1e-6), (50, f64::NAN), (1, 100.0), (0, 0.0)] {
            let told = told(tokens, ms);
            assert!(!told.contains("tokens/s") && !told.contains("inf") && !told.contains("NaN"), "{told}");
        }
    }
}
