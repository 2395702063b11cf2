//! The two streams: the answer goes to standard output, everything else to standard error.
//!
//! Owns the cleaning of model text for a terminal: what a model says must not move the cursor or change its colours. A file or
//! a pipe gets the bytes as they are.

use std::io::{self, IsTerminal, Write};

/// Where an answer goes.
pub(super) struct Answer {
    out: io::Stdout,
    terminal: bool,
}

impl Answer {
    /// Standard output.
    pub(super) fn new() -> Self {
        let out = io::stdout();
        Self { terminal: out.is_terminal(), out }
    }

    /// Writes text at once.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        let mut out = self.out.lock();
        if self.terminal {
            out.write_all(printable(text).as_bytes())?;
        } else {
            out.write_all(text.as_bytes())?;
        }
        out.flush()
    }
}

/// Says something on standard error. There is nowhere to say that this failed.
pub(super) fn notice(text: &str) {
    let _ = writeln!(io::stderr().lock(), "specfuse: {}", printable(text));
}

/// The text without control characters (but line ends and tabs) and without marks that reorder or hide text.
pub(super) fn printable(text: &str) -> String {
    let hidden = |character: char| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    text.chars().map(|character| if hidden(character) { '\u{FFFD}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn text_that_would_steer_a_terminal_is_made_visible() {
        assert_eq!(printable("a\u{1b}[2Jb\tc\n\u{202e}d\u{9b}e"), "a\u{fffd}[2Jb\tc\n\u{fffd}d\u{fffd}e");
        assert_eq!(printable("Größe 漢字 🙂"), "Größe 漢字 🙂");
    }
}
