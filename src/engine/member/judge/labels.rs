//! T3: the judge replies with one letter, and the probability of each letter is read from its first token.
//!
//! Two opposite orders at the same time, log-probabilities averaged; if the two disagree and it is close, every cyclic shift, so
//! that each candidate is at each position once (Balanced Position Calibration, arXiv 2305.17926; cyclic permutations, arXiv
//! 2309.03882).

use super::meter::{Meter, Unanswered, together};
use super::order::{self, Order};
use super::prompt::{Manner, Sheet, place_of};
use super::{Asks, JudgeError, Judged, MOST_CANDIDATES, Question, column_means, softmax, without_choice};

/// Judges by one token are overconfident: their log-probabilities are softened by this temperature.
const TEMPERATURE: f64 = 2.0;
/// The least probability that the labels must have together.
const LEAST_MASS: f64 = 0.5;
/// The gap in nats between the two best below which two orders that disagree are not enough.
const CLOSE: f64 = 0.7;
/// The precision to which the probability left over for unreported tokens is known.
const LEAST_LEFT: f64 = 1e-6;

/// Judges by label log-probabilities (T3). `top` is how many of the most probable tokens the server reports; one that reports
/// chosen tokens exactly has no such limit.
///
/// Takes two calls; if the two disagree about more than two candidates, as many as there are candidates. A reply that does not
/// put its probability on labels is requested once more.
///
/// # Errors
/// [`JudgeError::TooMany`] before any call if there are more candidates than `top` or than letters; [`JudgeError::NoLabels`] if
/// the model cannot judge this way: fall back to [`super::by_ranking`]; [`JudgeError::Call`] if a call fails.
pub async fn by_labels(asks: &dyn Asks, top: usize, question: &Question<'_>) -> Result<Judged, JudgeError> {
    let candidates = question.candidates.len();
    if candidates < 2 {
        return Ok(without_choice(candidates));
    }
    let most = top.min(MOST_CANDIDATES);
    if candidates > most {
        return Err(JudgeError::TooMany { candidates, most });
    }
    let judge = LabelJudge { meter: Meter::new(asks), sheet: Sheet::new(question), top };
    match judge.weigh(candidates, question.seed).await {
        Ok(values) => Ok(judge.meter.judged(softmax(&values, TEMPERATURE))),
        Err(why) => Err(judge.meter.failed(why)),
    }
}

struct LabelJudge<'a> {
    meter: Meter<'a>,
    sheet: Sheet,
    top: usize,
}

impl LabelJudge<'_> {
    /// Mean log-probability of each candidate's label.
    async fn weigh(&self, candidates: usize, seed: u64) -> Result<Vec<f64>, Unanswered> {
        let orders = order::opposite(candidates, seed);
        let rows = self.ask_all(&orders).await?;
        let means = column_means(&rows, candidates);
        let agree = rows.windows(2).all(|pair| matches!(pair, [one, other] if best(one) == best(other)));
        // The two orders of two candidates are all their shifts.
        if candidates == 2 || agree || gap(&means) >= CLOSE {
            return Ok(means);
        }
        let [first, _] = &orders;
        match self.ask_all(&order::other_shifts(first)).await {
            Ok(shifted) => {
                let all: Vec<Vec<f64>> = rows.into_iter().take(1).chain(shifted).collect();
                Ok(column_means(&all, candidates))
            }
            // The two orders are a judgement too, although a less precise one.
            Err(_) => Ok(means),
        }
    }

    async fn ask_all(&self, orders: &[Order]) -> Result<Vec<Vec<f64>>, Unanswered> {
        together(orders.iter().map(|order| self.ask(order)).collect()).await
    }

    /// Log-probability of each candidate's label in this order.
    async fn ask(&self, order: &Order) -> Result<Vec<f64>, Unanswered> {
        let plain = self.meter.ask(self.sheet.ask_label(order, self.top, Manner::Plain)).await?;
        let by_place = match read(&plain.first_token, order.len()) {
            Ok(by_place) => by_place,
            // Rephrasing does not make a server report what it does not report.
            Err(unfit @ Unfit::Nothing) => return Err(Unanswered::NoLabels(unfit.to_string())),
            Err(_) => {
                let strict = self.meter.ask(self.sheet.ask_label(order, self.top, Manner::Strict)).await?;
                read(&strict.first_token, order.len()).map_err(|unfit| Unanswered::NoLabels(unfit.to_string()))?
            }
        };
        Ok(order::by_candidate(order, &by_place))
    }
}

/// Why log-probabilities of a first token are not a judgement.
#[derive(Debug, PartialEq, thiserror::Error)]
enum Unfit {
    #[error("its reply carries no log-probabilities of the first token")]
    Nothing,
    #[error("its reply begins with {token:?}, which is the label of no candidate")]
    OtherToken { token: String },
    #[error("the labels have a probability of only {mass:.2} together")]
    LittleMass { mass: f64 },
}

/// The log-probability of each position's label: variants of a label ("A", " A", "(A", "a") count together; one that was not
/// reported counts as a nat less than the lowest reported one, and at most as what those left over.
fn read(first_token: &[(String, f32)], places: usize) -> Result<Vec<f64>, Unfit> {
    let mut masses = vec![0.0_f64; places];
    let (mut least, mut total) = (0.0_f64, 0.0_f64);
    let mut likeliest: Option<(&str, f64)> = None;
    // A value above 0 is a rounding error; NaN or minus infinity cannot be averaged.
    let reported = first_token.iter().filter(|(_, logprob)| logprob.is_finite());
    for (token, logprob) in reported.map(|(token, logprob)| (token.as_str(), f64::from(*logprob).min(0.0))) {
        least = least.min(logprob);
        total += logprob.exp();
        if likeliest.is_none_or(|(_, most)| logprob > most) {
            likeliest = Some((token, logprob));
        }
        if let Some(mass) = place_of(token, places).and_then(|place| masses.get_mut(place)) {
            *mass += logprob.exp();
        }
    }
    let (token, _) = likeliest.ok_or(Unfit::Nothing)?;
    if place_of(token, places).is_none() {
        return Err(Unfit::OtherToken { token: token.chars().take(20).collect() });
    }
    let mass: f64 = masses.iter().sum();
    if mass < LEAST_MASS {
        return Err(Unfit::LittleMass { mass });
    }
    let missing = (least - 1.0).min((1.0 - total).max(LEAST_LEFT).ln());
    Ok(masses.iter().map(|mass| if *mass > 0.0 { mass.ln().min(0.0) } else { missing }).collect())
}

/// The index of the greatest value, the first on ties.
fn best(values: &[f64]) -> Option<usize> {
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter().position(|value| *value >= greatest)
}

/// The greatest value minus the second greatest.
fn gap(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    match sorted.as_slice() {
        [first, second, ..] => first - second,
        [_] | [] => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(of: &[(&str, f32)]) -> Vec<(String, f32)> {
        of.iter().map(|(token, probability)| ((*token).to_owned(), probability.ln())).collect()
    }

    #[test]
    fn variants_of_a_label_count_together() {
        let read = read(&tokens(&[("A", 0.3), (" A", 0.1), ("(A", 0.1), ("a", 0.05), ("ĠB", 0.4), ("And", 0.01)]), 2).unwrap();
        assert!((read[0].exp() - 0.55).abs() < 1e-6 && (read[1].exp() - 0.4).abs() < 1e-6, "{read:?}");
    }

    #[test]
    fn a_label_that_was_not_reported_counts_less_than_all_that_were() {
        let few = read(&tokens(&[("A", 0.6), ("x", 0.1)]), 2).unwrap();
        assert!((few[1] - (0.1_f64.ln() - 1.0)).abs() < 1e-6, "{few:?}");
        // One nat below 0.99 would be more than the hundredth that is left.
        let sure = read(&tokens(&[("A", 0.99)]), 2).unwrap();
        assert!((sure[1] - 0.01_f64.ln()).abs() < 1e-4, "{sure:?}");
    }

    #[test]
    fn replies_that_are_no_judgement_are_told_apart() {
        assert_eq!(read(&[], 2), Err(Unfit::Nothing));
        assert_eq!(read(&[("A".to_owned(), f32::NAN), ("B".to_owned(), f32::NEG_INFINITY)], 2), Err(Unfit::Nothing));
        assert_eq!(read(&tokens(&[("The", 0.5), ("A", 0.5)]), 2), Err(Unfit::OtherToken { token: "The".to_owned() }));
        // A label, but not of a candidate.
        assert_eq!(read(&tokens(&[("C", 0.9), ("A", 0.1)]), 2), Err(Unfit::OtherToken { token: "C".to_owned() }));
        assert!(matches!(read(&tokens(&[("A", 0.3), ("The", 0.2), ("One", 0.2)]), 2), Err(Unfit::LittleMass { .. })));
    }
}
