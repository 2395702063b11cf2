//! Reads numbers, texts and metadata values from the bytes of a GGUF file, one after another.
//!
//! Checks every step against the file's length. `gguf` interprets the values.

use super::error::EmbeddedError;

/// A metadata value. Strings and arrays borrow from the file.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine::member) enum Value<'a> {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Texts(Vec<&'a str>),
    /// This many texts, not all of which are UTF-8.
    Garbled(usize),
    Integers(Vec<i64>),
    /// An array of another type, which this engine does not need.
    Other,
}

/// A position in the bytes; every step is checked.
pub(super) struct Cursor<'a> {
    pub(super) file: &'a str,
    /// The file, or its start.
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Bytes of the whole file.
    pub(super) length: usize,
    /// Whether more of the file was needed than is available.
    pub(super) ran_out: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(file: &'a str, bytes: &'a [u8], length: usize) -> Self {
        Self { file, bytes, at: 0, length, ran_out: false }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], EmbeddedError> {
        let end = self.at.checked_add(count);
        let Some(end) = end.filter(|end| *end <= self.bytes.len()) else {
            self.ran_out = end.is_some_and(|end| end <= self.length);
            return Err(self.cut(&format!("it ends inside {what}")));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], EmbeddedError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, EmbeddedError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub(super) fn u64(&mut self, what: &str) -> Result<u64, EmbeddedError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// A count of items that each take at least `each` bytes; one that the rest of the file cannot hold is refused before
    /// anything is allocated for it.
    pub(super) fn count(&mut self, each: usize, what: &str) -> Result<usize, EmbeddedError> {
        let count = self.u64(what)?;
        match usize::try_from(count) {
            Ok(count) if count <= self.left() / each => Ok(count),
            Ok(count) if count <= (self.length - self.at) / each => {
                self.ran_out = true;
                Err(self.cut(&format!("it ends inside {what}")))
            }
            _ => Err(self.cut(&format!("{what} is {count}, more than the file can hold"))),
        }
    }

    /// A name; nothing after a bad one could be understood.
    pub(super) fn name(&mut self, what: &str) -> Result<&'a str, EmbeddedError> {
        let length = self.count(1, what)?;
        std::str::from_utf8(self.take(length, what)?).map_err(|_| self.broken(&format!("{what} is not UTF-8")))
    }

    pub(super) fn text(&mut self, what: &str) -> Result<&'a str, EmbeddedError> {
        let length = self.count(1, what)?;
        let bytes = self.take(length, what)?;
        std::str::from_utf8(bytes).map_err(|_| EmbeddedError::metadata(self.file, what, format!("not UTF-8 (byte {})", self.at)))
    }

    /// The error that the file is shorter than what it declares here.
    pub(super) fn cut(&self, problem: &str) -> EmbeddedError {
        EmbeddedError::cut(self.file, format!("{problem} (byte {})", self.at))
    }

    pub(super) fn broken(&self, problem: &str) -> EmbeddedError {
        EmbeddedError::container(
            self.file,
            format!("the file is damaged: {problem} (byte {}): download or copy it again", self.at),
        )
    }

    pub(super) fn value(&mut self, kind: u32, key: &str) -> Result<Value<'a>, EmbeddedError> {
        Ok(match kind {
            0 => Value::Unsigned(u64::from(self.array::<1>(key)?[0])),
            1 => Value::Signed(i64::from(i8::from_le_bytes(self.array(key)?))),
            2 => Value::Unsigned(u64::from(u16::from_le_bytes(self.array(key)?))),
            3 => Value::Signed(i64::from(i16::from_le_bytes(self.array(key)?))),
            4 => Value::Unsigned(u64::from(self.u32(key)?)),
            5 => Value::Signed(i64::from(i32::from_le_bytes(self.array(key)?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array(key)?))),
            7 => match self.array::<1>(key)?[0] {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                other => return Err(self.broken(&format!("{key}: a truth value of {other}"))),
            },
            8 => Value::Text(self.text(key)?),
            9 => self.list(key)?,
            10 => Value::Unsigned(self.u64(key)?),
            11 => Value::Signed(i64::from_le_bytes(self.array(key)?)),
            12 => Value::Float(f64::from_le_bytes(self.array(key)?)),
            other => return Err(self.broken(&format!("{key}: unknown metadata type {other}"))),
        })
    }

    fn list(&mut self, key: &str) -> Result<Value<'a>, EmbeddedError> {
        let kind = self.u32(key)?;
        let width = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            8 | 10..=12 => 8,
            other => return Err(self.broken(&format!("{key}: an array of type {other}"))),
        };
        let count = self.count(width, key)?;
        if kind == 8 {
            let mut texts = Vec::with_capacity(count);
            for _ in 0..count {
                let length = self.count(1, key)?;
                texts.push(std::str::from_utf8(self.take(length, key)?));
            }
            let texts: Result<_, _> = texts.into_iter().collect();
            return Ok(texts.map_or(Value::Garbled(count), Value::Texts));
        }
        let items = self.take(count * width, key)?;
        Ok(match kind {
            4 => Value::Integers(items.as_chunks().0.iter().map(|item| i64::from(u32::from_le_bytes(*item))).collect()),
            5 => Value::Integers(items.as_chunks().0.iter().map(|item| i64::from(i32::from_le_bytes(*item))).collect()),
            _ => Value::Other,
        })
    }
}
