//! Summarises the answers of a setting, and finds the best setting.

use super::cell::{Answer, Finished};
use super::grid::Grid;

/// The knobs that decide what a score means: if one of them varies, scores cannot be compared.
const MEASURES: &[&str] =
    &["scoring", "normalisation", "softmax-temperature", "outlier-filter", "outlier-ratio", "score-end", "feedback"];

/// The figures of one setting.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Number of answers, including failures.
    pub answers: usize,
    /// Whole answers to prompts with known answers.
    pub graded: usize,
    /// Right answers.
    pub right: usize,
    /// Mean over the answers of the mean fused score of the accepted candidates; absent if nothing was scored.
    pub score: Option<f64>,
    /// Mean rounds per answer.
    pub rounds: f64,
    /// Mean accepted tokens per answer.
    pub tokens: f64,
    /// Drafts asked for, over all answers.
    pub draft_calls: usize,
    /// Candidates scored, over all answers.
    pub score_calls: usize,
    /// Mean drafters per round.
    pub mean_active: f64,
    /// The members that left in any of the answers.
    pub left: Vec<String>,
    /// Mean milliseconds per answer.
    pub elapsed_ms: f64,
    /// US dollars for all answers together, if prices were given.
    pub cost: Option<f64>,
    /// Whether part of the cost is a guess.
    pub cost_is_guessed: bool,
    /// Prompts without a whole answer. They are neither right nor wrong, and not part of the means.
    pub failures: usize,
}

impl Figures {
    /// Summarises answers.
    #[must_use]
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let answers: Vec<&Answer> = answers.into_iter().collect();
        let whole: Vec<&Answer> = answers.iter().copied().filter(|answer| answer.error.is_none()).collect();
        let sum = |figure: fn(&Answer) -> usize| answers.iter().copied().map(figure).sum::<usize>();
        let mean = |figure: fn(&Answer) -> f64| mean(whole.iter().copied().map(figure)).unwrap_or_default();
        let rounds: usize = whole.iter().map(|answer| answer.rounds).sum();
        let active: f64 = whole.iter().map(|answer| answer.mean_active * answer.rounds as f64).sum();
        let mut left: Vec<String> = Vec::new();
        for member in whole.iter().flat_map(|answer| &answer.left) {
            if !left.contains(member) {
                left.push(member.clone());
            }
        }
        Self {
            left,
            answers: answers.len(),
            graded: whole.iter().filter(|answer| answer.right.is_some()).count(),
            right: whole.iter().filter(|answer| answer.right == Some(true)).count(),
            score: self::mean(whole.iter().filter_map(|answer| answer.score)),
            rounds: mean(|answer| answer.rounds as f64),
            tokens: mean(|answer| answer.tokens as f64),
            draft_calls: sum(|answer| answer.draft_calls),
            score_calls: sum(|answer| answer.score_calls),
            mean_active: if rounds == 0 { 0.0 } else { active / rounds as f64 },
            elapsed_ms: mean(|answer| answer.elapsed_ms),
            cost: answers.iter().filter_map(|answer| answer.cost).reduce(|sum, cost| sum + cost),
            cost_is_guessed: answers.iter().any(|answer| answer.cost_is_guessed),
            failures: answers.len() - whole.len(),
        }
    }

    /// For each setting of a grid, in order.
    #[must_use]
    pub fn of_grid(grid: &Grid, finished: &[Finished]) -> Vec<Self> {
        let mut of_setting: Vec<Vec<&Finished>> = vec![Vec::new(); grid.settings()];
        for finished in finished {
            if let Some(place) = of_setting.get_mut(finished.cell.setting) {
                place.push(finished);
            }
        }
        // Sums of fractions must not depend on which answer was finished first.
        let add_up = |mut answers: Vec<&Finished>| {
            answers.sort_by_key(|finished| finished.cell);
            Self::of(answers.into_iter().map(|finished| &finished.answer))
        };
        of_setting.into_iter().map(add_up).collect()
    }

    /// The share of right answers, 0 to 1; `None` if no answer is known.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        (self.graded > 0).then(|| self.right as f64 / self.graded as f64)
    }

    /// Whole answers.
    #[must_use]
    pub fn whole(&self) -> usize {
        self.answers.saturating_sub(self.failures)
    }

    /// Calls to members: drafts and scorings.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.draft_calls + self.score_calls
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers.fold((0.0, 0_usize), |(sum, count), number| (sum + number, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// Why there is no best setting.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBest {
    #[error("no best can be told: no answer is there")]
    NothingFinished,
    #[error("no best can be told: every answer failed")]
    EverythingFailed,
    /// The knob that decides what a score means varies, so scores cannot be compared.
    #[error("no best can be told: no prompt has a known answer, and with {knob} the scores mean different things")]
    ScoresDiffer { knob: &'static str },
    #[error("no best can be told: no prompt has a known answer, and nothing was scored")]
    NothingScored,
}

/// The number of the best setting: the highest accuracy, or if no answer is known the highest mean score; on ties the one with
/// fewer calls, then the earlier. Settings with fewer whole answers than others are left out.
///
/// # Errors
/// If there is no best one, the reason why.
pub fn best(grid: &Grid, figures: &[Figures]) -> Result<usize, NoBest> {
    let most = figures.iter().map(Figures::whole).max().unwrap_or_default();
    if most == 0 {
        let failed = figures.iter().any(|figures| figures.failures > 0);
        return Err(if failed { NoBest::EverythingFailed } else { NoBest::NothingFinished });
    }
    let graded = figures.iter().any(|figures| figures.graded > 0);
    let differs = grid.axes().iter().find(|axis| axis.values.len() > 1 && MEASURES.contains(&axis.knob.name));
    if let Some(axis) = differs.filter(|_| !graded) {
        return Err(NoBest::ScoresDiffer { knob: axis.knob.name });
    }
    let merit = |figures: &Figures| if graded { figures.accuracy() } else { figures.score };
    let whole = figures.iter().enumerate().filter(|(_, figures)| figures.whole() == most);
    let judged = whole.filter_map(|(place, figures)| Some((place, merit(figures)?, figures.calls())));
    judged
        .reduce(|best, other| {
            let better = other.1.total_cmp(&best.1).then(best.2.cmp(&other.2)).is_gt();
            if better { other } else { best }
        })
        .map(|(place, _, _)| place)
        .ok_or(NoBest::NothingScored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::params::knob;
    use crate::sweep::cell::Cell;
    use crate::sweep::grid::Axis;

    fn grid(lists: &[(&str, &str)]) -> Grid {
        Grid::new(lists.iter().map(|(name, text)| Axis::parse(knob(name).unwrap(), text).unwrap()).collect()).unwrap()
    }

    fn figures(right: usize, graded: usize, calls: usize) -> Figures {
        Figures { answers: 10, graded, right, draft_calls: calls, ..Figures::default() }
    }

    #[test]
    fn the_best_is_right_most_often_then_cheapest_then_first() {
        let grid = grid(&[("segment-tokens", "3,5,10,20")]);
        let best = |rows: [(usize, usize); 4]| best(&grid, &rows.map(|(right, calls)| figures(right, 10, calls)));
        assert_eq!(best([(7, 5), (8, 90), (8, 80), (6, 1)]), Ok(2));
        assert_eq!(best([(7, 5), (8, 80), (8, 80), (6, 1)]), Ok(1));
        assert_eq!(best([(0, 5), (0, 5), (0, 5), (0, 5)]), Ok(0));
    }

    #[test]
    fn a_setting_with_fewer_answers_does_not_compete() {
        let grid = grid(&[("segment-tokens", "3,5")]);
        let few = Figures { answers: 1, graded: 1, right: 1, ..Figures::default() };
        assert_eq!(best(&grid, &[few, figures(3, 10, 1)]), Ok(1));
        let failing = Figures { failures: 9, ..figures(1, 1, 1) };
        assert_eq!(best(&grid, &[failing, figures(3, 10, 1)]), Ok(1), "one right answer beside nine failures is no 100 %");
        let failed = Figures { answers: 2, failures: 2, ..Figures::default() };
        assert_eq!(best(&grid, &[failed.clone(), failed]), Err(NoBest::EverythingFailed));
    }

    #[test]
    fn without_answers_scores_are_compared_only_where_they_mean_the_same() {
        let scored = |score| Figures { answers: 1, score: Some(score), ..Figures::default() };
        let same = grid(&[("segment-tokens", "3,5")]);
        assert_eq!(best(&same, &[scored(0.2), scored(0.4)]), Ok(1));
        let other = grid(&[("scoring", "geometric,mean-prob")]);
        let told = best(&other, &[scored(0.2), scored(0.4)]).unwrap_err();
        assert_eq!(told, NoBest::ScoresDiffer { knob: "scoring" });
        assert!(told.to_string().contains("no best can be told"));
        assert_eq!(best(&other, &[figures(1, 2, 1), figures(2, 2, 1)]), Ok(1), "known answers can be compared");
        assert_eq!(best(&same, &[Figures::default(), Figures::default()]), Err(NoBest::NothingFinished));
        assert_eq!(best(&same, &[figures(0, 0, 1), figures(0, 0, 1)]), Err(NoBest::NothingScored));
    }

    #[test]
    fn answers_add_up_and_failures_are_counted_apart() {
        let answer = |right, rounds, active, score| Answer {
            right,
            rounds,
            mean_active: active,
            score: Some(score),
            draft_calls: 2,
            score_calls: 3,
            elapsed_ms: 10.0,
            cost: Some(0.5),
            ..Answer::default()
        };
        let failed = Answer { right: Some(false), error: Some("gone".to_owned()), draft_calls: 1, ..Answer::default() };
        let answers = [answer(Some(true), 1, 5.0, 0.25), answer(None, 3, 3.0, 0.75), failed];
        let added = Figures::of(&answers);
        assert_eq!((added.answers, added.graded, added.right, added.failures, added.whole()), (3, 1, 1, 1, 2));
        assert_eq!((added.rounds, added.mean_active, added.score), (2.0, 3.5, Some(0.5)));
        assert_eq!((added.calls(), added.elapsed_ms, added.cost, added.accuracy()), (11, 10.0, Some(1.0), Some(1.0)));
    }

    #[test]
    fn the_order_in_which_answers_come_changes_nothing() {
        let grid = grid(&[("segment-tokens", "3,5")]);
        let finished = |setting, prompt, score| Finished {
            cell: Cell { setting, prompt },
            answer: Answer { score: Some(score), ..Answer::default() },
        };
        let mut all =
            vec![finished(0, 0, 0.1), finished(0, 1, 0.7), finished(0, 2, 1e-17), finished(1, 0, 0.3), finished(9, 0, 1.0)];
        let one = Figures::of_grid(&grid, &all);
        all.reverse();
        assert_eq!(one, Figures::of_grid(&grid, &all));
        assert_eq!((one[0].answers, one[1].answers), (3, 1));
    }
}
