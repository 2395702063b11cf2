//! The two streams: the answer goes to standard output, everything else to standard error.
//!
//! A model's output must not move a terminal's cursor or change its colours, so it is cleaned for a terminal. A file or a pipe
//! gets the bytes as they are.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use crate::clean::{Cleaner, clean};

/// Where an answer goes.
pub(super) struct Answer {
    out: io::Stdout,
    /// Only a terminal needs one.
    cleaner: Option<Cleaner>,
}

impl Answer {
    /// Standard output.
    pub(super) fn new() -> Self {
        let out = io::stdout();
        let cleaner = out.is_terminal().then(Cleaner::default);
        Self { out, cleaner }
    }

    /// Writes text immediately.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        let shown = shown(self.cleaner.as_mut(), text);
        let mut out = self.out.lock();
        out.write_all(shown.as_bytes())?;
        out.flush()
    }
}

fn shown<'a>(cleaner: Option<&mut Cleaner>, text: &'a str) -> Cow<'a, str> {
    match cleaner {
        Some(cleaner) => Cow::Owned(cleaner.push(text)),
        None => Cow::Borrowed(text),
    }
}

/// Prints a notice on standard error. A failure of that cannot be reported anywhere.
pub(super) fn notice(text: &str) {
    let _ = writeln!(io::stderr().lock(), "specfuse: {}", clean(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_clean_text_even_where_an_escape_is_cut() {
        let mut cleaner = Cleaner::default();
        let pieces = ["a\u{1b}", "[2", "Jb\n\u{202e}c", "\u{9d}0;x", "y\u{9c}d"];
        let shown: Vec<_> = pieces.iter().map(|piece| shown(Some(&mut cleaner), piece)).collect();
        assert_eq!(shown.concat(), "ab\ncd");
    }

    #[test]
    fn a_pipe_gets_the_bytes_as_they_are() {
        assert_eq!(shown(None, "a\u{1b}[2Jb\tc\r\n\u{202e}"), "a\u{1b}[2Jb\tc\r\n\u{202e}");
    }
}
