//! How tensors store their numbers: ggml's types and their sizes.
//!
//! This engine computes with only two of them. The sizes of the others distinguish a truncated file from one that another program
//! could run (<https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h>).

/// The number types that this engine computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    F32,
    F16,
}

/// A type by its number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine::member) struct Storage(pub(in crate::engine::member) u32);

/// Number, name, numbers in a block, bytes of a block.
const TYPES: &[(u32, &str, usize, usize)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 36),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
    (41, "Q1_0", 128, 18),
    (42, "Q2_0", 64, 18),
];

impl Storage {
    /// The precision, if this engine computes with it.
    pub(super) fn precision(self) -> Option<Precision> {
        match self.0 {
            0 => Some(Precision::F32),
            1 => Some(Precision::F16),
            _ => None,
        }
    }

    /// Bytes of this many numbers, clamped to what can be addressed; `None` for an unknown type.
    pub(in crate::engine::member) fn bytes(self, numbers: usize) -> Option<usize> {
        let (.., block, bytes) = TYPES.iter().find(|(kind, ..)| *kind == self.0)?;
        Some(numbers.div_ceil(*block).saturating_mul(*bytes))
    }

    /// Its name, for an error that says what a file has.
    pub(in crate::engine::member) fn name(self) -> String {
        let known = TYPES.iter().find(|(kind, ..)| *kind == self.0);
        known.map_or_else(|| format!("number {}", self.0), |(_, name, ..)| (*name).to_owned())
    }
}

/// IEEE half precision to single, exactly.
pub(super) fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits & 0x3ff);
    match exponent {
        // A subnormal half is its fraction times 2^-24, which single precision holds exactly.
        0 => f32::from_bits(sign | (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        for (bits, number) in [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8), (0x7bff, 65504.0), (0x3555, 0.333_251_95)]
        {
            assert_eq!(half(bits).to_bits(), f32::to_bits(number), "{bits:#x}");
        }
        assert!(half(0x7c01).is_nan() && half(0x7c00).is_infinite());
    }

    #[test]
    fn sizes_are_by_the_block() {
        assert_eq!((Storage(0).bytes(3), Storage(1).bytes(3)), (Some(12), Some(6)));
        assert_eq!((Storage(2).bytes(64), Storage(12).bytes(256), Storage(12).bytes(257)), (Some(36), Some(144), Some(288)));
        assert_eq!((Storage(4).bytes(1), Storage(28).bytes(usize::MAX)), (None, Some(usize::MAX)));
        assert_eq!((Storage(14).name(), Storage(99).name()), ("Q6_K".to_owned(), "number 99".to_owned()));
    }
}
