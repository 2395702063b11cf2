//! Why a file cannot be read, in words: what was expected, and what to do. The number that the system has for it helps no user.

use std::io::{self, ErrorKind};

/// "this is a folder: name a trace"; `wanted` is what should be named.
#[must_use]
pub fn trouble(error: &io::Error, wanted: &str) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("there is no such file or folder: name {wanted}"),
        ErrorKind::IsADirectory => format!("this is a folder: name {wanted}"),
        ErrorKind::NotADirectory => format!("a part of this path is a file, not a folder: name {wanted}"),
        ErrorKind::PermissionDenied => format!("permission denied: name {wanted} that you may use, or change who may"),
        _ => without_number(&error.to_string()),
    }
}

/// The system's own words, without " (os error 28)".
fn without_number(text: &str) -> String {
    text.split_once(" (os error").map_or(text, |(words, _)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_is_said_and_no_number() {
        let table = [
            (ErrorKind::NotFound.into(), "there is no such file or folder: name a trace"),
            (ErrorKind::IsADirectory.into(), "this is a folder: name a trace"),
            (io::Error::other("No space left on device (os error 28)"), "No space left on device"),
        ];
        for (error, expected) in table {
            assert_eq!(trouble(&error, "a trace"), expected);
        }
    }
}
