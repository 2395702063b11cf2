//! A sweep over the question as a map: which settings are played, their results, and which one is marked.
//!
//! Owns what the user sees of a sweep. It is played outside ([`Effect::Sweep`](super::Effect::Sweep)), and continues while the
//! map is closed.

mod metric;

use std::collections::HashMap;
use std::path::PathBuf;

pub use metric::Metric;

use super::roster::Seated;
use crate::engine::fusion::params::{Knob, Params, Value, knob};
use crate::prompts::Prompt;
use crate::sweep::{Axis, Cell, Figures, Finished, Grid, GridError, imply};

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
    /// The figure that the user chose to see.
    metric: Option<Metric>,
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
            metric: None,
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

    /// The figures that are known of some setting; before the first answer only the score.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        let known = |metric: &Metric| metric.range(&self.figures).is_some();
        let metrics: Vec<Metric> = Metric::ALL.iter().copied().filter(known).collect();
        if metrics.is_empty() { vec![Metric::Score] } else { metrics }
    }

    /// The figure that the cells show: the one that the user chose, or else the first that is known.
    #[must_use]
    pub fn metric(&self) -> Metric {
        let known = self.metrics();
        self.metric.filter(|metric| known.contains(metric)).or(known.first().copied()).unwrap_or(Metric::Score)
    }

    /// Shows the next figure.
    pub fn next_metric(&mut self) {
        let (known, now) = (self.metrics(), self.metric());
        let at = known.iter().position(|metric| *metric == now).map_or(0, |at| at + 1);
        self.metric = known.get(at % known.len()).copied();
    }

    /// The values that make a setting: those of the swept knobs, and what these need to have an effect over any of these.
    #[must_use]
    pub fn values(&self, over: [&Params; 2], setting: usize) -> Vec<(&'static Knob, Value)> {
        // A sweep starts only if what it needs can be set.
        let needs = |params: &Params| imply(self.grid.axes(), &mut params.clone(), |_| false).unwrap_or_default();
        let mut values: Vec<(&'static Knob, Value)> = Vec::new();
        for implied in over.into_iter().flat_map(needs) {
            let Ok(knob) = knob(implied.knob) else { continue };
            let is_new = values.iter().all(|(known, _)| known.name != knob.name);
            values.extend(knob.parse(implied.value).ok().filter(|_| is_new).map(|value| (knob, value)));
        }
        let swept = self.grid.axes().iter().zip(self.grid.values(setting));
        values.extend(swept.map(|(axis, value)| (axis.knob, value.clone())));
        values
    }

    /// The setting that these knobs are, if they are one of the map.
    #[must_use]
    pub fn setting_of(&self, params: &Params) -> Option<usize> {
        let implied = imply(self.grid.axes(), &mut params.clone(), |_| false);
        let settings = implied.is_ok_and(|implied| implied.is_empty()).then_some(0..self.figures.len());
        settings.into_iter().flatten().find(|setting| self.grid.params(params, *setting) == *params)
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

    #[test]
    fn only_figures_that_are_known_can_be_chosen_and_the_last_is_followed_by_the_first() {
        let mut map = map();
        assert_eq!((map.metrics(), map.metric()), (vec![Metric::Score], Metric::Score));
        let cell = Cell { setting: 0, prompt: 0 };
        map.finished(Finished { cell, answer: Answer { score: Some(0.5), ..Answer::default() } }, None);
        assert!(!map.metrics().contains(&Metric::Accuracy) && !map.metrics().contains(&Metric::Cost));
        let count = map.metrics().len();
        let walk: Vec<Metric> = std::iter::repeat_with(|| {
            map.next_metric();
            map.metric()
        })
        .take(count)
        .collect();
        assert_eq!((walk[0], walk.last().copied()), (Metric::Tokens, Some(Metric::Score)));
        map.finished(Finished { cell, answer: Answer { right: Some(true), ..Answer::default() } }, None);
        assert_eq!(map.metrics()[0], Metric::Accuracy);
    }

    #[test]
    fn a_setting_is_in_force_only_with_what_its_knobs_need() {
        let map = map();
        let mut params = Params::default();
        params.set_text("segment-tokens", "5").unwrap();
        assert_eq!(map.setting_of(&params), None, "segments are sentences, so their tokens have no effect");
        params.set_text("segment", "tokens").unwrap();
        assert_eq!(map.setting_of(&params), map.grid.find(&map.grid.values(6)));
        for setting in 0..16 {
            let mut params = Params::default();
            for (knob, value) in map.values([&Params::default(); 2], setting) {
                params.set(knob.name, &value).unwrap();
            }
            assert_eq!(map.setting_of(&params), Some(setting));
        }
    }
}
