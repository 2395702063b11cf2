//! Bars: stretches of time as characters.

use super::super::super::glyphs::Glyphs;
use super::super::super::prose::{Line, Tone};
use super::stretch::Stretch;
use crate::clean::{DisplayStr, DisplayText};
use crate::engine::fusion::run::{Call, CallEnd, Work};

/// A bar of this many columns for a span of time.
pub(super) struct Bar {
    columns: usize,
    from_ms: f64,
    total_ms: f64,
    cells: Vec<(Stretch, bool)>,
}

impl Bar {
    pub(super) fn new(columns: usize, from_ms: f64, total_ms: f64) -> Self {
        Self { columns, from_ms, total_ms, cells: vec![(Stretch::Waiting, false); columns] }
    }

    /// The column in which a moment falls.
    fn column(&self, at_ms: f64) -> usize {
        if self.total_ms <= 0.0 {
            return 0;
        }
        // A float becomes the nearest number that there is: below the start the first column, beyond the end the last.
        (((at_ms - self.from_ms) / self.total_ms * self.columns as f64).round() as usize).min(self.columns)
    }

    /// Draws a stretch; what takes any time is at least a column.
    fn paint(&mut self, kind: Stretch, critical: bool, from_ms: f64, to_ms: f64) {
        let begin = self.column(from_ms).min(self.columns.saturating_sub(1));
        let end = self.column(to_ms).max(begin + 1);
        for cell in self.cells.iter_mut().take(end).skip(begin) {
            *cell = (kind, critical);
        }
    }

    /// Draws a call.
    pub(super) fn call(&mut self, call: &Call, critical: bool) {
        let (begun, ended) = (call.begun_ms, call.ended_ms);
        match (call.end, call.work) {
            (CallEnd::Failed, _) => self.paint(Stretch::Failed, critical, begun, ended),
            (CallEnd::Cancelled, _) => self.paint(Stretch::Cancelled, critical, begun, ended),
            (CallEnd::Answered, Work::Score { .. }) => self.paint(Stretch::Scoring, critical, begun, ended),
            (CallEnd::Answered, Work::Draft { first_token_ms }) => {
                let first = begun + first_token_ms.unwrap_or(0.0).clamp(0.0, (ended - begun).max(0.0));
                if first > begun {
                    self.paint(Stretch::FirstToken, critical, begun, first);
                }
                if first < ended || first_token_ms.is_none() {
                    self.paint(Stretch::Drafting, critical, first, ended);
                }
            }
        }
    }

    /// The bar as characters in a tone; where nothing continues it is dim.
    pub(super) fn line(&self, tone: Tone, glyphs: Glyphs) -> Line {
        let mut line: Line = Vec::new();
        for (kind, critical) in &self.cells {
            let tone = match kind {
                Stretch::Waiting => Tone::Dim,
                Stretch::Failed => Tone::Bad,
                Stretch::Cancelled => Tone::Warning,
                Stretch::FirstToken | Stretch::Drafting | Stretch::Scoring => tone,
            };
            let mark = glyphs.stretch(*kind, *critical);
            match line.last_mut() {
                Some((same, text)) if *same == tone => text.push(mark),
                Some(_) | None => line.push((tone, mark.into())),
            }
        }
        line
    }
}

/// Lengths one after the other in a bar whose `columns` stand for `scale_ms`; as long as they are together.
pub(super) fn stacked(lengths: &[(Stretch, f64)], scale_ms: f64, columns: usize, glyphs: Glyphs) -> DisplayText {
    let per_ms = if scale_ms > 0.0 { columns as f64 / scale_ms } else { 0.0 };
    let (mut text, mut drawn, mut sum) = (DisplayText::new(), 0, 0.0);
    for (kind, length) in lengths {
        sum += length;
        let until = ((sum * per_ms).round() as usize).min(columns);
        text.push(&DisplayStr::from(glyphs.stretch(*kind, false)).repeat(until.saturating_sub(drawn)));
        drawn = until.max(drawn);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::MemberIndex;

    fn drawn(calls: &[(Work, f64, f64, CallEnd, bool)]) -> String {
        let mut bar = Bar::new(10, 100.0, 100.0);
        for (work, begun_ms, ended_ms, end, critical) in calls {
            let call = Call { member: MemberIndex(0), work: *work, begun_ms: *begun_ms, ended_ms: *ended_ms, end: *end };
            bar.call(&call, *critical);
        }
        bar.line(Tone::Plain, Glyphs::new(true)).into_iter().map(|(_, text)| text.into_string()).collect()
    }

    #[test]
    fn calls_stand_where_their_time_is() {
        let draft = Work::Draft { first_token_ms: Some(10.0) };
        let score = Work::Score { candidates: 2 };
        let table = [
            (vec![], ".........."),
            (vec![(draft, 100.0, 140.0, CallEnd::Answered, false)], "tddd......"),
            (vec![(draft, 100.0, 140.0, CallEnd::Answered, true), (score, 150.0, 200.0, CallEnd::Answered, false)], "TDDD.sssss"),
            (vec![(score, 199.0, 200.0, CallEnd::Failed, true)], ".........F"),
            (vec![(draft, 50.0, 300.0, CallEnd::Cancelled, false)], "xxxxxxxxxx"),
        ];
        for (calls, expected) in table {
            assert_eq!(drawn(&calls), expected);
        }
    }

    #[test]
    fn stacked_lengths_fill_their_part_of_the_scale() {
        let lengths = [(Stretch::Drafting, 30.0), (Stretch::Scoring, 14.0), (Stretch::Waiting, 6.0)];
        assert_eq!(stacked(&lengths, 100.0, 20, Glyphs::new(true)), "ddddddsss.");
        assert_eq!(stacked(&lengths, 0.0, 20, Glyphs::new(true)), "");
    }
}
