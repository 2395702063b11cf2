//! Formatting into clean text, for [`display!`](crate::display).

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::super::{Cleaner, is_all_plain};
use super::DisplayText;

/// Cleans what is written to it.
#[derive(Default)]
struct CleanWriter {
    cleaner: Cleaner,
    text: String,
    /// Whether the text ends with plain characters that the cleaner has not seen.
    is_ahead: bool,
}

impl Write for CleanWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if is_all_plain(text) {
            self.text.push_str(text);
            self.is_ahead |= !text.is_empty();
            return Ok(());
        }
        if std::mem::take(&mut self.is_ahead) {
            self.cleaner.follow(&self.text);
        }
        // A sequence that one argument starts must not swallow the words behind it.
        self.cleaner.leave_sequence();
        self.cleaner.clean_into(text, &mut self.text);
        Ok(())
    }
}

impl DisplayText {
    /// For [`display!`].
    #[must_use]
    pub fn formatted(arguments: fmt::Arguments<'_>) -> Self {
        if let Some(text) = arguments.as_str() {
            return Self(Cow::Borrowed(text));
        }
        let mut writer = CleanWriter::default();
        // It cannot fail unless an argument does: what that wrote before is all that there is.
        let _ = writer.write_fmt(arguments);
        Self::cleaned(writer.text)
    }
}
