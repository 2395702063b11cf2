//! Text that a user supplies: files of every kind, and standard input, whatever program saved them.
//!
//! Owns byte order marks, line ends and line numbers in the file. [`encoding`] recognises other encodings and advises what to do.
//! The caller interprets the text and accesses the file system.

mod encoding;
pub mod paths;

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

pub use self::encoding::{Encoding, NotText};

/// What some editors put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of these bytes: without a byte order mark, every line end (including CR LF and CR) a line feed.
///
/// # Errors
/// If they are not UTF-8, with the first byte that is not; a NUL byte is not text either.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    if let Some(other) = encoding::other(bytes) {
        return Err(other);
    }
    let text = std::str::from_utf8(unmarked(bytes)).map_err(|_| encoding::broken(bytes))?;
    Ok(if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) })
}

/// The lines of these bytes, for files in which a damaged line only loses itself: without a byte order mark, every line end a
/// line feed. Bytes that are not text stay where they are.
///
/// # Errors
/// If all of it is something else, UTF-16 or packed, so that it has no lines.
pub fn lines(bytes: &[u8]) -> Result<Cow<'_, [u8]>, NotText> {
    match encoding::foreign(bytes) {
        Some(foreign) => Err(foreign),
        None => Ok(line_fed(unmarked(bytes))),
    }
}

fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

fn line_fed(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let mut fed = Vec::with_capacity(bytes.len());
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(place + 1) == Some(&b'\n') => {}
            b'\r' => fed.push(b'\n'),
            other => fed.push(*other),
        }
    }
    Cow::Owned(fed)
}

/// The line, from 1, of the byte at `offset`.
#[must_use]
pub fn line_at(bytes: &[u8], offset: usize) -> usize {
    line_fed(bytes.get(..offset).unwrap_or(bytes)).split(|byte| *byte == b'\n').count()
}

/// The JSON parser's message, and the line of the file. `first` is the line, from 1, on which the parsed text starts: the parser
/// counts from its own start, and a second number in a message would be wrong.
#[must_use]
pub fn json_fault(error: &serde_json::Error, first: usize) -> (usize, String) {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    let reason = said.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&said);
    let place = if column > 0 { format!(" (column {column})") } else { String::new() };
    (first + line.saturating_sub(1), format!("{reason}{place}"))
}

/// The lines, with a line feed added to the last if it is a whole JSON object: an object that a kill or a full disk cut off never
/// is.
#[must_use]
pub fn ended(lines: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    if !last.starts_with(b"{") || serde_json::from_slice::<serde::de::IgnoredAny>(last).is_err() {
        return lines;
    }
    let mut lines = lines.into_owned();
    lines.push(b'\n');
    Cow::Owned(lines)
}

/// Whether the next write starts a new line: not after a write that was cut off, or an editor that does not end the last line.
pub fn ends_in_a_line(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(matches!(last, [b'\n' | b'\r']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mark_and_other_line_ends_change_nothing() {
        for bytes in ["a\nb\n", "\u{feff}a\nb\n", "a\r\nb\r\n", "\u{feff}a\rb\r", "a\rb\r\n"] {
            assert_eq!(text(bytes.as_bytes()).unwrap(), "a\nb\n", "{bytes:?}");
            assert_eq!(&*lines(bytes.as_bytes()).unwrap(), b"a\nb\n", "{bytes:?}");
        }
        assert_eq!(text("a\u{feff}\n\r\n".as_bytes()).unwrap(), "a\u{feff}\n\n", "only at the beginning is it a mark");
        assert_eq!((text(b"").unwrap(), text(MARK).unwrap()), ("".into(), "".into()));
    }

    #[test]
    fn a_last_line_counts_without_its_end_only_where_it_is_whole() {
        let ended = |text: &str| String::from_utf8(ended(Cow::Borrowed(text.as_bytes())).into_owned()).unwrap();
        assert_eq!(ended("{}\n{\"a\": [1]} "), "{}\n{\"a\": [1]} \n");
        for same in ["", "{}\n", "{}\n{\"a\": [1]", "{}\n{\"a\"", "{}\n7", "{}\n{} {}"] {
            assert_eq!(ended(same), same);
        }
        let ends = |text: &str| ends_in_a_line(&mut io::Cursor::new(text.to_owned())).unwrap();
        assert_eq!(["", "a\n", "a\r", "a", "a\nb"].map(ends), [true, true, true, false, false]);
    }

    #[test]
    fn the_line_of_a_byte_is_the_files() {
        let bytes = b"a\r\nb\rc\nd";
        let found: Vec<usize> = (0..bytes.len()).map(|offset| line_at(bytes, offset)).collect();
        assert_eq!(found, [1, 1, 2, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn a_fault_of_json_has_one_line_the_files() {
        let fault = |text: &str, first| json_fault(&serde_json::from_str::<Vec<u8>>(text).unwrap_err(), first);
        assert_eq!(fault("[1, x]", 7), (7, "expected value (column 5)".to_owned()));
        assert_eq!(fault("[1,\n2,\n\"a\"]", 3).0, 5);
        assert!(!fault("[1,\n2,\n\"a\"]", 3).1.contains("line"));
        assert_eq!(fault("", 4).0, 4);
    }

    proptest! {
        #[test]
        fn every_text_without_nul_comes_back_with_its_lines(text in "[^\0\u{feff}]*") {
            let expected = text.replace("\r\n", "\n").replace('\r', "\n");
            if let Ok(read) = super::text(text.as_bytes()) {
                prop_assert_eq!(&read, &expected);
                prop_assert_eq!(&*lines(text.as_bytes()).unwrap(), expected.as_bytes());
            } else {
                // What starts like an archive is taken for one.
                prop_assert!(encoding::foreign(text.as_bytes()).is_some());
            }
        }

        #[test]
        fn any_bytes_are_text_or_say_where_they_are_not(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Err(error) = super::text(&bytes) {
                prop_assert_eq!(bytes[error.offset], error.byte);
                prop_assert_eq!(error.line, line_at(&bytes, error.offset));
                let place = format!("offset {}", error.offset);
                prop_assert!(error.to_string().contains(&place), "{}", error);
            }
        }
    }
}
