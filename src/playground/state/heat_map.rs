//! A sweep over the question as a map: which settings are played, their results, and which one is marked.
//!
//! Owns what the user sees of a sweep. It is played outside ([`Effect::Sweep`](super::Effect::Sweep)), and continues while the
//! map is closed.

use std::collections::HashMap;
use std::path::PathBuf;

use super::roster::Seated;
use crate::engine::fusion::params::{Params, knob};
use crate::prompts::Prompt;
use crate::sweep::{Axis, Cell, Figures, Finished, Grid, GridError};

/// The axes of a sweep started from the playground: the paper's length and those around it, and thresholds from no exits to many.
/// Rows first.
const AXES: &[(&str, &str)] = &[("segment-tokens", "3,5,10,20"), ("exit-threshold", "0,0.3,0.5,0.7")];

/// A sweep to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepAsk {
    /// The members, in the order that decides ties.
    pub members: Vec<Seated>,
    /// The question, with the answers if they are known.
    pub prompt: Prompt,
    /// The knobs that vary.
    pub grid: Grid,
    /// The knobs that do not.
    pub params: Params,
    /// The seed, the same in every setting.
    pub seed: u64,
}

/// The progress of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Settings are being played.
    Going,
    /// All are played.
    Done,
    /// The user stopped it.
    Stopped,
    /// It could not continue, for this reason.
    Failed(String),
}

/// A direction of the arrow keys.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    Left,
    Right,
}

/// A sweep, as far as it got.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// The knobs that vary; the last is the columns, the others are the rows.
    pub grid: Grid,
    /// What was asked, byte for byte.
    pub question: String,
    /// Whether it continues.
    pub progress: Progress,
    /// The marked setting.
    pub marked: usize,
    finished: Vec<Finished>,
    figures: Vec<Figures>,
    traces: HashMap<Cell, PathBuf>,
}

/// The grid of a sweep started from the playground.
///
/// # Errors
/// Never: a test checks that the built-in axes are in the knobs' ranges.
pub fn usual_grid() -> Result<Grid, GridError> {
    let axes = AXES.iter().map(|(name, list)| Axis::parse(knob(name)?, list));
    Grid::new(axes.collect::<Result<_, _>>()?)
}

impl HeatMap {
    /// A sweep that was just started.
    #[must_use]
    pub fn new(grid: Grid, question: &str) -> Self {
        let figures = Figures::of_grid(&grid, &[]);
        Self {
            grid,
            question: question.to_owned(),
            progress: Progress::Going,
            marked: 0,
            finished: Vec::new(),
            figures,
            traces: HashMap::new(),
        }
    }

    /// Adds a finished cell, and where its run is recorded.
    pub fn finished(&mut self, finished: Finished, trace: Option<PathBuf>) {
        self.traces.extend(trace.map(|trace| (finished.cell, trace)));
        self.finished.retain(|other| other.cell != finished.cell);
        self.finished.push(finished);
        self.figures = Figures::of_grid(&self.grid, &self.finished);
    }

    /// The figures of every setting.
    #[must_use]
    pub fn figures(&self) -> &[Figures] {
        &self.figures
    }

    /// How many settings have been played.
    #[must_use]
    pub fn played(&self) -> usize {
        self.figures.iter().filter(|figures| figures.answers > 0).count()
    }

    /// The recorded run of the marked setting.
    #[must_use]
    pub fn trace(&self) -> Option<&PathBuf> {
        self.traces.get(&Cell { setting: self.marked, prompt: 0 })
    }

    /// Columns of the map.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.grid.axes().last().map_or(1, |axis| axis.values.len())
    }

    /// Moves the mark to a neighbour, if there is one.
    pub fn move_to(&mut self, direction: Direction) {
        let columns = self.columns();
        let at = self.marked % columns;
        let next = match direction {
            Direction::Up => self.marked.checked_sub(columns),
            Direction::Down => Some(self.marked + columns),
            Direction::Left => self.marked.checked_sub(1).filter(|_| at > 0),
            Direction::Right => Some(self.marked + 1).filter(|_| at + 1 < columns),
        };
        self.marked = next.filter(|next| *next < self.figures.len()).unwrap_or(self.marked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Answer;

    fn map() -> HeatMap {
        HeatMap::new(usual_grid().unwrap(), "?")
    }

    #[test]
    fn the_usual_grid_is_in_range() {
        assert_eq!((map().grid.settings(), map().columns()), (16, 4));
    }

    #[test]
    fn the_mark_stays_on_the_map() {
        use Direction::{Down, Left, Right, Up};
        let walk = |steps: &[Direction]| {
            let mut map = map();
            for step in steps {
                map.move_to(*step);
            }
            map.marked
        };
        assert_eq!([walk(&[]), walk(&[Up]), walk(&[Left]), walk(&[Down, Right])], [0, 0, 0, 5]);
        assert_eq!(walk(&[Right; 9]), 3, "the end of a row is not the beginning of the next");
        assert_eq!(walk(&[Down, Left]), 4);
        assert_eq!(walk(&[Down; 9]), 12);
        assert_eq!(walk(&[Down, Down, Down, Right, Right, Right, Right, Down]), 15);
    }

    #[test]
    fn a_cell_counts_once_and_leads_to_its_run() {
        let mut map = map();
        let cell = Cell { setting: 5, prompt: 0 };
        for right in [false, true] {
            let answer = Answer { right: Some(right), ..Answer::default() };
            map.finished(Finished { cell, answer }, Some("run.jsonl".into()));
        }
        assert_eq!((map.played(), map.figures()[5].right, map.trace()), (1, 1, None));
        map.marked = 5;
        assert_eq!(map.trace(), Some(&PathBuf::from("run.jsonl")));
    }
}
