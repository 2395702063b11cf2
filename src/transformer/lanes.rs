//! Sixteen numbers at a time: the panel in which weights and caches are stored, and arithmetic with the same bits on every
//! machine.
//!
//! Every sum here has one order, whatever the width of the processor's vectors, and every multiply-add is fused, rounded once:
//! SSE2, AVX2, AVX-512 and NEON give the same bits. Processors from AVX2 or NEON on have an instruction for it; on older ones it
//! is computed exactly in software, which is many times slower.

#![allow(clippy::inline_always)] // Code that is not inlined into the dispatched function is compiled for the baseline only.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x16, u32x16};

/// Numbers in a panel.
pub(crate) const LANES: usize = 16;

/// Sixteen adjacent numbers, aligned so that no vector load crosses a cache line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Panel(pub(crate) [f32; LANES]);

impl Panel {
    pub(crate) const ZERO: Self = Self([0.0; LANES]);
}

/// `count` rounded up to whole panels.
#[must_use]
pub fn padded(count: usize) -> usize {
    count.next_multiple_of(LANES)
}

/// The sum of sixteen lanes, as a tree.
#[inline(always)]
pub(crate) fn sum_lanes(mut lanes: [f32; LANES]) -> f32 {
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
    }
    lanes[0]
}

/// e to the power of each lane; 0 below -87, as if infinite above 88. Relative error below 2e-7.
#[inline(always)]
pub(crate) fn exp<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    // x = n ln 2 + r with |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to the nearest whole number and leaves n in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts; the first has so few digits that its product with n is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let bounded = x.max(f32x16::splat(simd, -87.0)).min(f32x16::splat(simd, 88.0));
    let shifted = bounded.mul_add_precise(f32x16::splat(simd, std::f32::consts::LOG2_E), f32x16::splat(simd, ROUND));
    let n = shifted - f32x16::splat(simd, ROUND);
    let r = n.mul_add_precise(f32x16::splat(simd, -LN2_LOW), n.mul_add_precise(f32x16::splat(simd, -LN2_HIGH), bounded));
    // The power series to the seventh power: its remainder is below 6e-9 for these r.
    let mut y = f32x16::splat(simd, 1.0 / 5040.0);
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        y = y.mul_add_precise(r, f32x16::splat(simd, coefficient));
    }
    let bits: u32x16<S> = shifted.bitcast();
    let power: f32x16<S> = ((bits << 23) + u32x16::splat(simd, 127 << 23)).bitcast();
    x.simd_lt(f32x16::splat(simd, -87.0)).select(f32x16::splat(simd, 0.0), y * power)
}

/// The largest of the numbers; minus infinity if there are none.
#[inline(always)]
pub(crate) fn largest<S: Simd>(simd: S, numbers: &[f32]) -> f32 {
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let mut most = f32x16::splat(simd, f32::NEG_INFINITY);
    for chunk in chunks {
        most = most.max(f32x16::load_array_ref(simd, chunk));
    }
    most.to_array().iter().chain(rest).fold(f32::NEG_INFINITY, |most, number| most.max(*number))
}

/// Replaces each x by exp((x - shift) * scale) and returns the sum. The length is whole panels; minus infinity gives 0.
#[inline(always)]
pub(crate) fn exp_all<S: Simd>(simd: S, numbers: &mut [f32], shift: f32, scale: f32) -> f32 {
    let (shift, scale) = (f32x16::splat(simd, shift), f32x16::splat(simd, scale));
    let mut sum = f32x16::splat(simd, 0.0);
    for chunk in numbers.as_chunks_mut::<LANES>().0 {
        let power = exp(simd, (f32x16::load_array_ref(simd, chunk) - shift) * scale);
        power.store_array(chunk);
        sum += power;
    }
    sum_lanes(sum.to_array())
}

/// Turns logits into weights: replaces each x by exp((x - most) * scale), where `most` is the largest of them. Returns `most` and the
/// sum of the weights. The length is whole panels; minus infinity becomes 0.
pub fn weigh(level: Level, logits: &mut [f32], scale: f32) -> (f32, f32) {
    dispatch!(level, simd => {
        let most = largest(simd, logits);
        (most, exp_all(simd, logits, most, scale))
    })
}

/// Every vector width that this machine has, the narrowest first: what is computed has the same bits at each.
#[must_use]
pub fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        let mut levels: Vec<Level> = Vec::new();
        levels.extend(best.as_sse2().map(Simd::level));
        levels.extend(best.as_sse4_2().map(Simd::level));
        levels.extend(best.as_avx2().map(Simd::level));
        levels.extend(best.as_avx512().map(Simd::level));
        levels
    }
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    vec![best]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(level: Level, numbers: &[f32; LANES]) -> [f32; LANES] {
        dispatch!(level, simd => exp(simd, f32x16::load_array_ref(simd, numbers)).to_array())
    }

    #[test]
    fn exp_is_accurate_and_equal_at_every_width() {
        for start in -1400_i16..1400 {
            let numbers: [f32; LANES] = std::array::from_fn(|lane| f32::from(start) / 16.0 + lane as f32 * 0.003);
            let reference = powers(Level::baseline(), &numbers);
            for (x, y) in numbers.iter().zip(reference) {
                let exact = f64::from(x.clamp(-1e9, 88.0)).exp();
                let expected = if *x < -87.0 { 0.0 } else { exact };
                assert!((f64::from(y) - expected).abs() <= expected * 2e-7, "exp({x}) = {y}, expected {expected}");
            }
            for level in levels() {
                assert_eq!(powers(level, &numbers).map(f32::to_bits), reference.map(f32::to_bits));
            }
        }
        assert!(powers(Level::new(), &[f32::NEG_INFINITY; LANES]).iter().all(|power| power.to_bits() == 0));
    }
}
