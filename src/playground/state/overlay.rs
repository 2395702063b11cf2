//! What lies over the screen: help, reasons, the exit chart, the log, a list, a question.

use super::action::{ACTIONS, Action, Group};
use super::entry::Purpose;
use super::glyphs::Glyphs;
use super::keymap::Keymap;
use super::log::{Level, Log};
use super::picker::Picker;
use super::play::Play;
use super::prose::{Prose, Tone, line, wrap};
use super::roster::compose::Compose;
use super::scene::chart::Curve;
use super::scene::duration;
use super::scene::pane::Activity;
use super::scene::timeline::Mark;
use super::tuning::panel::Panel;
use crate::engine::fusion::event::SegmentId;

/// Something over the screen; one at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// Every key.
    Help(Scroll),
    /// Why a round was won.
    Why(Scroll),
    /// The chart of retention or of weights.
    Chart(Curve),
    /// Every knob.
    Tuning(Panel),
    /// The run against its strongest member.
    Single(Scroll),
    /// Where the time went.
    Waterfall(Page, Scroll),
    /// Warnings and messages.
    Log(Scroll),
    /// The heat map of a sweep.
    HeatMap(Scroll),
    /// A list to choose from.
    List(Picker),
    /// Who takes part.
    Roster(Compose),
    /// A segment being changed or written.
    Entry(Purpose),
    /// Two branches, or two runs, side by side.
    Compare(Against, Scroll),
    /// Leave, although this would be lost?
    Leave(String),
}

/// Whose time a waterfall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The round looked at.
    Round,
    /// The whole run.
    Run,
}

/// What the answer is held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// The branch that ends with this segment.
    Branch(SegmentId),
    /// A recorded run.
    Recorded(Box<Recorded>),
}

/// A recorded run.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its file's name, cleaned.
    pub file: String,
    /// What its events add up to.
    pub play: Play,
}

/// Where a reader is in a long overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The first visible line.
    pub top: usize,
    /// The last line that can be the first.
    pub last: usize,
    /// Visible lines.
    pub height: usize,
}

impl Scroll {
    /// Moves by lines, within what there is.
    pub fn by(&mut self, lines: isize) {
        self.top = self.top.saturating_add_signed(lines).min(self.last);
    }

    /// Learns how much there is and how much fits.
    pub fn fit(&mut self, lines: usize, height: usize) {
        self.height = height;
        self.last = lines.saturating_sub(height);
        self.top = self.top.min(self.last);
    }
}

impl Overlay {
    /// The heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Help(_) => "help",
            Self::Why(_) => "why this round was won",
            Self::Chart(curve) => curve.title(),
            Self::Tuning(_) => "tuning",
            Self::Single(_) => "fused against the best single member",
            Self::Waterfall(Page::Round, _) => "where the time of this round went",
            Self::Waterfall(Page::Run, _) => "where the time of the run went",
            Self::Log(_) => "log",
            Self::HeatMap(_) => "heat map of a sweep",
            Self::List(picker) => picker.title(),
            Self::Roster(_) => "who takes part",
            Self::Entry(purpose) => purpose.title(),
            Self::Compare(..) => "side by side",
            Self::Leave(_) => "leave?",
        }
    }

    /// Lines of a page, in overlays that scroll.
    #[must_use]
    pub fn height(&self) -> Option<usize> {
        match self {
            Self::Help(scroll)
            | Self::Why(scroll)
            | Self::Log(scroll)
            | Self::HeatMap(scroll)
            | Self::Compare(_, scroll)
            | Self::Single(scroll)
            | Self::Waterfall(_, scroll) => Some(scroll.height),
            Self::Chart(_) | Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }

    /// Where the reader is, in overlays that scroll.
    pub fn scroll(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Help(scroll)
            | Self::Why(scroll)
            | Self::Log(scroll)
            | Self::HeatMap(scroll)
            | Self::Compare(_, scroll)
            | Self::Single(scroll)
            | Self::Waterfall(_, scroll) => Some(scroll),
            Self::Chart(_) | Self::Tuning(_) | Self::List(_) | Self::Roster(_) | Self::Entry(_) | Self::Leave(_) => None,
        }
    }
}

/// What fusion is, for somebody who has never seen it.
pub const EXPLANATION: &[&str] = &[
    "Several models write one answer together. Each round, every model drafts the next segment (its pane), every model scores \
     every candidate (the ranking), and the best one is accepted for all (the transcript). Models that keep losing leave.",
    "Letters name the models: A is the first. A score is how probable a verifier finds a candidate; the bar is the fused score.",
];

/// The help screen, made from the table of actions and the keys in force.
#[must_use]
pub fn help(keymap: &Keymap, ascii: bool, width: u16) -> Prose {
    let mut prose = Prose::new();
    for paragraph in EXPLANATION {
        wrap(&mut prose, Vec::new(), Tone::Plain, paragraph, width, 0);
        prose.push(Vec::new());
    }
    for group in Group::ALL {
        prose.push(line(Tone::Heading, group.title()));
        for entry in ACTIONS.iter().filter(|entry| entry.group == *group) {
            match entry.action {
                Action::Pane(1) => {
                    let keys = [Action::Pane(1), Action::Pane(9)].map(|action| keymap.key(action)).join("…");
                    row(&mut prose, &keys, "focus the pane of that place", width);
                }
                Action::Pane(_) => {}
                action => row(&mut prose, &keymap.keys(action).join(", "), entry.meaning, width),
            }
        }
        prose.push(Vec::new());
    }
    marks(&mut prose, Glyphs::new(ascii), width);
    wrap(
        &mut prose,
        Vec::new(),
        Tone::Dim,
        "Keys can be changed in the configuration file: [keys] with the name of a command (they are listed under `:`).",
        width,
        0,
    );
    prose
}

/// What the marks of the screen mean.
fn marks(prose: &mut Prose, glyphs: Glyphs, width: u16) {
    prose.push(line(Tone::Heading, "Marks"));
    let member = Activity::ALL.iter().map(|activity| format!("{} {}", glyphs.activity(*activity), activity.word()));
    row(prose, "a member", &member.collect::<Vec<_>>().join("   "), width);
    row(prose, "the letters beside a line", "who wrote its segments, in order", width);
    row(prose, "red, underlined", "tokens and scores of low probability; some servers tell none of their tokens", width);
    let marks = [
        (Mark::Unanimous, "all agreed"),
        (Mark::Overridden, "a person chose"),
        (Mark::Edited, "changed it"),
        (Mark::Written, "wrote it"),
        (Mark::Failed, "something failed"),
    ];
    let marks: Vec<String> = marks.iter().map(|(mark, meaning)| format!("{} {meaning}", glyphs.mark(*mark, 0.0))).collect();
    let bars = format!("{}{} how far the best was ahead", glyphs.mark(Mark::Margin, 0.1), glyphs.mark(Mark::Margin, 0.9));
    row(prose, "? and a small letter", "what would have been under the knobs that are tried: exits, winners of rounds", width);
    row(
        prose,
        "below the rounds",
        &format!("{bars}   {}   x a member left   ~ knobs changed (X both)", marks.join("   ")),
        width,
    );
    prose.push(Vec::new());
}

/// Columns of the keys.
const KEYS: u16 = 27;

fn row(prose: &mut Prose, keys: &str, meaning: &str, width: u16) {
    let keys = if keys.is_empty() { "(no key)" } else { keys };
    let head = vec![(Tone::Key, format!("  {keys:<width$} ", width = KEYS as usize - 3))];
    wrap(prose, head, Tone::Plain, meaning, width, KEYS);
}

/// The log, newest first.
#[must_use]
pub fn log(log: &Log, width: u16) -> Prose {
    let mut prose = Prose::new();
    for entry in log.entries().rev() {
        let tone = match entry.level {
            Level::Info => Tone::Dim,
            Level::Warning => Tone::Warning,
            Level::Error => Tone::Bad,
        };
        let when = entry.t_ms.map_or_else(String::new, duration);
        let head = vec![(Tone::Dim, format!("{when:>8} ")), (tone, format!("{:<8}", entry.level.word()))];
        wrap(&mut prose, head, Tone::Plain, &entry.text, width, 17);
    }
    if prose.is_empty() {
        prose.push(line(Tone::Dim, "nothing so far"));
    }
    prose
}
