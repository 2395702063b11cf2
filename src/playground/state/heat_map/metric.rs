//! What the cells of a heat map show of their settings: one figure at a time, in words and as a number that can be shaded.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::event::about;
use crate::playground::state::scene::{duration, figure};
use crate::sweep::Figures;

/// A figure of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// The share of right answers, where right answers are known.
    Accuracy,
    /// The mean fused score of what was accepted.
    Score,
    /// Accepted tokens.
    Tokens,
    /// Rounds.
    Rounds,
    /// Calls to members: drafts and scorings.
    Calls,
    /// Members that left.
    Left,
    /// How long the answer took.
    Time,
    /// What it cost, where prices are known.
    Cost,
}

impl Metric {
    /// Every metric; the first that is known is shown first.
    pub const ALL: &'static [Self] =
        &[Self::Accuracy, Self::Score, Self::Tokens, Self::Rounds, Self::Calls, Self::Left, Self::Time, Self::Cost];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Score => "score",
            Self::Tokens => "tokens",
            Self::Rounds => "rounds",
            Self::Calls => "calls",
            Self::Left => "who left",
            Self::Time => "time",
            Self::Cost => "cost",
        }
    }

    /// What the numbers mean.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Accuracy => "the share of right answers",
            Self::Score => "the mean fused score of what was accepted",
            Self::Tokens => "tokens of the answer",
            Self::Rounds => "rounds of the answer",
            Self::Calls => "calls to models: drafts and scorings",
            Self::Left => "how many members left early",
            Self::Time => "how long the answer took",
            Self::Cost => "what the answer cost",
        }
    }

    /// The figure of a setting; `None` where it is not known or no whole answer is there.
    #[must_use]
    pub fn of(self, figures: &Figures) -> Option<f64> {
        let whole = figures.whole() > 0;
        match self {
            Self::Accuracy => figures.accuracy(),
            Self::Score => figures.score,
            Self::Tokens => whole.then_some(figures.tokens),
            Self::Rounds => whole.then_some(figures.rounds),
            Self::Calls => whole.then_some(figures.calls() as f64),
            Self::Left => whole.then_some(figures.left.len() as f64),
            Self::Time => whole.then_some(figures.elapsed_ms),
            Self::Cost => figures.cost,
        }
    }

    /// The figure as a cell shows it, in at most six columns.
    #[must_use]
    pub fn shown(self, figures: &Figures) -> Option<DisplayText> {
        let number = self.of(figures)?;
        Some(match self {
            Self::Accuracy => display!("{:.0}%", number * 100.0),
            Self::Score => figure(number),
            Self::Tokens | Self::Rounds | Self::Calls | Self::Left => display!("{number:.0}"),
            Self::Time => duration(number),
            Self::Cost => display!("{}${number:.2}", about(figures.cost_is_guessed)),
        })
    }

    /// The lowest and the highest figure of the map, between which it is shaded. Shares have a scale of their own.
    #[must_use]
    pub fn range(self, figures: &[Figures]) -> Option<(f64, f64)> {
        if self == Self::Accuracy {
            return figures.iter().any(|figures| figures.graded > 0).then_some((0.0, 1.0));
        }
        let numbers = || figures.iter().filter_map(|figures| self.of(figures));
        let (lowest, highest) = (numbers().reduce(f64::min)?, numbers().reduce(f64::max)?);
        Some((lowest, highest))
    }
}
