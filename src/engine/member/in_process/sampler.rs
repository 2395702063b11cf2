//! Draws tokens from logits.
//!
//! Owns temperature, nucleus and the seeded numbers; equal seeds give equal tokens on every machine.

use fearless_simd::Level;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;
use specfuse_transformer::{padded, weigh};

use crate::engine::member::Sampling;

/// Draws the tokens of one draft.
pub(in crate::engine::member) struct Sampler {
    sampling: Sampling,
    numbers: Pcg64Mcg,
    scratch: Scratch,
}

/// Memory that samplers pass on to each other.
#[derive(Debug, Default)]
pub(in crate::engine::member) struct Scratch {
    weights: Vec<f32>,
    nucleus: Vec<(f32, u32)>,
}

/// The weight relative to the largest below which a token is not even sorted; a thousand such tokens are a millionth of a draw.
const NEGLIGIBLE: f32 = 1e-9;

impl Sampler {
    /// The scratch comes from an earlier sampler, so that a draft does not allocate again.
    pub(in crate::engine::member) fn new(sampling: Sampling, scratch: Scratch) -> Self {
        // The state of this generator must be odd; spread the seed over both halves so that small seeds differ immediately.
        let state = (u128::from(sampling.seed) << 64 | u128::from(sampling.seed ^ 0x9e37_79b9_7f4a_7c15)) | 1;
        Self { sampling, numbers: Pcg64Mcg::new(state), scratch }
    }

    pub(in crate::engine::member) fn into_scratch(self) -> Scratch {
        self.scratch
    }

    /// Draws one token, except those for which `never` is set. `None` if the logits are not numbers or nothing is left to draw.
    pub(in crate::engine::member) fn draw(&mut self, level: Level, logits: &[f32], never: &[bool]) -> Option<u32> {
        self.scratch.weights.clear();
        self.scratch
            .weights
            .extend(logits.iter().zip(never).map(|(logit, never)| if *never { f32::NEG_INFINITY } else { *logit }));
        if self.sampling.temperature <= 0.0 {
            return self.most_probable();
        }
        self.scratch.weights.resize(padded(logits.len()), f32::NEG_INFINITY);
        let (weights, cold) = (self.scratch.weights.as_mut_slice(), 1.0 / self.sampling.temperature);
        let (_, total) = weigh(level, weights, cold);
        if !total.is_finite() || total <= 0.0 {
            return None;
        }
        // Always consume a number, so that the following draws do not depend on how sure the model was here.
        let chance = (self.numbers.next_u64() >> 40) as f32 / (1_u64 << 24) as f32;
        if self.sampling.top_p >= 1.0 {
            return walk(self.scratch.weights.iter().copied().zip(0..), chance * total);
        }
        let enough = self.sampling.top_p.max(0.0) * total;
        let mut mass = self.sorted(NEGLIGIBLE, enough);
        if mass < enough {
            mass = self.sorted(0.0, enough);
        }
        walk(self.scratch.nucleus.iter().copied(), chance * mass)
    }

    fn most_probable(&self) -> Option<u32> {
        let mut best: Option<(f32, u32)> = None;
        for (weight, id) in self.scratch.weights.iter().zip(0..) {
            if weight.is_finite() && best.is_none_or(|(most, _)| *weight > most) {
                best = Some((*weight, id));
            }
        }
        best.map(|(_, id)| id)
    }

    /// Fills the nucleus with the heaviest tokens that together weigh at least `enough`, and returns their weight. Leaves out
    /// tokens with a weight up to `least`.
    fn sorted(&mut self, least: f32, enough: f32) -> f32 {
        self.scratch.nucleus.clear();
        self.scratch.nucleus.extend(self.scratch.weights.iter().copied().zip(0..).filter(|(weight, _)| *weight > least));
        self.scratch.nucleus.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut mass = 0.0;
        let mut count = 0;
        for (weight, _) in &self.scratch.nucleus {
            mass += weight;
            count += 1;
            if mass >= enough {
                break;
            }
        }
        self.scratch.nucleus.truncate(count);
        mass
    }
}

/// The token at which the running sum exceeds `target`; the last one with any weight if rounding leaves it short.
fn walk(tokens: impl Iterator<Item = (f32, u32)>, target: f32) -> Option<u32> {
    let mut sum = 0.0;
    let mut last = None;
    for (weight, id) in tokens.filter(|(weight, _)| *weight > 0.0) {
        sum += weight;
        last = Some(id);
        if sum > target {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(temperature: f32, top_p: f32, seed: u64) -> Sampler {
        Sampler::new(Sampling { temperature, top_p, seed }, Scratch::default())
    }

    #[test]
    fn frequencies_follow_the_nucleus() {
        let logits: Vec<f32> = [0.5_f32, 0.3, 0.15, 0.05].iter().map(|p| p.ln()).collect();
        let mut sampler = sampler(1.0, 0.9, 11);
        let mut counts = [0_u32; 4];
        for _ in 0..20_000 {
            counts[sampler.draw(Level::new(), &logits, &[false; 4]).unwrap() as usize] += 1;
        }
        // 0.5, 0.3 and 0.15 reach 0.9; the last token is outside.
        for (count, expected) in counts.iter().zip([0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0.0]) {
            assert!((f64::from(*count) / 20_000.0 - expected).abs() < 0.015, "{counts:?}");
        }
    }

    #[test]
    fn greedy_takes_the_first_of_the_best_that_may_be_drawn() {
        let mut sampler = sampler(0.0, 0.9, 0);
        assert_eq!(sampler.draw(Level::new(), &[1.0, 3.0, 2.0, 3.0], &[false; 4]), Some(1));
        assert_eq!(sampler.draw(Level::new(), &[1.0, 3.0, 2.0, 3.0], &[false, true, false, true]), Some(2));
        assert_eq!(sampler.draw(Level::new(), &[f32::NAN; 4], &[false; 4]), None);
    }

    #[test]
    fn seeds_repeat_and_differ() {
        let logits: Vec<f32> = (0..100).map(|at| (at % 7) as f32 * 0.1).collect();
        let draws = |seed| {
            let mut sampler = sampler(0.8, 0.95, seed);
            (0..20).map(|_| sampler.draw(Level::new(), &logits, &[false; 100]).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(draws(3), draws(3));
        assert_ne!(draws(3), draws(4));
    }
}
