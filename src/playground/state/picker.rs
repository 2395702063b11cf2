//! A list to choose from by typing (commands, themes, recorded runs), and the line for typing a file name.

use std::path::PathBuf;

use super::action::Action;
use super::fuzzy;
use crate::clean::{DisplayText, clean};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::SegmentId;

/// What a list offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// Every command.
    Commands,
    /// Every theme; the marked one is applied immediately.
    Themes,
    /// Recorded runs; a typed path opens too.
    Traces,
    /// A file name to save the trace under.
    SaveAs,
    /// A file name to export the answer under.
    ExportAs,
    /// The candidates of a round.
    Candidates,
    /// The branches of an answer.
    Branches,
    /// The branches that the current one can be compared with.
    Compare,
    /// Recorded runs to compare with; a typed path is read too.
    Against,
    /// The members that something can be done with.
    Members(MemberAction),
    /// The lines of the help page.
    Help,
}

/// What is done with one member, if no pane is focused: then the member is chosen from a list first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberAction {
    /// Draw its candidate again.
    Redraft,
    /// Send it away, or bring it back.
    SendAway,
    /// Give its scores less weight.
    Lighter,
    /// Give its scores more weight.
    Heavier,
    /// Copy its candidate.
    Copy,
}

/// What choosing an entry means.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Action(Action),
    Theme(String),
    Trace(PathBuf),
    Candidate {
        member: String,
        /// The number of its round, which may be decided in the meantime.
        round: usize,
    },
    /// Go to the end of this branch.
    Branch(SegmentId),
    /// Compare this branch with the current one.
    AgainstBranch(SegmentId),
    /// Choose a recorded run to compare with.
    AgainstRecorded,
    /// Compare this recorded run with the answer.
    AgainstRun(PathBuf),
    /// Do this with this member.
    Member {
        action: MemberAction,
        member: MemberIndex,
    },
    /// Nothing: it is only read.
    Nothing,
}

impl MemberAction {
    /// The heading of the list of members.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Redraft => "whose candidate is drawn again?",
            Self::SendAway => "who is sent away, or comes back?",
            Self::Lighter => "whose scores get less weight?",
            Self::Heavier => "whose scores get more weight?",
            Self::Copy => "whose candidate is copied?",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The main text, which is searched.
    pub title: DisplayText,
    /// Its keys, in a column that is never cut.
    pub keys: DisplayText,
    /// Short columns next to the title, the one of the greatest worth first: those at the end are left out where there is no room.
    pub columns: Vec<DisplayText>,
    /// Shown behind them, and searched.
    pub detail: DisplayText,
    /// Why it cannot be chosen now, if it cannot.
    pub unavailable: Option<DisplayText>,
    /// The letters that choose it at once.
    pub letters: Vec<char>,
    /// What choosing it means.
    pub choice: Choice,
}

impl Item {
    /// An entry with a title, a detail and a meaning only.
    #[must_use]
    pub fn new(title: impl Into<DisplayText>, detail: impl Into<DisplayText>, choice: Choice) -> Self {
        Self {
            title: title.into(),
            keys: DisplayText::new(),
            columns: Vec::new(),
            detail: detail.into(),
            unavailable: None,
            letters: Vec::new(),
            choice,
        }
    }
}

/// An open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// What it offers.
    pub kind: PickerKind,
    /// What was typed.
    pub typed: DisplayText,
    items: Vec<Item>,
    /// Indices in `items` that match what was typed, best first.
    found: Vec<usize>,
    selected: usize,
}

/// The longest text that is typed into a list, in characters.
const LONGEST: usize = 4096;

impl Picker {
    /// A list with everything in it.
    #[must_use]
    pub fn new(kind: PickerKind, items: Vec<Item>) -> Self {
        let mut picker = Self { kind, typed: DisplayText::new(), items, found: Vec::new(), selected: 0 };
        picker.search();
        picker
    }

    /// The heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.kind {
            PickerKind::Commands => "commands",
            PickerKind::Themes => "themes",
            PickerKind::Traces => "open a recorded run",
            PickerKind::SaveAs => "save the trace as",
            PickerKind::ExportAs => "export as",
            PickerKind::Candidates => "whose candidate is accepted?",
            PickerKind::Branches => "branches",
            PickerKind::Compare => "compare this branch with",
            PickerKind::Against => "compare with a recorded run",
            PickerKind::Members(action) => action.question(),
            PickerKind::Help => "search the help",
        }
    }

    /// The entries found, best first.
    #[must_use]
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.found.iter().map(|place| &self.items[*place])
    }

    /// How many entries there are, found or not.
    #[must_use]
    pub fn size(&self) -> usize {
        self.items.len()
    }

    /// The index of the marked entry among those found.
    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The marked entry.
    #[must_use]
    pub fn entry(&self) -> Option<&Item> {
        self.found.get(self.selected).map(|place| &self.items[*place])
    }

    /// What choosing the marked entry means.
    #[must_use]
    pub fn choice(&self) -> Option<&Choice> {
        self.found.get(self.selected).map(|place| &self.items[*place].choice)
    }

    /// All entries, found or not.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The entry that a letter or a member's number chooses at once, before anything else was typed.
    pub fn choose_by_letter(&mut self, typed: char) -> bool {
        let letter = match typed.to_digit(10) {
            Some(0) | None => typed.to_ascii_uppercase(),
            Some(number) => char::from(b'A' + number as u8 - 1),
        };
        let place = self.found.iter().position(|place| self.items[*place].letters.contains(&letter));
        match place.filter(|_| self.typed.is_empty()) {
            Some(place) => {
                self.selected = place;
                true
            }
            None => false,
        }
    }

    /// Marks the entry at this place among those found, if there is one.
    pub fn mark_at(&mut self, place: usize) -> bool {
        let is_there = place < self.found.len();
        if is_there {
            self.selected = place;
        }
        is_there
    }

    /// The first entry in sight where this many rows are.
    #[must_use]
    pub fn top(&self, rows: usize) -> usize {
        (self.selected + 1).saturating_sub(rows.max(1))
    }

    /// Marks the entry with this title.
    pub fn mark(&mut self, title: &str) {
        self.selected = self.found.iter().position(|place| self.items[*place].title == title).unwrap_or(0);
    }

    /// Adds to what was typed, without line ends and what cleaning removes.
    pub fn type_text(&mut self, text: &str) {
        let typed = clean(&clean(&format!("{}{text}", self.typed)).replace('\n', ""));
        self.typed = typed.as_display().first_chars(LONGEST).into();
        self.search();
    }

    /// Removes everything that was typed.
    pub fn clear(&mut self) {
        self.typed = DisplayText::new();
        self.search();
    }

    /// Removes the last character.
    pub fn backspace(&mut self) {
        let last = self.typed.char_indices().next_back().map_or(0, |(at, _)| at);
        self.typed.truncate(last);
        self.search();
    }

    /// Moves the mark, wrapping around the ends.
    pub fn move_by(&mut self, step: isize) {
        if !self.found.is_empty() {
            self.selected = (self.selected.cast_signed() + step).rem_euclid(self.found.len().cast_signed()).cast_unsigned();
        }
    }

    fn search(&mut self) {
        let mut found: Vec<(i32, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(place, item)| {
                if self.kind == PickerKind::Help {
                    let line = format!("{} {}", item.keys, item.title).to_lowercase();
                    return line.contains(&self.typed.to_lowercase()).then_some((0, place));
                }
                let title = fuzzy::score(&self.typed, &item.title).map(|score| score + 50);
                Some((title.max(fuzzy::score(&self.typed, &item.detail))?, place))
            })
            .collect();
        if !self.typed.is_empty() {
            found.sort_by_key(|(score, place)| (-score, *place));
        }
        self.found = found.into_iter().map(|(_, place)| place).collect();
        self.selected = 0;
    }
}
