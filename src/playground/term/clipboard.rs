//! Copying through the terminal (OSC 52), which works over ssh too.
//!
//! Owns the sequence; [`super::guard::Terminal::send`] sends it. Terminals do not answer, so nobody learns whether they obeyed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of base64 that many terminals take; what is longer they drop without a word, or cut.
pub const LIMIT: usize = 100_000;

/// Why a text cannot be copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// Many terminals would drop it silently.
    #[error("the text is too long to be copied through the terminal: {bytes} bytes encoded, and terminals take {LIMIT}")]
    TooLong {
        /// Length of the text in base64.
        bytes: usize,
    },
}

/// The sequence that puts `text` on the system's clipboard.
pub fn osc52(text: &str) -> Result<String, CopyError> {
    let bytes = text.len().div_ceil(3) * 4;
    if bytes > LIMIT {
        return Err(CopyError::TooLong { bytes });
    }
    Ok(format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_one_sequence_without_controls_of_its_own() {
        assert_eq!(osc52("Füße\x1b[2J").as_deref(), Ok("\x1b]52;c;RsO8w59lG1sySg==\x1b\\"));
        assert_eq!(osc52("").as_deref(), Ok("\x1b]52;c;\x1b\\"));
    }

    #[test]
    fn the_limit_is_that_of_the_encoded_text() {
        let longest = "x".repeat(LIMIT / 4 * 3);
        assert_eq!(osc52(&longest).map(|sequence| sequence.len()), Ok(LIMIT + "\x1b]52;c;\x1b\\".len()));
        assert_eq!(osc52(&format!("{longest}x")), Err(CopyError::TooLong { bytes: LIMIT + 4 }));
    }
}
