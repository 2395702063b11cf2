//! Where a prompt comes from: the command line, or standard input.

use std::io::{self, IsTerminal, Read};

/// The most that is read from standard input: far more than any context holds, little enough for any machine.
const MOST_BYTES: u64 = 64 << 20;

/// What can be wrong with a prompt.
#[derive(Debug, thiserror::Error)]
pub(super) enum PromptError {
    #[error("there is no prompt: give one as an argument, or on standard input")]
    Missing,
    #[error("standard input: {0}")]
    Unreadable(io::Error),
    #[error("standard input is not UTF-8: byte {0} does not belong there")]
    NotUtf8(usize),
    #[error("standard input holds more than {} MiB", MOST_BYTES >> 20)]
    TooLong,
}

/// The prompt: the argument, or all of standard input where the argument is `-` or missing and standard input is no terminal.
pub(super) fn read(argument: Option<&str>) -> Result<String, PromptError> {
    match argument {
        Some("-") => from(io::stdin().lock()),
        Some(text) => Ok(text.to_owned()),
        None if io::stdin().is_terminal() => Err(PromptError::Missing),
        None => from(io::stdin().lock()),
    }
}

/// A line end at the very end is the shell's, not the question's.
fn from(reader: impl Read) -> Result<String, PromptError> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(PromptError::Unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PromptError::TooLong);
    }
    let mut text = String::from_utf8(bytes).map_err(|error| PromptError::NotUtf8(error.utf8_error().valid_up_to()))?;
    let kept = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(kept);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_keeps_its_bytes_but_the_last_line_end() {
        assert_eq!(from("  Grüße\n\nzwei\r\n".as_bytes()).unwrap(), "  Grüße\n\nzwei");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_place() {
        assert!(matches!(from(&b"ab\xff"[..]), Err(PromptError::NotUtf8(2))));
    }
}
