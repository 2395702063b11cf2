//! What an evaluation shows: a table for people, one object for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::check::table::{GAP, columns, padded};
use super::super::output::wrapped;
use super::limits::in_words;
use super::play::{Alone, Answer, Fused, Results};
use crate::engine::Seat;
use crate::engine::fusion::rate::tokens_per_second;
use crate::engine::member::MemberError;
use crate::playthrough::{FailedCall, LimitCounts};

/// The rounds within which an exit counts as early.
const EARLY_ROUNDS: usize = 4;

const COLUMNS: usize = 9;
const HEADS: [&str; COLUMNS] = ["", "right", "accuracy", "tokens/s", "calls", "segments", "left", "by r4", "premature"];

/// A line of the table.
type Row = [String; COLUMNS];

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
    /// Prompts played, including those that failed.
    total: usize,
    /// Prompts without a whole answer: neither right nor wrong.
    failed: usize,
    /// Why the first of them failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The share of right ones among the whole answers; `None` if there is none.
    accuracy: Option<f64>,
    /// Answers that a limit ended.
    limits: LimitCounts,
    /// Answers that only repeat their question.
    echoes: usize,
    /// From the start to the end of every answer, summed up.
    elapsed_ms: f64,
    /// `None` if the clock cannot tell.
    tokens_per_second: Option<f64>,
    /// Calls to members: drafts and scorings.
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
}

#[derive(Debug, Clone, Serialize)]
struct MemberFigures {
    right: usize,
    /// Prompts that it was asked alone, including those that failed.
    total: usize,
    /// Calls among these that failed: neither right nor wrong.
    failed: usize,
    /// Drafts and scorings that failed during the fused answers.
    failed_fused: usize,
    /// Why the first call failed, alone or fused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The share of right ones among its answers; `None` if there is none.
    accuracy: Option<f64>,
    /// Its answers alone that a limit ended.
    at_limit: usize,
    /// Its answers alone that only repeat their question.
    echoes: usize,
    /// From the start to the end of every answer alone, summed up.
    elapsed_ms: f64,
    /// `None` if the clock cannot tell.
    tokens_per_second: Option<f64>,
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
    /// Answers during which it left within the first four rounds.
    left_early: usize,
    /// Answers during which it left before giving an answer that it knows.
    premature: usize,
    /// Mean round after which it left; 0 if it never did.
    mean_round: f64,
}

fn rate(tokens_per_second: Option<f64>) -> String {
    tokens_per_second.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}"))
}

/// As [`share`], but `None` if there is nothing.
fn accuracy(right: usize, answered: usize) -> Option<f64> {
    (answered > 0).then(|| share(right, answered))
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

    /// A table for people; on a terminal of so many columns each line is broken between columns or words.
    pub(super) fn table(&self, width: Option<usize>) -> String {
        let fused = &self.fused;
        let mut rows = vec![HEADS.map(str::to_owned), fused.row()];
        rows.extend(self.alone.iter().map(|(name, member)| member.row(name, fused.total)));
        let mut text = laid_out(&rows, width);
        let words = format!(
            "{:.1} rounds an answer, {:.2} members active; {} scorings made and {} saved, {} drafts saved; {:.2} token positions a member and accepted token\n{}{}",
            fused.rounds,
            fused.mean_active,
            fused.score_calls,
            fused.score_calls_saved,
            fused.draft_calls_saved,
            fused.forwards_per_token,
            in_words(&fused.limits, fused.echoes),
            self.failures()
        );
        match width {
            Some(width) => text.extend([wrapped(&words, width).as_str(), "\n"]),
            None => text.push_str(&words),
        }
        text
    }

    /// What failed, one line each: it is not part of the figures for right answers.
    fn failures(&self) -> String {
        let because = |reason: &Option<String>| reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        let fused = &self.fused;
        let mut text = String::new();
        if fused.failed > 0 {
            let _ = writeln!(text, "fused: {} of {} answers failed{}", fused.failed, fused.total, because(&fused.reason));
        }
        for (name, member) in self.alone.iter().filter(|(_, member)| member.failed + member.failed_fused > 0) {
            let alone = (member.failed > 0).then(|| format!("{} of {} answers alone", member.failed, member.total));
            let fused = (member.failed_fused > 0).then(|| format!("{} calls of the fused answers", member.failed_fused));
            let what: Vec<String> = alone.into_iter().chain(fused).collect();
            let _ = writeln!(text, "{name}: {} failed{}", what.join(" and "), because(&member.reason));
        }
        text
    }
}

/// How many of the answers are right, and their share; dashes if there are no answers.
fn graded(right: usize, answered: usize, accuracy: Option<f64>) -> [String; 2] {
    let dash = || "-".to_owned();
    let share = accuracy.map_or_else(dash, |accuracy| format!("{:.1}%", accuracy * 100.0));
    [if accuracy.is_some() { format!("{right}/{answered}") } else { dash() }, share]
}

/// The rows in columns as wide as what is in them. Columns that a terminal has no room for follow on further lines, below the
/// second one.
fn laid_out(rows: &[Row], width: Option<usize>) -> String {
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| columns(&row[column])).max().unwrap_or_default());
    let mut text = String::new();
    for row in rows {
        let mut line = padded(&row[0], widths[0], false);
        for (cell, cell_width) in row.iter().zip(widths).skip(1) {
            if width.is_some_and(|width| columns(&line) + GAP + cell_width > width) && columns(&line) > widths[0] {
                end_line(&mut text, &line);
                line = " ".repeat(widths[0]);
            }
            line.extend([" ".repeat(GAP), padded(cell, cell_width, true)]);
        }
        end_line(&mut text, &line);
    }
    text
}

/// Nothing is said of a line in which every cell is empty.
fn end_line(text: &mut String, line: &str) {
    if !line.trim().is_empty() {
        text.extend([line.trim_end(), "\n"]);
    }
}

impl FusedFigures {
    fn row(&self) -> Row {
        let [right, accuracy] = graded(self.right, self.total - self.failed, self.accuracy);
        let segments = format!("{:.0}", self.rounds * self.total as f64);
        let nothing = String::new;
        let speed = rate(self.tokens_per_second);
        ["fused".to_owned(), right, accuracy, speed, self.calls.to_string(), segments, nothing(), nothing(), nothing()]
    }

    fn new(answers: &[Fused]) -> Self {
        let sum = |figure: fn(&Fused) -> usize| answers.iter().map(figure).sum::<usize>();
        let (right, total) = (sum(|answer| usize::from(answer.right)), answers.len());
        let failed = sum(|answer| usize::from(answer.error.is_some()));
        let tokens = sum(|answer| answer.summary.tokens);
        let rounds = sum(|answer| answer.summary.rounds);
        let elapsed_ms = answers.iter().map(|answer| answer.summary.elapsed_ms).sum();
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
            failed,
            reason: answers.iter().find_map(|answer| answer.error.as_ref()).map(ToString::to_string),
            accuracy: accuracy(right, total - failed),
            limits: answers.iter().filter_map(|answer| answer.limit).collect(),
            echoes: sum(|answer| usize::from(answer.echo)),
            elapsed_ms,
            tokens_per_second: tokens_per_second(tokens, elapsed_ms),
            calls: draft_calls + score_calls,
            draft_calls,
            score_calls,
            score_calls_saved: sum(|answer| answer.summary.score_calls_saved),
            draft_calls_saved: sum(|answer| answer.summary.draft_calls_saved),
            rounds: share(rounds, total),
            tokens,
            mean_active: if rounds == 0 { 0.0 } else { active / rounds as f64 },
            forwards_per_token: if tokens == 0 { 0.0 } else { most_forwards as f64 / tokens as f64 },
        }
    }
}

impl MemberFigures {
    /// Its line, of so many fused answers.
    fn row(&self, name: &str, fused: usize) -> Row {
        let [right, accuracy] = graded(self.right, self.total - self.failed, self.accuracy);
        let percent = |left: usize| format!("{:.1}%", share(left, fused) * 100.0);
        let [left, early, premature] = [self.exits.left, self.exits.left_early, self.exits.premature].map(percent);
        let (calls, segments) = (self.calls.to_string(), self.segments.to_string());
        [name.to_owned(), right, accuracy, rate(self.tokens_per_second), calls, segments, left, early, premature]
    }

    fn new(name: &str, answers: &[Alone], fused: &[Fused]) -> Self {
        let (mut answered, mut errors): (Vec<&Answer>, Vec<&MemberError>) = (Vec::new(), Vec::new());
        for answer in answers {
            match answer {
                Alone::Answered(answer) => answered.push(answer),
                Alone::Failed(error) => errors.push(error),
                Alone::NotAsked => {}
            }
        }
        let sum = |figure: fn(&Answer) -> usize| answered.iter().map(|answer| figure(answer)).sum::<usize>();
        let (right, tokens) = (sum(|answer| usize::from(answer.right)), sum(|answer| answer.given.tokens));
        let elapsed_ms = answered.iter().map(|answer| answer.given.elapsed_ms).sum();
        let failures: Vec<&FailedCall> =
            fused.iter().flat_map(|answer| &answer.failures).filter(|failed| *failed.member == *name).collect();
        let segments = |answer: &Fused| -> usize {
            answer.summary.members.iter().filter(|member| member.name == name).map(|member| member.segments).sum()
        };
        Self {
            right,
            total: answered.len() + errors.len(),
            failed: errors.len(),
            failed_fused: failures.len(),
            reason: errors.first().map(ToString::to_string).or_else(|| failures.first().map(|failed| failed.error.clone())),
            accuracy: accuracy(right, answered.len()),
            at_limit: sum(|answer| usize::from(!answer.given.ended)),
            echoes: sum(|answer| usize::from(answer.echo)),
            elapsed_ms,
            tokens_per_second: tokens_per_second(tokens, elapsed_ms),
            calls: answered.len() + errors.len(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |cells: [&str; COLUMNS]| cells.map(str::to_owned);
        vec![
            HEADS.map(str::to_owned),
            row(["fused", "100/300", "33.3%", "46", "12345", "900", "", "", ""]),
            row(["a-long-name", "9/300", "3.0%", "455", "300", "12", "0.0%", "0.0%", "100.0%"]),
        ]
    }

    #[test]
    fn the_table_breaks_only_between_columns() {
        let whole = laid_out(&rows(), None);
        assert_eq!(whole.lines().count(), 3);
        let widest = whole.lines().map(str::len).max().unwrap();
        assert_eq!(laid_out(&rows(), Some(widest)), whole);
        for width in [22, 33, 50, 79, widest - 1] {
            let text = laid_out(&rows(), Some(width));
            assert!(text.lines().all(|line| !line.is_empty()), "{width}: {text}");
            assert!(text.lines().all(|line| line.len() <= width), "{width}: {text}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(&whole), "{width}");
        }
        assert!(laid_out(&rows(), Some(1)).contains("a-long-name"), "what has no room at all is wider");
    }

    #[test]
    fn without_answers_there_is_neither_a_count_nor_a_share() {
        assert_eq!(graded(0, 0, None), ["-", "-"]);
        assert_eq!(graded(1, 3, accuracy(1, 3)), ["1/3", "33.3%"]);
    }
}
