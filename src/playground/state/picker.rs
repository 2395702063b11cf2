//! A list to choose from by typing: commands, themes, recorded runs; and the line in which a file name is typed.

use std::path::PathBuf;

use super::action::Action;
use super::fuzzy;
use crate::clean::{DisplayText, clean};
use crate::engine::fusion::event::SegmentId;

/// What a list offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// Every command.
    Commands,
    /// Every theme; the marked one is shown at once.
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
    /// The branches that the one that is read can be compared with.
    Compare,
    /// Recorded runs to compare with; a typed path is read too.
    Against,
}

/// What choosing an entry means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Do this.
    Action(Action),
    /// Use this theme.
    Theme(String),
    /// Replay this file.
    Trace(PathBuf),
    /// Accept this member's candidate.
    Candidate {
        /// Whose.
        member: String,
        /// In the round of this segment; in the open one where none is named.
        segment: Option<SegmentId>,
    },
    /// Go to the end of this branch.
    Branch(SegmentId),
    /// Hold this branch against the one that is read.
    AgainstBranch(SegmentId),
    /// Choose a recorded run to compare with.
    AgainstRecorded,
    /// Hold this recorded run against the answer.
    AgainstRun(PathBuf),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is searched and shown first.
    pub title: DisplayText,
    /// What is shown beside it.
    pub detail: DisplayText,
    /// What choosing it means.
    pub choice: Choice,
}

/// An open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// What it offers.
    pub kind: PickerKind,
    /// What was typed.
    pub typed: DisplayText,
    items: Vec<Item>,
    /// Places in `items` that answer what was typed, best first.
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
        }
    }

    /// The entries found, best first.
    #[must_use]
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.found.iter().map(|place| &self.items[*place])
    }

    /// The place of the marked entry among those found.
    #[must_use]
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The marked entry.
    #[must_use]
    pub fn choice(&self) -> Option<&Choice> {
        self.found.get(self.selected).map(|place| &self.items[*place].choice)
    }

    /// Marks the entry with this title.
    pub fn mark(&mut self, title: &str) {
        self.selected = self.found.iter().position(|place| self.items[*place].title == title).unwrap_or(0);
    }

    /// Adds to what was typed; line ends are left out, and what cleaning leaves out.
    pub fn type_text(&mut self, text: &str) {
        let typed = clean(&clean(&format!("{}{text}", self.typed)).replace('\n', ""));
        self.typed = typed.as_display().first_chars(LONGEST).into();
        self.search();
    }

    /// Takes everything that was typed back.
    pub fn clear(&mut self) {
        self.typed = DisplayText::new();
        self.search();
    }

    /// Takes the last character back.
    pub fn backspace(&mut self) {
        let last = self.typed.char_indices().next_back().map_or(0, |(at, _)| at);
        self.typed.truncate(last);
        self.search();
    }

    /// Moves the mark, around the ends.
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
