//! Products of rows with a matrix of weights, sixteen output columns at a time.
//!
//! Weights are repacked once into panels of sixteen columns, so that the inner loop adds whole vectors and never across lanes:
//! each output is one sum in the order of the inputs. A row's result does not depend on the adjacent rows, so scoring many
//! candidates together equals scoring them one by one, bit for bit.

#![allow(clippy::inline_always)] // Code that is not inlined into the dispatched function is compiled for the baseline only.

use crate::lanes::{LANES, Panel, padded};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x16};

/// The most rows in one pass over the weights: six sums, a panel and a factor fit sixteen registers of eight lanes.
const MOST_ROWS: usize = 6;

/// A matrix in panels: panel p holds, for each input in turn, the weights to outputs 16 p to 16 p + 15.
#[derive(Debug)]
pub struct Matrix {
    inputs: usize,
    panels: Vec<Panel>,
}

impl Matrix {
    /// Repacks weights stored output by output (`[out, in]`). Several parts become one matrix, each padded with zeros to whole
    /// panels, so that their outputs start at multiples of sixteen.
    #[must_use]
    pub fn new(inputs: usize, parts: &[&[f32]]) -> Self {
        let mut panels = Vec::new();
        for part in parts {
            for group in part.chunks(inputs * LANES) {
                let start = panels.len();
                panels.resize(start + inputs, Panel::ZERO);
                for (lane, weights) in group.chunks_exact(inputs).enumerate() {
                    for (panel, weight) in panels[start..].iter_mut().zip(weights) {
                        panel.0[lane] = *weight;
                    }
                }
            }
        }
        Self { inputs, panels }
    }

    /// Numbers in one row of output: whole panels.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.panels.len() / self.inputs * LANES
    }

    /// Multiplies rows. `x` holds rows of whole panels, of which the first `inputs` numbers count; `y` takes rows of `stride`.
    pub(crate) fn multiply(&self, level: Level, x: &[f32], y: &mut [f32]) {
        dispatch!(level, simd => self.multiply_in(simd, x, y));
    }

    #[inline(always)]
    fn multiply_in<S: Simd>(&self, simd: S, x: &[f32], y: &mut [f32]) {
        let (width, stride) = (padded(self.inputs), self.stride());
        let rows = x.len() / width;
        // A small batch takes one pass over the weights, which are then loaded only once; for more rows, four at a time are
        // fastest (measured). The choice does not change the result.
        let mut row = 0;
        while row < rows {
            let (x, y) = (&x[row * width..], &mut y[row * stride..]);
            let left = rows - row;
            let taken = if left <= MOST_ROWS { left } else { 4 };
            match taken {
                1 => self.rows::<S, 1>(simd, x, y),
                2 => self.rows::<S, 2>(simd, x, y),
                3 => self.rows::<S, 3>(simd, x, y),
                4 => self.rows::<S, 4>(simd, x, y),
                5 => self.rows::<S, 5>(simd, x, y),
                _ => self.rows::<S, MOST_ROWS>(simd, x, y),
            }
            row += taken;
        }
    }

    /// `R` rows times all panels: for few rows, several groups of panels together, to hide the latency of a multiply-add.
    #[inline(always)]
    fn rows<S: Simd, const R: usize>(&self, simd: S, x: &[f32], y: &mut [f32]) {
        let (width, stride) = (padded(self.inputs), self.stride());
        let inputs: [&[f32]; R] = std::array::from_fn(|row| &x[row * width..row * width + self.inputs]);
        let most = match R {
            1 => 4,
            2 => 2,
            3 if wide::<S>() => 4,
            _ => 1, // Reading panels in memory order is fastest.
        };
        let mut at = 0;
        let mut panels = self.panels.as_slice();
        while !panels.is_empty() {
            let left = panels.len() / self.inputs;
            let taken = if most >= 4 && left >= 4 {
                store::<R, 4>(neighbours::<S, R, 4>(simd, inputs, panels), &mut y[at..], stride);
                4
            } else if most >= 2 && left >= 2 {
                store::<R, 2>(neighbours::<S, R, 2>(simd, inputs, panels), &mut y[at..], stride);
                2
            } else {
                store::<R, 1>(neighbours::<S, R, 1>(simd, inputs, panels), &mut y[at..], stride);
                1
            };
            at += taken * LANES;
            panels = &panels[taken * self.inputs..];
        }
    }
}

/// Whether a panel fits one register, of which there are then 32; otherwise there is room for about six panels.
#[inline(always)]
pub(crate) fn wide<S: Simd>() -> bool {
    <S::f32s as SimdBase<S>>::LEN >= LANES
}

#[inline(always)]
fn store<const R: usize, const P: usize>(sums: [[[f32; LANES]; P]; R], y: &mut [f32], stride: usize) {
    for (row, sums) in sums.iter().enumerate() {
        y[row * stride..row * stride + P * LANES].copy_from_slice(sums.as_flattened());
    }
}

/// The sums of `R` rows over `P` adjacent groups of panels.
#[inline(always)]
fn neighbours<S: Simd, const R: usize, const P: usize>(simd: S, inputs: [&[f32]; R], panels: &[Panel]) -> [[[f32; LANES]; P]; R] {
    let depth = inputs[0].len();
    block(simd, inputs, std::array::from_fn(|group| &panels[group * depth..(group + 1) * depth]))
}

/// The sums of `R` rows over `P` groups of panels, each as long as a row.
#[inline(always)]
pub(crate) fn block<S: Simd, const R: usize, const P: usize>(
    simd: S,
    inputs: [&[f32]; R],
    groups: [&[Panel]; P],
) -> [[[f32; LANES]; P]; R] {
    let depth = inputs[0].len();
    let rows: [&[f32]; R] = std::array::from_fn(|row| &inputs[row][..depth]);
    let groups = groups.map(|group| &group[..depth]);
    let mut sums = [[f32x16::splat(simd, 0.0); P]; R];
    for at in 0..depth {
        let weights: [f32x16<S>; P] = std::array::from_fn(|group| f32x16::load_array_ref(simd, &groups[group][at].0));
        for (sums, row) in sums.iter_mut().zip(&rows) {
            let factor = f32x16::splat(simd, row[at]);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = weight.mul_add_precise(factor, *sum);
            }
        }
    }
    sums.map(|row| row.map(SimdBase::to_array))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::levels;

    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        (0..count as u32).map(|at| ((at + seed).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0).collect()
    }

    #[test]
    fn products_equal_a_plain_loop_for_every_shape_and_width() {
        for (inputs, outputs, rows) in
            [(1, 1, 1), (7, 33, 3), (96, 96, 1), (32, 80, 7), (17, 130, 6), (5, 112, 4), (9, 50, 2), (3, 70, 15)]
        {
            let weights = numbers(inputs * outputs, 7);
            let matrix = Matrix::new(inputs, &[&weights]);
            let mut x = vec![0.0; rows * padded(inputs)];
            for (row, values) in x.chunks_mut(padded(inputs)).enumerate() {
                values[..inputs].copy_from_slice(&numbers(inputs, row as u32 * 1000));
            }
            for level in levels() {
                let mut y = vec![f32::NAN; rows * matrix.stride()];
                matrix.multiply(level, &x, &mut y);
                for row in 0..rows {
                    for output in 0..outputs {
                        let mut sum = 0.0;
                        for input in 0..inputs {
                            sum = f32::mul_add(weights[output * inputs + input], x[row * padded(inputs) + input], sum);
                        }
                        assert_eq!(y[row * matrix.stride() + output].to_bits(), f32::to_bits(sum));
                    }
                }
            }
        }
    }
}
