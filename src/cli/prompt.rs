//! Where a prompt comes from: the command line, or standard input.

use std::io::{self, IsTerminal, Read};

use crate::text::{self, NotText};

/// The most that is read from standard input: far more than any context holds, little enough for any machine.
const MOST_BYTES: u64 = 64 << 20;

/// What can be wrong with a prompt.
#[derive(Debug, thiserror::Error)]
pub(super) enum PromptError {
    #[error("there is no prompt: give one as an argument, or on standard input")]
    Missing,
    #[error("standard input: {0}")]
    Unreadable(io::Error),
    #[error("standard input: {0}")]
    NotText(NotText),
    #[error("standard input holds more than {} MiB", MOST_BYTES >> 20)]
    TooLong,
}

/// The prompt: the argument, or all of standard input if the argument is `-`, or is missing and standard input is not a terminal.
pub(super) fn read(argument: Option<&str>) -> Result<String, PromptError> {
    match argument {
        Some("-") => from(io::stdin().lock()),
        Some(text) => Ok(text.to_owned()),
        None if io::stdin().is_terminal() => Err(PromptError::Missing),
        None => from(io::stdin().lock()),
    }
}

/// A trailing line end comes from the shell, not from the question.
fn from(reader: impl Read) -> Result<String, PromptError> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(PromptError::Unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PromptError::TooLong);
    }
    let text = text::text(&bytes).map_err(PromptError::NotText)?;
    Ok(text.trim_end_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_keeps_its_characters_but_the_last_line_end() {
        for typed in ["  Grüße\n\nzwei\r\n", "\u{feff}  Grüße\r\n\r\nzwei\r\n\r\n", "  Grüße\r\rzwei"] {
            assert_eq!(from(typed.as_bytes()).unwrap(), "  Grüße\n\nzwei", "{typed:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_place() {
        let error = from(&b"ab\xff"[..]).unwrap_err().to_string();
        assert!(error.contains("standard input: line 1: byte 0xff at offset 2 is not UTF-8"), "{error}");
        assert!(from(&b"\xff\xfea\0"[..]).unwrap_err().to_string().contains("UTF-16"));
    }
}
