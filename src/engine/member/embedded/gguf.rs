//! The GGUF container: metadata and tensors as they lie in the bytes of a file.
//!
//! Owns the format (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>) and distrusts all of it: no number read is
//! used before it is held against the file's length. What the metadata mean is `config`'s and `vocabulary`'s affair.

use std::collections::BTreeMap;

use super::error::EmbeddedError;

/// A metadata value. Strings and arrays borrow from the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Integers(Vec<i64>),
    /// An array of another type, which nothing here needs.
    Other,
}

/// The number types that a tensor may have here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    F32,
    F16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<'a> {
    /// Fastest-running dimension first, as in the file.
    shape: Vec<usize>,
    precision: Precision,
    data: &'a [u8],
}

/// An opened container.
#[derive(Debug)]
pub(super) struct Gguf<'a> {
    file: &'a str,
    metadata: BTreeMap<&'a str, Value<'a>>,
    tensors: BTreeMap<&'a str, Entry<'a>>,
}

/// A position in the bytes; every step is checked.
struct Cursor<'a> {
    file: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], EmbeddedError> {
        let Some(end) = self.at.checked_add(count).filter(|end| *end <= self.bytes.len()) else {
            return Err(self.broken(&format!("ends inside {what}")));
        };
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], EmbeddedError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    fn u32(&mut self, what: &str) -> Result<u32, EmbeddedError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64, EmbeddedError> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// A count of things that each take at least `each` bytes; one that the rest of the file cannot hold is refused here,
    /// before anything is reserved for it.
    fn count(&mut self, each: usize, what: &str) -> Result<usize, EmbeddedError> {
        let count = self.u64(what)?;
        match usize::try_from(count) {
            Ok(count) if count <= self.left() / each => Ok(count),
            _ => Err(self.broken(&format!("{what} is {count}, more than the file can hold"))),
        }
    }

    fn text(&mut self, what: &str) -> Result<&'a str, EmbeddedError> {
        let length = self.count(1, what)?;
        let bytes = self.take(length, what)?;
        std::str::from_utf8(bytes).map_err(|_| self.broken(&format!("{what} is not UTF-8")))
    }

    fn broken(&self, problem: &str) -> EmbeddedError {
        EmbeddedError::container(self.file, format!("{problem} (byte {})", self.at))
    }

    fn value(&mut self, kind: u32, key: &str) -> Result<Value<'a>, EmbeddedError> {
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
                texts.push(self.text(key)?);
            }
            return Ok(Value::Texts(texts));
        }
        let items = self.take(count * width, key)?;
        Ok(match kind {
            4 => Value::Integers(items.as_chunks().0.iter().map(|item| i64::from(u32::from_le_bytes(*item))).collect()),
            5 => Value::Integers(items.as_chunks().0.iter().map(|item| i64::from(i32::from_le_bytes(*item))).collect()),
            _ => Value::Other,
        })
    }
}

/// A tensor's line in the table, before its data are found.
struct Declared<'a> {
    name: &'a str,
    shape: Vec<usize>,
    precision: Precision,
    offset: usize,
    bytes: usize,
}

impl<'a> Gguf<'a> {
    /// Reads the header, the metadata and the table of tensors. `file` is only used in messages.
    pub(super) fn parse(file: &'a str, bytes: &'a [u8]) -> Result<Self, EmbeddedError> {
        let mut cursor = Cursor { file, bytes, at: 0 };
        if cursor.take(4, "the first four bytes").ok() != Some(b"GGUF".as_slice()) {
            return Err(EmbeddedError::container(file, "not a GGUF file"));
        }
        let version = cursor.u32("the version")?;
        if version != 2 && version != 3 {
            return Err(cursor.broken(&format!("GGUF version {version}, expected 2 or 3")));
        }
        let tensor_count = cursor.count(1, "the number of tensors")?;
        let entry_count = cursor.count(13, "the number of metadata entries")?;
        let mut metadata = BTreeMap::new();
        for _ in 0..entry_count {
            let key = cursor.text("a metadata key")?;
            let kind = cursor.u32(key)?;
            let value = cursor.value(kind, key)?;
            if metadata.insert(key, value).is_some() {
                return Err(EmbeddedError::metadata(file, key, "given twice"));
            }
        }
        if tensor_count > cursor.left() / 32 {
            return Err(cursor.broken(&format!("the number of tensors is {tensor_count}, more than the file can hold")));
        }
        let mut declared = Vec::with_capacity(tensor_count);
        for _ in 0..tensor_count {
            declared.push(declaration(&mut cursor)?);
        }
        let mut gguf = Self { file, metadata, tensors: BTreeMap::new() };
        gguf.place(declared, &cursor)?;
        Ok(gguf)
    }

    /// Finds each tensor's data behind the table.
    fn place(&mut self, mut declared: Vec<Declared<'a>>, cursor: &Cursor<'a>) -> Result<(), EmbeddedError> {
        let alignment = match self.unsigned("general.alignment")? {
            None => 32,
            Some(alignment) if (8..=65_536).contains(&alignment) && alignment.is_power_of_two() => alignment,
            Some(other) => {
                return Err(EmbeddedError::metadata(self.file, "general.alignment", format!("{other} is no alignment")));
            }
        };
        let data = cursor.bytes.get(cursor.at.next_multiple_of(alignment)..).unwrap_or_default();
        declared.sort_by_key(|tensor| tensor.offset);
        let mut free_from = 0;
        for tensor in declared {
            let wrong = |problem: String| Err(EmbeddedError::tensor(self.file, tensor.name, problem));
            if !tensor.offset.is_multiple_of(alignment) {
                return wrong(format!("offset {} is not a multiple of {alignment}", tensor.offset));
            }
            if tensor.offset < free_from {
                return wrong("overlaps the tensor before it".into());
            }
            let Some(end) = tensor.offset.checked_add(tensor.bytes).filter(|end| *end <= data.len()) else {
                return wrong(format!("{} bytes from offset {} lie beyond the end of the file", tensor.bytes, tensor.offset));
            };
            free_from = end;
            let entry = Entry { shape: tensor.shape, precision: tensor.precision, data: &data[tensor.offset..end] };
            if self.tensors.insert(tensor.name, entry).is_some() {
                return wrong("given twice".into());
            }
        }
        Ok(())
    }

    /// The name used in messages.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    /// An entry as it stands.
    pub(super) fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.metadata.get(key)
    }

    /// A whole number that is not negative, where the entry is there.
    pub(super) fn unsigned(&self, key: &str) -> Result<Option<usize>, EmbeddedError> {
        let number = match self.get(key) {
            None => return Ok(None),
            Some(Value::Unsigned(number)) => usize::try_from(*number).ok(),
            Some(Value::Signed(number)) => usize::try_from(*number).ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| EmbeddedError::metadata(self.file, key, "expected a whole number of at least 0"))
    }

    /// A text, where the entry is there.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, EmbeddedError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(EmbeddedError::metadata(self.file, key, "expected a text")),
        }
    }

    /// A truth value; `false` where the entry is missing.
    pub(super) fn flag(&self, key: &str) -> Result<bool, EmbeddedError> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(EmbeddedError::metadata(self.file, key, "expected true or false")),
        }
    }

    /// A finite number, where the entry is there.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, EmbeddedError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Float(number)) if number.is_finite() => Ok(Some(*number)),
            Some(_) => Err(EmbeddedError::metadata(self.file, key, "expected a finite number")),
        }
    }

    /// Names of all tensors.
    pub(super) fn tensor_names(&self) -> impl Iterator<Item = &'a str> {
        self.tensors.keys().copied()
    }

    /// The dimensions of a tensor, fastest-running first.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|entry| entry.shape.as_slice())
    }

    /// A tensor's numbers. `shape` is what it must be, fastest-running dimension first; every number must be finite.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EmbeddedError> {
        let Some(entry) = self.tensors.get(name) else {
            return Err(EmbeddedError::tensor(self.file, name, "missing"));
        };
        if entry.shape != shape {
            let problem = format!("shape {}, expected {}", dimensions(&entry.shape), dimensions(shape));
            return Err(EmbeddedError::tensor(self.file, name, problem));
        }
        let numbers: Vec<f32> = match entry.precision {
            Precision::F32 => entry.data.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect(),
            Precision::F16 => entry.data.as_chunks().0.iter().map(|number| half(u16::from_le_bytes(*number))).collect(),
        };
        match numbers.iter().position(|number| !number.is_finite()) {
            None => Ok(numbers),
            Some(at) => Err(EmbeddedError::tensor(self.file, name, format!("number {at} is {}", numbers[at]))),
        }
    }
}

fn dimensions(shape: &[usize]) -> String {
    shape.iter().map(ToString::to_string).collect::<Vec<_>>().join("x")
}

fn declaration<'a>(cursor: &mut Cursor<'a>) -> Result<Declared<'a>, EmbeddedError> {
    let name = cursor.text("a tensor name")?;
    let wrong = |problem: String| Err(EmbeddedError::tensor(cursor.file, name, problem));
    let rank = u32::from_le_bytes(cursor.array(name)?);
    if !(1..=4).contains(&rank) {
        return Err(EmbeddedError::tensor(cursor.file, name, format!("{rank} dimensions, expected 1 to 4")));
    }
    let mut shape = Vec::new();
    let mut elements = 1_usize;
    for _ in 0..rank {
        let extent = cursor.u64(name)?;
        let checked = usize::try_from(extent).ok().filter(|extent| *extent > 0);
        let product = checked.and_then(|extent| elements.checked_mul(extent));
        let (Some(extent), Some(product)) = (checked, product) else {
            return Err(EmbeddedError::tensor(cursor.file, name, format!("a dimension of {extent}")));
        };
        shape.push(extent);
        elements = product;
    }
    let (precision, width) = match cursor.u32(name)? {
        0 => (Precision::F32, 4),
        1 => (Precision::F16, 2),
        other => return wrong(format!("type {}, expected F32 or F16", type_name(other))),
    };
    let offset = cursor.u64(name)?;
    let (Ok(offset), Some(bytes)) = (usize::try_from(offset), elements.checked_mul(width)) else {
        return Err(EmbeddedError::tensor(cursor.file, name, "lies beyond the end of the file"));
    };
    Ok(Declared { name, shape, precision, offset, bytes })
}

/// The names of ggml's tensor types, so that a refusal tells people what they have.
fn type_name(kind: u32) -> String {
    let name = match kind {
        2 => "Q4_0",
        3 => "Q4_1",
        6 => "Q5_0",
        7 => "Q5_1",
        8 => "Q8_0",
        9 => "Q8_1",
        10 => "Q2_K",
        11 => "Q3_K",
        12 => "Q4_K",
        13 => "Q5_K",
        14 => "Q6_K",
        15 => "Q8_K",
        28 => "F64",
        30 => "BF16",
        other => return format!("number {other}"),
    };
    name.into()
}

/// IEEE half precision to single, exactly.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits & 0x3ff);
    match exponent {
        // A subnormal half is its fraction times 2^-24, which single precision holds exactly.
        0 => f32::from_bits(sign | (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        for (bits, number) in [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8), (0x7bff, 65504.0), (0x3555, 0.333_251_95)]
        {
            assert_eq!(half(bits).to_bits(), f32::to_bits(number), "{bits:#x}");
        }
        assert!(half(0x7c01).is_nan() && half(0x7c00).is_infinite());
    }

    #[test]
    fn huge_counts_are_refused_before_anything_is_reserved() {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
        let error = Gguf::parse("x.gguf", &bytes).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("x.gguf: the number of tensors is 18446744073709551615, more than the file can hold (byte 16)")
        );
    }
}
