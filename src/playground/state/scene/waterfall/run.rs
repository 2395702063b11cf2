//! The whole run in time.

use super::super::super::answer::Answer;
use super::super::super::glyphs::Glyphs;
use super::super::super::prose::{Line, Prose, Tone, line, wrap};
use super::super::{counted, duration, percent};
use super::bars::stacked;
use super::stretch::Stretch;
use super::{HEAD, TAIL, bar_columns, label, legend};
use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::timing::{RoundTiming, RunTiming};

/// Columns of a length.
const CELL: usize = 9;

/// All accepted rounds and each member's sums, in lines of this many columns; `looked_at` is the number of the round that is
/// marked.
#[must_use]
pub fn run_page(timing: &RunTiming, answer: &Answer, looked_at: Option<usize>, glyphs: Glyphs, width: u16) -> Prose {
    let mut prose = Prose::new();
    if timing.rounds.is_empty() {
        prose.push(line(Tone::Dim, "no round has been decided yet"));
        return prose;
    }
    let sum = |of: fn(&RoundTiming) -> f64| timing.rounds.iter().map(of).sum::<f64>();
    let title = display!("the whole run: {}, {}", counted(timing.rounds.len(), "round"), duration(timing.total_ms));
    prose.push(line(Tone::Heading, title));
    let shares = display!(
        "somebody drafted {} of the time, somebody scored and nobody drafted {}, no call was under way {}",
        percent(sum(|round| round.drafting_ms), timing.total_ms),
        percent(sum(|round| round.scoring_ms), timing.total_ms),
        percent(sum(RoundTiming::idle_ms), timing.total_ms)
    );
    wrap(&mut prose, Vec::new(), Tone::Plain, &shares, width, 0);
    prose.push(Vec::new());
    members(&mut prose, answer, timing);
    prose.push(Vec::new());
    legend(&mut prose, &[Stretch::Drafting, Stretch::Scoring, Stretch::Waiting], "", glyphs, width);
    let longest = timing.rounds.iter().map(RoundTiming::total_ms).fold(0.0, f64::max);
    prose.extend(timing.rounds.iter().map(|round| row(round, longest, looked_at, glyphs, width)));
    prose
}

fn row(round: &RoundTiming, longest: f64, looked_at: Option<usize>, glyphs: Glyphs, width: u16) -> Line {
    let columns = bar_columns(width);
    let lengths =
        [(Stretch::Drafting, round.drafting_ms), (Stretch::Scoring, round.scoring_ms), (Stretch::Waiting, round.idle_ms())];
    let bar = stacked(&lengths, longest, columns, glyphs);
    let blanks = " ".repeat(columns.saturating_sub(bar.chars().count()));
    let marked = looked_at == Some(round.number);
    let head = display!("{} round {}", if marked { '>' } else { ' ' }, round.number);
    vec![
        (if marked { Tone::Strong } else { Tone::Dim }, display!("{head:<HEAD$}")),
        (Tone::Plain, bar),
        (Tone::Dim, display!("{blanks}{:>TAIL$}", duration(round.total_ms()))),
    ]
}

/// A row for each member: what it did in all rounds, and its share of the critical paths.
fn members(prose: &mut Prose, answer: &Answer, timing: &RunTiming) {
    let heads = ["drafting", "scoring", "waiting", "dropped", "failed", "critical"];
    prose.push(line(Tone::Heading, display!("{}{}", " ".repeat(HEAD), cells(&heads.map(DisplayText::from)))));
    for (place, (busy, on_path)) in timing.members.iter().zip(&timing.on_path_ms).enumerate() {
        let lengths =
            [busy.first_token_ms + busy.drafting_ms, busy.scoring_ms, busy.waiting_ms, busy.cancelled_ms, busy.failed_ms];
        let told = lengths.map(|length| if length > 0.0 { duration(length) } else { "-".into() });
        let critical = display!("{:>CELL$}", percent(*on_path, timing.total_ms));
        prose.push(vec![label(answer, MemberIndex(place)), (Tone::Plain, cells(&told)), (Tone::Strong, critical)]);
    }
}

/// Texts in columns, to the right.
fn cells(texts: &[DisplayText]) -> DisplayText {
    texts.iter().map(|text| display!("{text:>CELL$}")).collect()
}
