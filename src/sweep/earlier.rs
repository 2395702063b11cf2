//! The results of an earlier sweep, compared with what has to be played now: which ones count, and why the rest is played.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::asked::Asked;
use super::cell::{Answer, Cell, Finished};
use super::plan::Sweep;

/// How many prompts are listed by number at most.
const NAMED: usize = 5;

/// The cells of a sweep that an earlier one left, and a summary of the others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Earlier {
    /// Cells with a whole answer, in order.
    pub finished: Vec<Finished>,
    /// Cells of this sweep.
    total: usize,
    /// Cells whose answer failed.
    failed: usize,
    /// Prompts, from 1, without results, whose position had a different prompt before.
    changed: Vec<usize>,
    /// Prompts, from 1, without results.
    new: Vec<usize>,
    /// Cells of those.
    unknown: usize,
    /// Prompts that are not in this sweep: their results stay.
    others: usize,
    /// Whether there were any results.
    any: bool,
}

/// Lines of results, while they are read.
pub(super) struct Reading<'a> {
    sweep: &'a Sweep,
    places: HashMap<&'a Asked, usize>,
    cells: BTreeMap<Cell, Answer>,
    /// Prompts of this sweep that have a line.
    known: HashSet<usize>,
    /// Prompts that are not in this sweep, with their indices, from 0.
    others: HashMap<Asked, usize>,
}

impl<'a> Reading<'a> {
    /// Nothing read yet, for a sweep with these prompts.
    pub(super) fn new(sweep: &'a Sweep, asked: &'a [Asked]) -> Self {
        let places = asked.iter().enumerate().map(|(place, asked)| (asked, place)).collect();
        Self { sweep, places, cells: BTreeMap::new(), known: HashSet::new(), others: HashMap::new() }
    }

    /// Adds a line: a prompt at this index (from 0), played with this seed under this setting of the grid, if it is one of the
    /// grid. If a cell was played twice, because it failed at first, the last line counts.
    pub(super) fn line(&mut self, asked: Asked, place: usize, seed: u64, setting: Option<usize>, answer: Answer) {
        let Some(prompt) = self.places.get(&asked).copied() else {
            self.others.insert(asked, place);
            return;
        };
        if self.sweep.seed_of(&asked) != seed {
            return;
        }
        self.known.insert(prompt);
        if let Some(setting) = setting {
            self.cells.insert(Cell { setting, prompt }, answer);
        }
    }

    /// Drops what was read of the prompts with these fingerprints.
    pub(super) fn forget(&mut self, fingerprints: &[String]) {
        let gone = |asked: &Asked| fingerprints.contains(&asked.fingerprint);
        self.others.retain(|asked, _| !gone(asked));
        let prompts: HashSet<usize> = self.places.iter().filter(|(asked, _)| gone(asked)).map(|(_, place)| *place).collect();
        self.known.retain(|prompt| !prompts.contains(prompt));
        self.cells.retain(|cell, _| !prompts.contains(&cell.prompt));
    }

    /// The result of all lines.
    pub(super) fn end(self) -> Earlier {
        let stood: HashSet<usize> = self.others.values().copied().collect();
        let unknown = (0..self.sweep.prompts.len()).filter(|prompt| !self.known.contains(prompt));
        let (changed, new): (Vec<usize>, Vec<usize>) = unknown.partition(|prompt| stood.contains(prompt));
        let any = !self.known.is_empty() || !self.others.is_empty();
        let (finished, failed): (Vec<_>, Vec<_>) =
            self.cells.into_iter().map(|(cell, answer)| Finished { cell, answer }).partition(|one| one.answer.error.is_none());
        Earlier {
            finished,
            total: self.sweep.len(),
            failed: failed.len(),
            unknown: (changed.len() + new.len()) * self.sweep.grid.settings(),
            changed: changed.into_iter().map(|place| place + 1).collect(),
            new: new.into_iter().map(|place| place + 1).collect(),
            others: self.others.len(),
            any,
        }
    }
}

impl Earlier {
    /// What exists from before, what has to be played and why, in a sentence; `None` if nothing existed.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let (there, others) = (self.finished.len(), self.others);
        let left = self.total.saturating_sub(there);
        let one_or_more = if others == 1 { "prompt" } else { "prompts" };
        let parts = [
            Some(format!("{there} of {} answers are there from before", self.total)),
            (left > 0).then(|| format!("{left} to play: {}", self.reasons(left))),
            (others > 0).then(|| format!("results of {others} other {one_or_more} stay there")),
        ];
        self.any.then(|| parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }

    /// Why cells have to be played.
    fn reasons(&self, left: usize) -> String {
        let unplayed = left.saturating_sub(self.failed + self.unknown);
        let counted = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let reasons = [
            prompts(&self.changed, "changed"),
            prompts(&self.new, "new"),
            counted(self.failed, "failed before"),
            counted(unplayed, "not played yet"),
        ];
        reasons.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// How many prompts, and the first of their numbers.
fn prompts(numbers: &[usize], what: &str) -> Option<String> {
    let named: Vec<String> = numbers.iter().take(NAMED).map(usize::to_string).collect();
    let more = if numbers.len() > NAMED { ", …" } else { "" };
    let one = if numbers.len() == 1 { "prompt" } else { "prompts" };
    (!numbers.is_empty()).then(|| format!("{} {what} {one} (number {}{more})", numbers.len(), named.join(", ")))
}
