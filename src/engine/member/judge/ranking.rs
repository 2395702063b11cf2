//! T4: the judge writes a ranking, and its positions are counted.
//!
//! Two opposite orders at the same time; if they disagree about the best, a third one. Positions are averaged (Borda); a tie
//! stays a tie. A light form of permutation self-consistency (arXiv 2310.07712).

use super::meter::{Meter, Unanswered, together};
use super::order::{self, Order};
use super::parse::ranking;
use super::prompt::{Manner, Sheet};
use super::{Asks, JudgeError, Judged, MOST_CANDIDATES, Question, column_means, softmax, without_choice};

/// How many characters of an unreadable reply an error shows.
const REPLY_SHOWN: usize = 80;

/// Judges by a ranking in words (T4): `softmax` of the mean number of candidates that each is placed before.
///
/// Takes two or three calls. A reply that cannot be read is requested once more.
///
/// # Errors
/// [`JudgeError::TooMany`] before any call if there are more candidates than letters; [`JudgeError::Unreadable`] if a reply
/// cannot be read the second time either: the judge abstains; [`JudgeError::Call`] if a call fails.
pub async fn by_ranking(asks: &dyn Asks, question: &Question<'_>) -> Result<Judged, JudgeError> {
    let candidates = question.candidates.len();
    if candidates < 2 {
        return Ok(without_choice(candidates));
    }
    if candidates > MOST_CANDIDATES {
        return Err(JudgeError::TooMany { candidates, most: MOST_CANDIDATES });
    }
    let judge = RankingJudge { meter: Meter::new(asks), sheet: Sheet::new(question) };
    match judge.weigh(candidates, question.seed).await {
        Ok(points) => Ok(judge.meter.judged(softmax(&points, 1.0))),
        Err(why) => Err(judge.meter.failed(why)),
    }
}

struct RankingJudge<'a> {
    meter: Meter<'a>,
    sheet: Sheet,
}

impl RankingJudge<'_> {
    /// Mean Borda points of each candidate.
    async fn weigh(&self, candidates: usize, seed: u64) -> Result<Vec<f64>, Unanswered> {
        let orders = order::opposite(candidates, seed);
        let rankings = together(orders.iter().map(|order| self.ask(order)).collect()).await?;
        let mut points: Vec<Vec<f64>> = orders.iter().zip(&rankings).map(|(order, ranking)| borda(order, ranking)).collect();
        let tops: Vec<Option<usize>> = orders.iter().zip(&rankings).map(|(order, ranking)| top(order, ranking)).collect();
        let agree = tops.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
        // The same positions in opposite orders: the judge only went by position, and a third order would just favour another.
        let by_place = rankings.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
        if !agree && !by_place {
            let order = order::third(seed, &orders);
            let ranking = self.ask(&order).await?;
            points.push(borda(&order, &ranking));
        }
        Ok(column_means(&points, candidates))
    }

    /// The positions of this order from best to worst.
    async fn ask(&self, order: &Order) -> Result<Vec<usize>, Unanswered> {
        let plain = self.meter.ask(self.sheet.ask_ranking(order, Manner::Plain)).await?;
        if let Some(ranking) = ranking(&plain.text, order.len()) {
            return Ok(ranking);
        }
        let strict = self.meter.ask(self.sheet.ask_ranking(order, Manner::Strict)).await?;
        let shown = || strict.text.chars().take(REPLY_SHOWN).flat_map(char::escape_debug).collect();
        ranking(&strict.text, order.len()).ok_or_else(|| Unanswered::Unreadable(shown()))
    }
}

/// The candidate that was ranked first.
fn top(order: &[usize], ranking: &[usize]) -> Option<usize> {
    order.get(*ranking.first()?).copied()
}

/// A point for every candidate that one is placed before.
fn borda(order: &[usize], ranking: &[usize]) -> Vec<f64> {
    let mut by_place = vec![0.0; order.len()];
    for (points, place) in ranking.iter().rev().enumerate() {
        if let Some(value) = by_place.get_mut(*place) {
            *value = points as f64;
        }
    }
    order::by_candidate(order, &by_place)
}
