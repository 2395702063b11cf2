//! The tuning panel: where the user is in it. Sliders come first, every other knob is folded below them, and a search narrows all.
//!
//! Owns the rows, their order and which of them are in sight; [`lines`](super::lines) makes them words.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::params::{KNOBS, Kind, Knob, knob};

/// The knobs that have a slider, besides the length of a segment.
const SLIDERS: [&str; 3] = ["scoring", "exit-threshold", "temperature"];
/// The most characters of what is searched for.
const SEARCHED: usize = 24;

/// A row that can be marked.
#[derive(Debug, Clone, Copy)]
pub enum Row {
    /// A named set of values.
    Preset,
    /// The length of a segment, on the ladder of the keys that change it.
    Length,
    /// A knob.
    Knob(&'static Knob),
}

/// The user's position in the panel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Panel {
    /// The row that is marked while it is in sight, by its place among all.
    row: usize,
    /// The value being typed.
    pub typed: String,
    /// Whether the knobs without a slider are in sight.
    pub unfolded: bool,
    /// The search that narrows the rows.
    pub search: Option<Search>,
}

/// A search for a knob.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// What is searched for.
    pub text: DisplayText,
    /// Whether keys type into it.
    pub typing: bool,
}

impl Row {
    /// Every row: the preset, the sliders, then the other knobs in the order of the table.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let sliders = SLIDERS.iter().filter_map(|name| knob(name).ok());
        let others = KNOBS.iter().filter(|knob| !SLIDERS.contains(&knob.name));
        [Self::Preset, Self::Length].into_iter().chain(sliders.chain(others).map(Self::Knob)).collect()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Length => "length",
            Self::Knob(knob) => knob.name,
        }
    }

    /// Whether a search finds it: every word is in its name, its group or its meaning.
    fn is_found(self, text: &str) -> bool {
        let meaning = match self {
            Self::Preset => "preset named sets of values".to_owned(),
            Self::Length => "length of a segment".to_owned(),
            Self::Knob(knob) => format!("{} {} {}", knob.name, knob.group.title(), knob.meaning).to_lowercase(),
        };
        text.to_lowercase().split_whitespace().all(|word| meaning.contains(word))
    }
}

impl Panel {
    /// The number of rows.
    pub const ROWS: usize = KNOBS.len() + 2;
    /// The rows that are never folded.
    pub const FIRST: usize = SLIDERS.len() + 2;

    /// The place of the marked row among all; `None` while a search finds no row: then there is nothing to change.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        self.in_sight().contains(&self.row).then_some(self.row)
    }

    /// The marked row.
    #[must_use]
    pub fn marked(&self) -> Option<Row> {
        self.place().and_then(|place| Row::all().get(place).copied())
    }

    /// The marked knob; `None` on the preset and on the length.
    #[must_use]
    pub fn knob(&self) -> Option<&'static Knob> {
        match self.marked()? {
            Row::Knob(knob) => Some(knob),
            Row::Preset | Row::Length => None,
        }
    }

    /// Whether keys type into the search.
    #[must_use]
    pub fn searches(&self) -> bool {
        self.search.as_ref().is_some_and(|search| search.typing)
    }

    /// The rows in sight, by their places among all.
    #[must_use]
    pub fn in_sight(&self) -> Vec<usize> {
        match &self.search {
            Some(search) => {
                let rows = Row::all().into_iter().enumerate();
                rows.filter(|(_, row)| row.is_found(&search.text)).map(|(place, _)| place).collect()
            }
            None if self.unfolded => (0..Self::ROWS).collect(),
            None => (0..Self::FIRST).collect(),
        }
    }

    /// Moves the mark, wrapping around the ends; past the last slider it unfolds the other knobs. What was being typed is dropped.
    pub fn move_by(&mut self, step: isize) {
        self.typed.clear();
        let inside = |place: usize| place.checked_add_signed(step).is_some_and(|place| place < Self::FIRST);
        self.unfolded |= self.search.is_none() && !inside(self.row);
        let rows = self.in_sight();
        let at = rows.iter().position(|row| *row == self.row).unwrap_or(0);
        let next = (at.cast_signed() + step).checked_rem_euclid(rows.len().cast_signed());
        self.row = next.and_then(|next| rows.get(next.cast_unsigned())).copied().unwrap_or(self.row);
    }

    /// Marks a row.
    pub fn mark(&mut self, row: usize) {
        self.typed.clear();
        self.row = row;
    }

    /// Unfolds the knobs without a slider, or folds them.
    pub fn fold(&mut self) {
        (self.unfolded, self.search) = (!self.unfolded, None);
        self.stay_in_sight();
    }

    /// Starts a search, or takes it up again.
    pub fn find(&mut self) {
        self.typed.clear();
        self.search.get_or_insert_default().typing = true;
        self.stay_in_sight();
    }

    /// Ends the typing of a search: what it found stays. Returns whether there was any.
    pub fn take_found(&mut self) -> bool {
        self.search.as_mut().is_some_and(|search| std::mem::take(&mut search.typing))
    }

    /// Drops the value that is typed, or what is searched for, or the search; returns whether there was any.
    pub fn drop_typed(&mut self) -> bool {
        if !self.typed.is_empty() {
            self.typed.clear();
            return true;
        }
        let Some(search) = &mut self.search else { return false };
        if search.text.is_empty() {
            self.search = None;
            // What was found stays marked.
            self.unfolded |= self.row >= Self::FIRST;
        } else {
            (search.text, search.typing) = (DisplayText::new(), true);
        }
        true
    }

    /// Whether the value of the marked knob can be typed.
    #[must_use]
    pub fn takes_numbers(&self) -> bool {
        matches!(self.knob().map(|knob| knob.kind), Some(Kind::Integer { .. } | Kind::Real { .. }))
    }

    /// Accepts typed text: into the search, or as far as it can belong to a number.
    pub fn type_text(&mut self, text: &str) {
        if let Some(search) = self.search.as_mut().filter(|search| search.typing) {
            let room = SEARCHED.saturating_sub(search.text.chars().count());
            // Cleaned alone, a blank would be none.
            search.text =
                display!("{}{}", search.text, text.chars().take(room).filter(|typed| !typed.is_control()).collect::<String>());
            return self.stay_in_sight();
        }
        let takes = self.takes_numbers();
        for character in text.chars().filter(|character| takes && (character.is_ascii_digit() || "-.".contains(*character))) {
            if self.typed.len() < 12 {
                self.typed.push(character);
            }
        }
    }

    /// Takes the last typed character back.
    pub fn erase(&mut self) {
        match self.search.as_mut().filter(|search| search.typing) {
            Some(search) => {
                let rest = search.text.char_indices().next_back().map_or(0, |(at, _)| at);
                search.text.truncate(rest);
                self.stay_in_sight();
            }
            None => {
                self.typed.pop();
            }
        }
    }

    /// Marks the first row in sight unless the marked one is.
    fn stay_in_sight(&mut self) {
        let rows = self.in_sight();
        if let Some(first) = rows.first().filter(|_| !rows.contains(&self.row)) {
            self.mark(*first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(panel: &Panel) -> Vec<&'static str> {
        let rows = Row::all();
        panel.in_sight().into_iter().map(|place| rows[place].name()).collect()
    }

    fn searching(text: &str) -> Panel {
        let mut panel = Panel::default();
        panel.find();
        panel.type_text(text);
        panel
    }

    #[test]
    fn every_knob_has_one_row() {
        let all = Row::all();
        assert_eq!(all.len(), Panel::ROWS);
        for knob in KNOBS {
            assert_eq!(all.iter().filter(|row| row.name() == knob.name).count(), 1, "{}", knob.name);
        }
        assert_eq!(names(&Panel::default()), ["preset", "length", "scoring", "exit-threshold", "temperature"]);
    }

    #[test]
    fn the_mark_goes_round_all_rows_and_unfolds_them_at_the_end_of_the_sliders() {
        let mut panel = Panel::default();
        for place in 1..Panel::FIRST {
            panel.move_by(1);
            assert_eq!((panel.row, panel.unfolded), (place, false));
        }
        panel.move_by(1);
        assert_eq!((panel.row, panel.unfolded, panel.in_sight().len()), (Panel::FIRST, true, Panel::ROWS));
        panel.move_by(Panel::ROWS.cast_signed() - 5);
        assert_eq!(panel.row, 0);
        let mut up = Panel::default();
        up.move_by(-1);
        assert_eq!((up.row, up.unfolded), (Panel::ROWS - 1, true));
        up.fold();
        assert_eq!((up.row, up.unfolded), (0, false), "what is marked is in sight");
    }

    #[test]
    fn a_search_finds_names_groups_and_meanings() {
        assert_eq!(names(&searching("outlier")), ["outlier-filter", "outlier-ratio"]);
        assert_eq!(names(&searching("softmax-t")), ["softmax-temperature"]);
        assert!(names(&searching("EXIT")).iter().filter(|name| name.starts_with("exit")).count() > 5);
        assert_eq!(names(&searching("zzz")), <[&str; 0]>::default());
        assert_eq!(searching("outlier").marked().unwrap().name(), "outlier-filter", "the first found is marked");
        let mut none = searching("zzz");
        none.move_by(1);
        assert!(none.place().is_none() && none.marked().is_none() && !none.takes_numbers(), "nothing is marked");
        none.erase();
        assert_eq!(none.search.as_ref().unwrap().text, "zz");
    }

    #[test]
    fn what_is_typed_is_dropped_before_the_search_and_the_search_before_all() {
        let mut panel = searching("outlier-r");
        assert!(panel.take_found() && !panel.searches() && !panel.take_found());
        panel.type_text("7x5");
        assert_eq!(panel.typed, "75");
        assert!(panel.drop_typed() && panel.typed.is_empty());
        assert!(panel.drop_typed() && panel.searches(), "the text first");
        assert_eq!(panel.in_sight().len(), Panel::ROWS);
        assert!(panel.drop_typed() && panel.search.is_none());
        assert_eq!((panel.marked().unwrap().name(), panel.unfolded), ("outlier-ratio", true));
        assert!(!panel.drop_typed());
    }
}
