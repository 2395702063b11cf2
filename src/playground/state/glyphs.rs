//! The marks of the screen: one narrow character each, either from blocks that every monospaced font has or from ASCII only.

use ratatui::symbols::border;

use crate::clean::{DisplayStr, DisplayText};
use crate::display;
use crate::playground::state::parts::run_state::RunState;
use crate::playground::state::scene::pane::Activity;
use crate::playground::state::scene::timeline::Mark;
use crate::playground::state::scene::waterfall::Stretch;

/// A set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    ascii: bool,
}

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// Blocks of one to eight eighths of a cell's height.
const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Low to high.
const ASCII_LEVELS: [&str; 4] = ["_", ".", "-", "^"];

/// Two levels side by side in one cell, each one of four dots: the older at the left.
const BRAILLE: [[char; 4]; 4] = [['⣀', '⡠', '⡐', '⡈'], ['⢄', '⠤', '⠔', '⠌'], ['⢂', '⠢', '⠒', '⠊'], ['⢁', '⠡', '⠑', '⠉']];

/// What stands for a mark in ASCII that is written among words, or `None` where there is nothing of the same width to put in its
/// place. What [`Glyphs`] draws has its own.
#[must_use]
pub fn stand_in(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "·" | "–" | "—" | "┄" | "─" => "-",
        "\u{a0}" => " ",
        "…" => "~",
        "×" | "✗" => "x",
        "→" | "›" | "≥" => ">",
        "←" | "‹" | "≤" => "<",
        "↑" | "▲" => "^",
        "↓" | "▼" => "v",
        "δ" => "d",
        "★" => "*",
        "✓" | "◆" => "+",
        "╎" | "┆" | "│" | "▎" => "|",
        "▏" | "░" => ":",
        "▁" => "_",
        "█" => "#",
        _ => return None,
    })
}

impl Glyphs {
    /// The marks, or their ASCII equivalents.
    #[must_use]
    pub fn new(ascii: bool) -> Self {
        Self { ascii }
    }

    fn pick<T>(self, full: T, ascii: T) -> T {
        if self.ascii { ascii } else { full }
    }

    /// The mark of what a member is doing.
    #[must_use]
    pub fn activity(self, activity: Activity) -> &'static str {
        match activity {
            Activity::Connecting => self.pick("◔", "c"),
            Activity::Away => self.pick("◇", "a"),
            Activity::Ready => self.pick("·", "."),
            Activity::Drafting => self.pick("●", "d"),
            Activity::Waiting => self.pick("◌", "w"),
            Activity::Scoring => self.pick("◐", "s"),
            Activity::Won => self.ahead(),
            Activity::Lost => self.pick("–", "-"),
            Activity::Exited => self.pick("○", "o"),
            Activity::Failed => self.pick("✗", "x"),
            Activity::Excluded => self.pick("⊘", "#"),
            Activity::Stopped => self.pick("■", "="),
        }
    }

    /// The mark of the run's state.
    #[must_use]
    pub fn run(self, state: RunState) -> &'static str {
        match state {
            RunState::Ready => self.pick("○", "o"),
            RunState::Waiting | RunState::Starting | RunState::Answering | RunState::Continuing => self.pick("●", "*"),
            RunState::Pausing | RunState::Paused => self.pick("◐", "="),
            RunState::Answered => self.ahead(),
            RunState::Limit(_) | RunState::Stopped | RunState::BrokenOff | RunState::RecordingEnds => self.pick("■", "#"),
            RunState::Failed => self.pick("✗", "x"),
        }
    }

    /// The mark of a round, below its winner's letter. Margins are eighths of a block.
    #[must_use]
    pub fn mark(self, mark: Mark, margin: f64) -> &'static str {
        match mark {
            Mark::Unanimous => "=",
            Mark::Overridden => self.pick("◆", "+"),
            Mark::Edited => "e",
            Mark::Written => "w",
            Mark::Redrafted => "r",
            Mark::Failed => "!",
            Mark::Open => self.pick("·", "."),
            Mark::Margin if self.ascii => ASCII_LEVELS[(margin * 3.99) as usize % 4],
            Mark::Margin => BLOCKS[(margin * 7.99) as usize % 8],
        }
    }

    /// The mark of a stretch of a time bar; capital letters if the round waited for it.
    #[must_use]
    pub fn stretch(self, stretch: Stretch, critical: bool) -> &'static str {
        match (stretch, critical) {
            (Stretch::FirstToken, true) => "T",
            (Stretch::Drafting, true) => "D",
            (Stretch::Scoring, true) => "S",
            (Stretch::Failed, true) => "F",
            (Stretch::FirstToken, false) => self.pick("░", "t"),
            (Stretch::Drafting, false) => self.pick("█", "d"),
            (Stretch::Scoring, false) => self.pick("▄", "s"),
            (Stretch::Failed, false) => "!",
            (Stretch::Cancelled, _) => "x",
            (Stretch::Waiting, _) => self.pick("·", "."),
        }
    }

    /// A bar of this many columns, filled to a share from 0 to 1.
    #[must_use]
    pub fn bar(self, share: f64, columns: u16) -> DisplayText {
        let eighths = (share.clamp(0.0, 1.0) * f64::from(columns) * 8.0).round() as usize;
        if self.ascii {
            return DisplayStr::from("#").repeat(eighths.div_ceil(8));
        }
        let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
        display!("{}{part}", "█".repeat(eighths / 8))
    }

    /// The same while not all votes are in.
    #[must_use]
    pub fn hollow_bar(self, share: f64, columns: u16) -> DisplayText {
        let filled = (share.clamp(0.0, 1.0) * f64::from(columns)).round() as usize;
        DisplayStr::from(self.pick("░", ":")).repeat(filled)
    }

    /// A vote, as high as its share from 0 to 1.
    #[must_use]
    pub fn ballot(self, share: f64) -> &'static str {
        let share = share.clamp(0.0, 1.0);
        if self.ascii {
            return ASCII_LEVELS[(share * 3.99) as usize % 4];
        }
        BLOCKS[(share * 7.99) as usize % 8]
    }

    /// A vote that is to come.
    #[must_use]
    pub fn open_ballot(self) -> &'static str {
        self.pick("░", ":")
    }

    /// The bar before a segment of the answer.
    #[must_use]
    pub fn segment_bar(self) -> &'static str {
        self.pick("▎", "|")
    }

    /// A curve of levels from 0 (low) to 3, two in a cell; blank where both are missing. ASCII shows the newer of two.
    #[must_use]
    pub fn sparkline(self, levels: &[Option<u8>]) -> DisplayText {
        let level = |level: u8| usize::from(level.min(3));
        let cell = |pair: &[Option<u8>]| {
            let (one, other) = (pair.first().copied().flatten(), pair.last().copied().flatten());
            match (one.or(other), other.or(one)) {
                (Some(_), Some(other)) if self.ascii => ASCII_LEVELS[level(other)].into(),
                (Some(one), Some(other)) => display!("{}", BRAILLE[level(one)][level(other)]),
                (None, _) | (_, None) => DisplayText::from(" "),
            }
        };
        DisplayText::joined(&levels.chunks(2).map(cell).collect::<Vec<DisplayText>>(), "")
    }

    /// A cell of dots (the low byte of U+2800 onwards), where there are such cells.
    #[must_use]
    pub fn dots(self, pattern: u8) -> Option<DisplayText> {
        let dots = char::from_u32(0x2800 + u32::from(pattern)).filter(|_| !self.ascii)?;
        Some(display!("{dots}"))
    }

    /// The one that is ahead, or won.
    #[must_use]
    pub fn ahead(self) -> &'static str {
        self.pick("★", "*")
    }

    /// Below the threshold.
    #[must_use]
    pub fn below(self) -> &'static str {
        self.pick("▼", "v")
    }

    /// The mark of the setting in force.
    #[must_use]
    pub fn in_force(self) -> &'static str {
        self.pick("●", "o")
    }

    /// The mark of a setting that is tried.
    #[must_use]
    pub fn tried(self) -> &'static str {
        self.pick("◆", "+")
    }

    /// A place of a track that can be chosen, where they are few.
    #[must_use]
    pub fn stop(self) -> &'static str {
        self.pick("┼", "'")
    }

    /// The letter of a segment that the user wrote.
    #[must_use]
    pub fn person(self) -> &'static str {
        "@"
    }

    /// The frame of a part.
    #[must_use]
    pub fn border(self) -> border::Set<'static> {
        self.pick(border::PLAIN, ASCII_BORDER)
    }

    /// A piece of a horizontal rule.
    #[must_use]
    pub fn rule(self) -> &'static str {
        self.pick("─", "-")
    }

    /// A piece of a rule that is being tried in place of another.
    #[must_use]
    pub fn tried_rule(self) -> &'static str {
        self.pick("═", "=")
    }

    /// Replaces omitted text.
    #[must_use]
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// The track and the thumb of a scroll bar.
    #[must_use]
    pub fn scroll_bar(self) -> (&'static str, &'static str) {
        self.pick(("│", "█"), ("|", "#"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_their_columns() {
        let glyphs = Glyphs::new(false);
        assert_eq!([0.0, 0.5, 1.0, 7.0].map(|share| glyphs.bar(share, 4)), ["", "██", "████", "████"]);
        assert_eq!(glyphs.bar(0.56, 2), "█▏");
        assert_eq!(Glyphs::new(true).bar(0.53, 4), "###");
        assert_eq!([false, true].map(|ascii| Glyphs::new(ascii).hollow_bar(0.53, 4)), ["░░", "::"]);
    }

    #[test]
    fn votes_grow_with_their_level() {
        let votes = |ascii: bool| (0..=8).map(|level| Glyphs::new(ascii).ballot(f64::from(level) / 8.0)).collect::<String>();
        assert_eq!(votes(false), "▁▁▂▃▄▅▆▇█");
        assert_eq!(votes(true), "___..--^^");
    }

    #[test]
    fn a_sparkline_has_two_levels_in_a_cell() {
        let line = |ascii: bool, levels: &[u8]| {
            Glyphs::new(ascii).sparkline(&levels.iter().map(|level| Some(*level)).collect::<Vec<_>>())
        };
        assert_eq!(line(false, &[3, 3, 2, 2, 1, 1, 0, 0]), "⠉⠒⠤⣀");
        assert_eq!(line(false, &[0, 3, 3, 0, 9]), "⡈⢁⠉");
        assert_eq!(line(true, &[3, 3, 2, 2, 1, 1, 0, 0]), "^-._");
        assert_eq!(line(true, &[0, 3, 2]), "^-");
        assert_eq!(line(false, &[]), "");
        assert_eq!(Glyphs::new(false).sparkline(&[None, None, None, Some(3)]), " ⠉");
    }

    #[test]
    fn in_ascii_no_two_activities_look_alike_and_all_is_ascii() {
        let marks: Vec<&str> = Activity::ALL.iter().map(|activity| Glyphs::new(true).activity(*activity)).collect();
        for (place, mark) in marks.iter().enumerate() {
            assert!(mark.is_ascii() && !marks[..place].contains(mark), "{mark}");
        }
    }
}
