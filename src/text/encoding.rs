//! What bytes are if they are not UTF-8: which encoding, from which byte on, and what to do about it.
//!
//! Guesses are based on the bytes themselves; if several encodings fit, the sentence says so.

use std::fmt;

use super::line_at;

/// How many bytes are examined to recognise an encoding by its share of NUL bytes.
const LOOKED_AT: usize = 4096;

/// How packed files start, their names, and what unpacks them.
const PACKED: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "gzip", "gunzip"),
    (b"\x28\xb5\x2f\xfd", "zstd", "unzstd"),
    (b"\xfd7zXZ\0", "xz", "unxz"),
    (b"BZh", "bzip2", "bunzip2"),
    (b"PK\x03\x04", "zip", "unzip"),
];

/// Something other than UTF-8 text.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotText {
    pub encoding: Encoding,
    /// The line, from 1, of the first byte that shows it.
    pub line: usize,
    /// How many bytes precede that byte.
    pub offset: usize,
    pub byte: u8,
}

/// What bytes are that are not UTF-8 text.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32 in either order.
    Utf32,
    /// One byte per character, western Europe, without any Windows-specific characters.
    Latin1,
    /// One byte per character, Windows in western Europe.
    Windows1252,
    /// Most of it is not ASCII: an encoding of another script.
    OtherScript,
    /// A packed file: of which program, and what unpacks it.
    Packed(&'static str, &'static str),
    /// Otherwise UTF-8, except for this byte.
    Damaged,
    /// It ends within a character.
    Cut,
    /// Not text at all.
    Binary,
}

impl std::error::Error for NotText {}

impl fmt::Display for NotText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { encoding, line, offset, byte } = self;
        let shown = format!("byte 0x{byte:02x} at offset {offset}");
        let converted = |out: &mut fmt::Formatter<'_>, name: &str, from: &str| {
            write!(out, "line {line}: {shown} is not UTF-8: this is {name}; save it as UTF-8 (iconv -f {from} -t UTF-8)")
        };
        match encoding {
            Encoding::Utf16Le => converted(out, "UTF-16 (little-endian)", "UTF-16LE"),
            Encoding::Utf16Be => converted(out, "UTF-16 (big-endian)", "UTF-16BE"),
            Encoding::Utf32 => converted(out, "UTF-32", "UTF-32"),
            Encoding::Latin1 => converted(out, "probably Latin-1 or Windows-1252", "WINDOWS-1252"),
            Encoding::Windows1252 => converted(out, "probably Windows-1252", "WINDOWS-1252"),
            Encoding::OtherScript => {
                let which = "an older encoding such as Shift-JIS, GBK or Windows-1251";
                write!(out, "line {line}: {shown} is not UTF-8: this is probably {which}; save it as UTF-8")
            }
            Encoding::Packed(name, unpack) => {
                write!(out, "line {line}: {shown} begins a packed file ({name}): unpack it first ({unpack})")
            }
            Encoding::Damaged => {
                write!(out, "line {line}: {shown} is not UTF-8, but the text around it is: it is damaged there, mend that line")
            }
            Encoding::Cut => write!(out, "line {line}: it ends within a character ({shown}): its end is missing"),
            Encoding::Binary => write!(out, "line {line}: this is no text ({shown}): give a text file in UTF-8"),
        }
    }
}

fn at(encoding: Encoding, bytes: &[u8], offset: usize) -> NotText {
    let byte = bytes.get(offset).copied().unwrap_or_default();
    NotText { encoding, line: line_at(bytes, offset), offset, byte }
}

/// Recognises, from the start or the share of NUL bytes, that none of it is text.
pub(super) fn foreign(bytes: &[u8]) -> Option<NotText> {
    let begins = |start: &[u8]| bytes.starts_with(start);
    if let Some((_, name, unpack)) = PACKED.iter().find(|(start, ..)| begins(start)) {
        return Some(at(Encoding::Packed(name, unpack), bytes, 0));
    }
    if begins(b"\xff\xfe\0\0") || begins(b"\0\0\xfe\xff") {
        return Some(at(Encoding::Utf32, bytes, 0));
    }
    if begins(b"\xff\xfe") {
        return Some(at(Encoding::Utf16Le, bytes, 0));
    }
    if begins(b"\xfe\xff") {
        return Some(at(Encoding::Utf16Be, bytes, 0));
    }
    let (encoding, first) = unmarked_utf16(bytes)?;
    Some(at(encoding, bytes, first))
}

/// UTF-16 without a mark: the NUL bytes of its ASCII characters are all on one side of their pairs. Also returns where the first
/// of them is.
fn unmarked_utf16(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
    let zeros = |side: usize| looked_at.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first, pairs) = (zeros(0), zeros(1), looked_at.len() / 2);
    let first = looked_at.iter().position(|byte| *byte == 0)?;
    let mostly = |one: usize, other: usize| one > 1 && one * 8 >= pairs && other * 8 < one;
    match (mostly(low_first, high_first), mostly(high_first, low_first)) {
        (true, _) => Some((Encoding::Utf16Le, first)),
        (false, true) => Some((Encoding::Utf16Be, first)),
        (false, false) => None,
    }
}

/// The same, and any NUL byte.
pub(super) fn other(bytes: &[u8]) -> Option<NotText> {
    let nul = || bytes.iter().position(|byte| *byte == 0).map(|nul| at(Encoding::Binary, bytes, nul));
    foreign(bytes).or_else(nul)
}

/// What bytes without NUL are if they are not UTF-8.
pub(super) fn broken(bytes: &[u8]) -> NotText {
    let Err(error) = std::str::from_utf8(bytes) else { return at(Encoding::Binary, bytes, 0) };
    let rest = &bytes[error.valid_up_to()..];
    let wide: usize =
        bytes.utf8_chunks().map(|chunk| chunk.valid().chars().filter(|character| !character.is_ascii()).count()).sum();
    let bad = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    let high = rest.iter().filter(|byte| !byte.is_ascii()).count();
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let encoding = if bytes.iter().any(control) {
        Encoding::Binary
    } else if error.error_len().is_none() && rest.len() > 1 {
        Encoding::Cut
    } else if wide >= bad {
        Encoding::Damaged
    } else if high * 2 > rest.iter().filter(|byte| !byte.is_ascii_whitespace()).count() && high > 4 {
        Encoding::OtherScript
    } else if bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f)) {
        Encoding::Windows1252
    } else {
        Encoding::Latin1
    };
    at(encoding, bytes, error.valid_up_to())
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    fn found(bytes: &[u8]) -> (Encoding, usize, usize) {
        let error = text(bytes).unwrap_err();
        (error.encoding, error.line, error.offset)
    }

    fn wide(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}').into_iter();
        mark.chain(text.chars()).collect::<String>().encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn every_encoding_is_named_with_its_first_bad_byte() {
        let json = "{\"prompt\": \"Wie heißt das?\"}\r\n{\"prompt\": \"東京\"}\r\n";
        assert_eq!(found(&wide(json, true, u16::to_le_bytes)), (Encoding::Utf16Le, 1, 0));
        assert_eq!(found(&wide(json, true, u16::to_be_bytes)), (Encoding::Utf16Be, 1, 0));
        assert_eq!(found(&wide(json, false, u16::to_le_bytes)), (Encoding::Utf16Le, 1, 1));
        assert_eq!(found(&wide(json, false, u16::to_be_bytes)), (Encoding::Utf16Be, 1, 0));
        assert_eq!(found(b"\xff\xfe\0\0a\0\0\0"), (Encoding::Utf32, 1, 0));
        assert_eq!(found(b"one\r\ncaf\xe9, please"), (Encoding::Latin1, 2, 8));
        assert_eq!(found(b"\xef\xbb\xbfa\rb\n\x93quoted\x94 caf\xe9"), (Encoding::Windows1252, 3, 7));
        assert_eq!(found(b"\x83e\x83X\x83g\x82\xcc\x95\xb6\x8e\x9a\x97\xf1"), (Encoding::OtherScript, 1, 0));
        assert_eq!(
            found("größer\nals \u{20ac} 5".as_bytes().iter().chain(b" \xff").copied().collect::<Vec<_>>().as_slice()).0,
            Encoding::Damaged
        );
        assert_eq!(found("a\nb 東".as_bytes().strip_suffix(b"\xb1").unwrap()), (Encoding::Cut, 2, 4));
        assert_eq!(found(b"a\nb\0c"), (Encoding::Binary, 2, 3));
        assert_eq!(found(b"\x7fELF\x02\x01\x01\xff\xfe"), (Encoding::Binary, 1, 7));
        assert_eq!(found(b"\x1f\x8b\x08\0\0"), (Encoding::Packed("gzip", "gunzip"), 1, 0));
    }

    #[test]
    fn the_sentence_says_where_and_what_to_do() {
        let said = |bytes: &[u8]| text(bytes).unwrap_err().to_string();
        for (bytes, parts) in [
            (&b"a\ncaf\xe9"[..], &["line 2", "0xe9", "offset 5", "Latin-1", "UTF-8", "iconv"][..]),
            (b"\xff\xfea\0", &["line 1", "0xff", "offset 0", "UTF-16", "iconv"]),
            (b"\x1f\x8b\x08", &["line 1", "gzip", "gunzip"]),
            (b"a\0", &["line 1", "0x00", "offset 1", "no text"]),
        ] {
            assert!(parts.iter().all(|part| said(bytes).contains(part)), "{}", said(bytes));
        }
    }
}
