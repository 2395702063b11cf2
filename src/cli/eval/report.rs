//! What an evaluation shows: a table for people, one object for programs, one line per prompt for those who dig.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::play::{Alone, Fused, Results};
use crate::cli::Failure;
use crate::cli::summary::tokens_per_second;
use crate::engine::Seat;
use crate::prompts::Prompt;

/// The rounds within which an exit counts as early.
const EARLY_ROUNDS: usize = 4;

/// The figures of an evaluation.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    fused: FusedFigures,
    members: serde_json::Map<String, serde_json::Value>,
    #[serde(skip)]
    alone: Vec<(String, MemberFigures)>,
}

#[derive(Debug, Serialize)]
struct FusedFigures {
    right: usize,
    total: usize,
    accuracy: f64,
    tokens_per_second: f64,
    /// Calls to members: drafts and scorings together.
    calls: usize,
    draft_calls: usize,
    score_calls: usize,
    score_calls_saved: usize,
    draft_calls_saved: usize,
    rounds: f64,
    tokens: usize,
    mean_active: f64,
    /// Token positions evaluated per accepted token, the largest of any member.
    forwards_per_token: f64,
    errors: usize,
}

#[derive(Debug, Clone, Serialize)]
struct MemberFigures {
    right: usize,
    total: usize,
    accuracy: f64,
    tokens_per_second: f64,
    calls: usize,
    tokens: usize,
    /// Accepted segments credited to it in the fused answers.
    segments: usize,
    exits: ExitFigures,
}

#[derive(Debug, Clone, Serialize)]
struct ExitFigures {
    /// Answers during which it left.
    left: usize,
    /// Of these, within the first four rounds.
    left_early: usize,
    /// Of these, with an answer that it knows still to come.
    premature: usize,
    /// Mean round after which it left; 0 where it never did.
    mean_round: f64,
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Report {
    /// Adds the results up.
    pub(super) fn new(seats: &[Seat], results: &Results) -> Self {
        let alone: Vec<(String, MemberFigures)> = seats
            .iter()
            .zip(&results.alone)
            .map(|(seat, answers)| (seat.name.clone(), MemberFigures::new(&seat.name, answers, &results.fused)))
            .collect();
        let members =
            alone.iter().map(|(name, figures)| (name.clone(), serde_json::to_value(figures).unwrap_or_default())).collect();
        Self { fused: FusedFigures::new(&results.fused), members, alone }
    }

    /// One JSON object on a line.
    pub(super) fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// A table for people.
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "{:<12} {:>11} {:>9} {:>9} {:>8} {:>8} {:>7} {:>9} {:>10}\n",
            "", "right", "accuracy", "tokens/s", "calls", "segments", "left", "by r4", "premature"
        );
        let fused = &self.fused;
        let _ = writeln!(
            text,
            "{:<12} {:>5}/{:<5} {:>8.1}% {:>9.0} {:>8} {:>8.0}",
            "fused",
            fused.right,
            fused.total,
            fused.accuracy * 100.0,
            fused.tokens_per_second,
            fused.calls,
            fused.rounds * fused.total as f64
        );
        for (name, member) in &self.alone {
            let _ = writeln!(
                text,
                "{:<12} {:>5}/{:<5} {:>8.1}% {:>9.0} {:>8} {:>8} {:>6.1}% {:>8.1}% {:>9.1}%",
                name,
                member.right,
                member.total,
                member.accuracy * 100.0,
                member.tokens_per_second,
                member.calls,
                member.segments,
                share(member.exits.left, fused.total) * 100.0,
                share(member.exits.left_early, fused.total) * 100.0,
                share(member.exits.premature, fused.total) * 100.0
            );
        }
        let _ = writeln!(
            text,
            "{:.1} rounds an answer, {:.2} members active; {} scorings made and {} saved, {} drafts saved; {:.2} token positions a member and accepted token",
            fused.rounds,
            fused.mean_active,
            fused.score_calls,
            fused.score_calls_saved,
            fused.draft_calls_saved,
            fused.forwards_per_token
        );
        if fused.errors > 0 {
            let _ = writeln!(text, "{} prompts could not be answered (see --details)", fused.errors);
        }
        text
    }
}

impl FusedFigures {
    fn new(answers: &[Fused]) -> Self {
        let sum = |figure: fn(&Fused) -> usize| answers.iter().map(figure).sum::<usize>();
        let (right, total) = (sum(|answer| usize::from(answer.right)), answers.len());
        let tokens = sum(|answer| answer.summary.tokens);
        let rounds = sum(|answer| answer.summary.rounds);
        let active: f64 = answers.iter().map(|answer| answer.summary.mean_active * answer.summary.rounds as f64).sum();
        let members = answers.iter().map(|answer| answer.summary.members.len()).max().unwrap_or_default();
        let forwards = |place: usize| -> u64 {
            answers.iter().filter_map(|answer| answer.summary.members.get(place)).map(|member| member.forwards).sum()
        };
        let most_forwards = (0..members).map(forwards).max().unwrap_or_default();
        let (draft_calls, score_calls) = (sum(|answer| answer.summary.draft_calls), sum(|answer| answer.summary.score_calls));
        Self {
            right,
            total,
            accuracy: share(right, total),
            tokens_per_second: tokens_per_second(tokens, answers.iter().map(|answer| answer.summary.elapsed_ms).sum()),
            calls: draft_calls + score_calls,
            draft_calls,
            score_calls,
            score_calls_saved: sum(|answer| answer.summary.score_calls_saved),
            draft_calls_saved: sum(|answer| answer.summary.draft_calls_saved),
            rounds: share(rounds, total),
            tokens,
            mean_active: if rounds == 0 { 0.0 } else { active / rounds as f64 },
            forwards_per_token: if tokens == 0 { 0.0 } else { most_forwards as f64 / tokens as f64 },
            errors: sum(|answer| usize::from(answer.error.is_some())),
        }
    }
}

impl MemberFigures {
    fn new(name: &str, answers: &[Alone], fused: &[Fused]) -> Self {
        let right = answers.iter().filter(|answer| answer.right).count();
        let tokens = answers.iter().map(|answer| answer.tokens).sum();
        let segments = |answer: &Fused| -> usize {
            answer.summary.members.iter().filter(|member| member.name == name).map(|member| member.segments).sum()
        };
        Self {
            right,
            total: answers.len(),
            accuracy: share(right, answers.len()),
            tokens_per_second: tokens_per_second(tokens, answers.iter().map(|answer| answer.elapsed_ms).sum()),
            calls: answers.len(),
            tokens,
            segments: fused.iter().map(segments).sum(),
            exits: ExitFigures::new(name, fused),
        }
    }
}

impl ExitFigures {
    fn new(name: &str, fused: &[Fused]) -> Self {
        let departures: Vec<_> =
            fused.iter().flat_map(|answer| &answer.departures).filter(|departure| departure.member == name).collect();
        let rounds: usize = departures.iter().map(|departure| departure.round).sum();
        Self {
            left: departures.len(),
            left_early: departures.iter().filter(|departure| departure.round <= EARLY_ROUNDS).count(),
            premature: departures.iter().filter(|departure| departure.premature).count(),
            mean_round: share(rounds, departures.len()),
        }
    }
}

/// Writes one JSON object per prompt.
pub(super) fn write_details(path: &Path, results: &Results, prompts: &[Prompt]) -> Result<(), Failure> {
    let mut text = String::new();
    for (number, (fused, prompt)) in results.fused.iter().zip(prompts).enumerate() {
        let exits: serde_json::Map<_, _> =
            fused.departures.iter().map(|departure| (departure.member.clone(), departure.round.into())).collect();
        let alone: Vec<_> = results.alone.iter().filter_map(|answers| answers.get(number)).map(|answer| &answer.text).collect();
        let line = serde_json::json!({
            "prompt": prompt.conversation.prompt(),
            "answers": prompt.answers,
            "right": fused.right,
            "text": fused.text,
            "rounds": fused.summary.rounds,
            "exits": exits,
            "premature": fused.departures.iter().any(|departure| departure.premature),
            "error": fused.error,
            "alone": alone,
        });
        let _ = writeln!(text, "{line}");
    }
    std::fs::write(path, text).map_err(|source| Failure::File { name: format!("--details {}", path.display()), source })
}
