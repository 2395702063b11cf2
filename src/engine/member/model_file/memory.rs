//! How much memory a model takes, and whether this machine has it.
//!
//! An estimate: only engines know what they allocate beyond the weights and the cached keys and values. It is meant to
//! distinguish a model that runs from one that displaces everything else from memory.

use super::available::Memory;
use super::header::ModelHeader;

/// The context assumed for the estimates in a list, in tokens.
pub const USUAL_CONTEXT: u64 = 4096;

/// Bytes of a cached number: half precision.
const KEPT_BYTES: u64 = 2;

/// How many rows are computed together, each a few times as wide as the model, and how many of them end in a number for every
/// token of the vocabulary.
const ROWS: u64 = 256;
const WIDTHS: u64 = 16;
const LAST_ROWS: u64 = 64;

/// Bytes that an engine uses for everything else.
const BESIDE: u64 = 96 << 20;

/// Whether a model fits in this machine's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// There is enough memory, with some to spare.
    Fits,
    /// There is just enough: other programs may be displaced.
    Tight,
    /// There is too little.
    TooBig,
}

impl Fit {
    /// Whether a model that needs this many bytes fits in what is available: with less than an eighth left it is tight.
    #[must_use]
    pub fn of(needed: u64, memory: Memory) -> Self {
        if needed > memory.available {
            Self::TooBig
        } else if needed > memory.available - memory.available / 8 {
            Self::Tight
        } else {
            Self::Fits
        }
    }

    /// The answer as a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Tight => "tight",
            Self::TooBig => "too big",
        }
    }

    /// The answer with its numbers, such as "fits: it needs 1.5 GB, and 9.8 GB are free".
    #[must_use]
    pub fn in_words(self, needed: u64, memory: Memory) -> String {
        let (needed, free) = (bytes_in_words(needed), bytes_in_words(memory.available));
        match self {
            Self::Fits => format!("fits in memory: it needs about {needed}, and {free} are free"),
            Self::Tight => format!("just fits in memory: it needs about {needed}, and {free} are free"),
            Self::TooBig => format!("does not fit in memory: it needs about {needed}, and {free} are free"),
        }
    }
}

/// The memory in bytes that a model takes: its weights, the cache for this many tokens of context, and an engine's working
/// memory.
#[must_use]
pub fn needed(header: &ModelHeader, weights: u64, context_tokens: u64) -> u64 {
    let kept = header.kept_per_token.saturating_mul(KEPT_BYTES).saturating_mul(context_tokens);
    let rows = header.width.saturating_mul(4 * WIDTHS * ROWS);
    let last_rows = header.vocabulary.saturating_mul(4 * LAST_ROWS);
    [weights, kept, rows, last_rows, BESIDE].into_iter().fold(0, u64::saturating_add)
}

/// A number of bytes in the usual form: `98 MB`, `1.1 GB`.
#[must_use]
pub fn bytes_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_500 => format!("{:.0} kB", bytes as f64 / 1e3),
        999_500..999_500_000 => format!("{:.0} MB", bytes as f64 / 1e6),
        999_500_000..9_950_000_000 => format!("{:.1} GB", bytes as f64 / 1e9),
        _ => format!("{:.0} GB", bytes as f64 / 1e9),
    }
}

/// A number of parameters in the usual form: `135 M`, `1.5 B`.
#[must_use]
pub fn parameters_in_words(parameters: u64) -> String {
    match parameters {
        0..1_000 => parameters.to_string(),
        1_000..999_500 => format!("{:.0} k", parameters as f64 / 1e3),
        999_500..9_950_000 => format!("{:.1} M", parameters as f64 / 1e6),
        9_950_000..999_500_000 => format!("{:.0} M", parameters as f64 / 1e6),
        999_500_000..99_950_000_000 => format!("{:.1} B", parameters as f64 / 1e9),
        _ => format!("{:.0} B", parameters as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let bytes = [0, 999, 98_362_432, 999_499_999, 999_500_000, 1_117_320_768, 9_949_999_999, 700_000_000_000];
        let said = ["0 B", "999 B", "98 MB", "999 MB", "1.0 GB", "1.1 GB", "9.9 GB", "700 GB"];
        assert_eq!(bytes.map(bytes_in_words), said);
        let parameters = [512, 33_000, 1_234_567, 9_949_999, 134_515_008, 1_543_714_304, 671_000_000_000];
        assert_eq!(parameters.map(parameters_in_words), ["512", "33 k", "1.2 M", "9.9 M", "135 M", "1.5 B", "671 B"]);
    }

    #[test]
    fn a_model_that_leaves_an_eighth_fits() {
        let memory = Memory { available: 8_000, total: 16_000 };
        assert_eq!(
            [0, 7_000, 7_001, 8_000, 8_001].map(|needed| Fit::of(needed, memory)),
            [Fit::Fits, Fit::Fits, Fit::Tight, Fit::Tight, Fit::TooBig]
        );
        assert_eq!(Fit::of(u64::MAX, Memory { available: u64::MAX, total: u64::MAX }), Fit::Tight);
        let said = Fit::TooBig.in_words(43_000_000_000, Memory { available: 9_800_000_000, total: 16_000_000_000 });
        assert_eq!(said, "does not fit in memory: it needs about 43 GB, and 9.8 GB are free");
    }
}
