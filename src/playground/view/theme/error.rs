//! What can be wrong with a theme, said so that the user finds the place.

use std::fmt;
use std::path::PathBuf;

use crate::text::NotText;

/// The largest theme file that is read, in bytes.
pub const LARGEST_FILE: u64 = 256 << 10;

/// Longer names are cut where an error shows them.
const LONGEST_SHOWN: usize = 48;

/// Why there is no such theme.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// No theme has this name.
    #[error("there is no theme `{name}`; the nearest is `{nearest}`")]
    Unknown {
        /// The name.
        name: String,
        /// The known one most like it.
        nearest: String,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No theme needs that much.
    #[error("{}: a theme file may have {} KiB", path.display(), LARGEST_FILE >> 10)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is not text in UTF-8.
    #[error("{}: {source}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        source: NotText,
    },
    /// The file says something that it should not.
    #[error("{place}: {fault}")]
    Fault {
        /// Where.
        place: Place,
        /// What.
        fault: Fault,
    },
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's path, or the name of a built-in theme.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Place {
    /// The line on which the byte at `offset` of a file stands.
    pub(super) fn at(file: &str, bytes: &[u8], offset: usize) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        Self { file: file.to_owned(), line: before.split(|byte| *byte == b'\n').count() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: line {}", self.file, self.line)
    }
}

/// What is wrong at one place of a theme file. `at` says whose value it is: ``role `accent` `` or ``palette `blue` ``.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that theme files do not have.
    #[error("there is no key `{key}`; the nearest is `{nearest}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The known one most like it.
        nearest: String,
    },
    /// A role that does not exist.
    #[error("there is no role `{role}`; the nearest is `{nearest}`")]
    UnknownRole {
        /// The role.
        role: String,
        /// The known one most like it.
        nearest: String,
    },
    /// A dotted key outside quotes is a table for TOML.
    #[error("a role with a dot stands in quotes: \"{role}\"")]
    UnquotedRole {
        /// The role.
        role: String,
    },
    /// A key that a style does not have.
    #[error("{at}: there is no key `{key}`; the nearest is `{nearest}`")]
    UnknownStyleKey {
        /// Whose style.
        at: String,
        /// The key.
        key: String,
        /// The known one most like it.
        nearest: String,
    },
    /// Neither a colour nor a name of the palette.
    #[error("{at}: there is no colour `{colour}`; the nearest is `{nearest}`")]
    UnknownColour {
        /// Whose colour.
        at: String,
        /// The colour.
        colour: String,
        /// The known name most like it, or how a colour is written.
        nearest: String,
    },
    /// A modifier that does not exist.
    #[error("{at}: there is no modifier `{modifier}`; the nearest is `{nearest}`")]
    UnknownModifier {
        /// Whose modifier.
        at: String,
        /// The modifier.
        modifier: String,
        /// The known one most like it.
        nearest: String,
    },
    /// A value of the wrong type.
    #[error("{at} is {given}, but it must be {wanted}")]
    WrongType {
        /// Whose value.
        at: String,
        /// What was given, in words.
        given: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The theme to inherit does not exist.
    #[error("there is no theme `{name}` to inherit; the nearest is `{nearest}`")]
    UnknownParent {
        /// Its name.
        name: String,
        /// The known one most like it.
        nearest: String,
    },
    /// Following `inherits` leads back to where it started.
    #[error("themes inherit each other in a circle: {0}")]
    Circle(String),
}

/// A name from a file as an error may show it: a theme comes from anywhere, and must not write to the terminal through an error.
pub(super) fn shown(name: &str) -> String {
    let mut all = name.chars();
    let mut shown: String = all.by_ref().take(LONGEST_SHOWN).flat_map(char::escape_debug).collect();
    if all.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_without_control_characters_and_not_endlessly() {
        assert_eq!(shown("border\u{1b}[2J"), "border\\u{1b}[2J");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), LONGEST_SHOWN + 1);
    }
}
