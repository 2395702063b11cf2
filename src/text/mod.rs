//! Text that a user supplies: files of every kind, and standard input, whatever program saved them.
//!
//! Owns byte order marks, line ends and line numbers in the file. [`encoding`] recognises other encodings and advises what to do.
//! The caller interprets the text and accesses the file system.

mod encoding;
pub mod paths;
mod trouble;

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

pub use self::encoding::{Encoding, NotText};
pub use self::trouble::trouble;

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
mod tests;
