//! The GGUF container: metadata and tensors in the bytes of a file.
//!
//! Owns the format (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>) and trusts none of it: no number is used before
//! it is checked against the file's length. `config` and `vocabulary` interpret the metadata, and so does `model_file`, which
//! reads only the head of a file.

use std::collections::BTreeMap;

use super::cursor::Cursor;
pub(in crate::engine::member) use super::cursor::Value;
use super::error::EmbeddedError;
use super::storage::{Precision, Storage, half};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<'a> {
    /// Fastest-running dimension first, as in the file.
    shape: Vec<usize>,
    precision: Precision,
    data: &'a [u8],
}

/// An opened container.
#[derive(Debug)]
pub(in crate::engine::member) struct Gguf<'a> {
    file: &'a str,
    metadata: BTreeMap<&'a str, Value<'a>>,
    tensors: BTreeMap<&'a str, Entry<'a>>,
}

/// Everything before the tensors' data, and whether the file is as long as these need.
pub(in crate::engine::member) struct Head<'a> {
    pub(in crate::engine::member) gguf: Gguf<'a>,
    declared: Vec<Declared<'a>>,
}

impl Head<'_> {
    /// The type of each tensor, and its number of elements.
    pub(in crate::engine::member) fn tensors(&self) -> impl Iterator<Item = (Storage, usize)> {
        self.declared.iter().map(|tensor| (tensor.storage, tensor.numbers))
    }
}

/// A tensor's entry in the table, before its data are found.
struct Declared<'a> {
    name: &'a str,
    shape: Vec<usize>,
    storage: Storage,
    offset: usize,
    numbers: usize,
}

impl Declared<'_> {
    /// Where its data end, from the start of all data; where they start if its type is unknown.
    fn end(&self) -> Option<usize> {
        self.offset.checked_add(self.storage.bytes(self.numbers).unwrap_or_default())
    }
}

impl<'a> Gguf<'a> {
    /// Reads the header, the metadata and the table of tensors. `file` is only used in messages.
    pub(super) fn parse(file: &'a str, bytes: &'a [u8]) -> Result<Self, EmbeddedError> {
        let mut cursor = Cursor::new(file, bytes, bytes.len());
        let (mut gguf, declared) = Self::head(&mut cursor)?;
        let from = gguf.whole(&declared, &cursor)?;
        gguf.place(declared, bytes.get(from..).unwrap_or_default())?;
        Ok(gguf)
    }

    /// Checks the start of a file of this many bytes: whether it is a GGUF file, and long enough for its tensors, as far as the
    /// start shows.
    pub(super) fn glance(file: &'a str, beginning: &'a [u8], length: u64) -> Result<(), EmbeddedError> {
        Self::beginning(file, beginning, length).map(|_| ())
    }

    /// Reads what comes before the tensors' data from the start of a file of this many bytes; `None` if more of it is needed. A
    /// file that is too short for its tensors is refused.
    pub(in crate::engine::member) fn beginning(
        file: &'a str,
        beginning: &'a [u8],
        length: u64,
    ) -> Result<Option<Head<'a>>, EmbeddedError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX).max(beginning.len());
        let mut cursor = Cursor::new(file, beginning, length);
        match Self::head(&mut cursor) {
            Ok((gguf, declared)) => {
                gguf.whole(&declared, &cursor)?;
                Ok(Some(Head { gguf, declared }))
            }
            Err(_) if cursor.ran_out => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Everything before the tensors' data.
    fn head(cursor: &mut Cursor<'a>) -> Result<(Self, Vec<Declared<'a>>), EmbeddedError> {
        let file = cursor.file;
        if cursor.take(4, "the first four bytes").ok() != Some(b"GGUF".as_slice()) {
            return Err(EmbeddedError::container(file, "not a GGUF file"));
        }
        let version = cursor.u32("the version")?;
        if version != 2 && version != 3 {
            return Err(EmbeddedError::container(file, format!("GGUF version {version}, expected 2 or 3")));
        }
        let tensor_count = cursor.count(1, "the number of tensors")?;
        let entry_count = cursor.count(13, "the number of metadata entries")?;
        let mut metadata = BTreeMap::new();
        for _ in 0..entry_count {
            let key = cursor.name("a metadata key")?;
            let kind = cursor.u32(key)?;
            let value = cursor.value(kind, key)?;
            if metadata.insert(key, value).is_some() {
                return Err(EmbeddedError::metadata(file, key, "given twice"));
            }
        }
        if tensor_count > (cursor.length - cursor.at) / 32 {
            return Err(cursor.cut(&format!("the number of tensors is {tensor_count}, more than the file can hold")));
        }
        let mut declared = Vec::with_capacity(tensor_count.min(cursor.left() / 32));
        for _ in 0..tensor_count {
            declared.push(declaration(cursor)?);
        }
        Ok((Self { file, metadata, tensors: BTreeMap::new() }, declared))
    }

    /// Checks that the file is long enough for its tensors; returns where their data start.
    fn whole(&self, declared: &[Declared<'a>], cursor: &Cursor<'a>) -> Result<usize, EmbeddedError> {
        let from = cursor.at.next_multiple_of(self.alignment()?);
        let end = declared.iter().map(|tensor| tensor.end()?.checked_add(from)).max_by_key(|end| end.unwrap_or(usize::MAX));
        match end {
            None => Ok(from),
            Some(Some(end)) if end <= cursor.length => Ok(from),
            Some(end) => {
                let needed = end.unwrap_or(usize::MAX) as u64;
                Err(EmbeddedError::cut(self.file, format!("its tensors need {needed} bytes, but it has {}", cursor.length)))
            }
        }
    }

    fn alignment(&self) -> Result<usize, EmbeddedError> {
        match self.unsigned("general.alignment")? {
            None => Ok(32),
            Some(alignment) if (8..=65_536).contains(&alignment) && alignment.is_power_of_two() => Ok(alignment),
            Some(other) => Err(EmbeddedError::metadata(self.file, "general.alignment", format!("{other} is no alignment"))),
        }
    }

    /// Finds each tensor's data.
    fn place(&mut self, mut declared: Vec<Declared<'a>>, data: &'a [u8]) -> Result<(), EmbeddedError> {
        let alignment = self.alignment()?;
        declared.sort_by_key(|tensor| tensor.offset);
        let mut free_from = 0;
        for tensor in declared {
            let wrong = |problem: String| Err(EmbeddedError::tensor(self.file, tensor.name, problem));
            let Some(precision) = tensor.storage.precision() else {
                return wrong(format!("type {}, expected F32 or F16", tensor.storage.name()));
            };
            if !tensor.offset.is_multiple_of(alignment) {
                return wrong(format!("offset {} is not a multiple of {alignment}", tensor.offset));
            }
            if tensor.offset < free_from {
                return wrong("overlaps the tensor before it".into());
            }
            let found = tensor.end().and_then(|end| Some((data.get(tensor.offset..end)?, end)));
            let Some((data, end)) = found else { return wrong("lies beyond the end of the file".into()) };
            free_from = end;
            if self.tensors.insert(tensor.name, Entry { shape: tensor.shape, precision, data }).is_some() {
                return wrong("given twice".into());
            }
        }
        Ok(())
    }

    /// The name used in messages.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    /// The raw entry.
    pub(in crate::engine::member) fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.metadata.get(key)
    }

    /// A whole number that is not negative, if the entry exists.
    pub(in crate::engine::member) fn unsigned(&self, key: &str) -> Result<Option<usize>, EmbeddedError> {
        let number = match self.get(key) {
            None => return Ok(None),
            Some(Value::Unsigned(number)) => usize::try_from(*number).ok(),
            Some(Value::Signed(number)) => usize::try_from(*number).ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| EmbeddedError::metadata(self.file, key, "expected a whole number of at least 0"))
    }

    /// A text, if the entry exists.
    pub(in crate::engine::member) fn text(&self, key: &str) -> Result<Option<&'a str>, EmbeddedError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(EmbeddedError::metadata(self.file, key, "expected a text")),
        }
    }

    /// A truth value; `false` if the entry is missing.
    pub(super) fn flag(&self, key: &str) -> Result<bool, EmbeddedError> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(EmbeddedError::metadata(self.file, key, "expected true or false")),
        }
    }

    /// A finite number, if the entry exists.
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
    let name = cursor.name("a tensor name")?;
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
    let storage = Storage(cursor.u32(name)?);
    let offset = cursor.u64(name)?;
    let Ok(offset) = usize::try_from(offset) else {
        return Err(EmbeddedError::tensor(cursor.file, name, "lies beyond the end of the file"));
    };
    Ok(Declared { name, shape, storage, offset, numbers: elements })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_counts_are_refused_before_anything_is_reserved() {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
        let error = Gguf::parse("x.gguf", &bytes).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some(
                "x.gguf: the file is cut or damaged: the number of tensors is 18446744073709551615, more than the file can hold \
                 (byte 16): download or copy it again"
            )
        );
    }

    /// A file with one tensor of this type with this many elements, and this many bytes of data.
    fn one_tensor(kind: u32, numbers: u64, data: usize) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        for count in [1_u64, 0, 1] {
            bytes.extend(count.to_le_bytes());
        }
        bytes.push(b't');
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(numbers.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.resize(bytes.len().next_multiple_of(32) + data, 0);
        bytes
    }

    fn told(bytes: &[u8]) -> String {
        Gguf::parse("x.gguf", bytes).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_cut_file_is_told_from_one_of_another_type() {
        assert_eq!(told(&one_tensor(0, 8, 32)), "");
        assert!(told(&one_tensor(0, 8, 31)).contains("cut"), "{}", told(&one_tensor(0, 8, 31)));
        assert_eq!(told(&one_tensor(12, 512, 288)), "x.gguf: tensor t: type Q4_K, expected F32 or F16");
        assert!(told(&one_tensor(12, 512, 287)).contains("cut"));
        assert_eq!(told(&one_tensor(77, 512, 0)), "x.gguf: tensor t: type number 77, expected F32 or F16");
        assert!(told(&one_tensor(30, u64::MAX, 100)).contains("cut"));
    }

    #[test]
    fn a_glance_at_the_beginning_tells_what_it_can() {
        let whole = one_tensor(12, 512, 288);
        let glance = |beginning: usize, length: usize| Gguf::glance("x.gguf", &whole[..beginning], length as u64);
        for beginning in 4..whole.len() {
            assert_eq!(glance(beginning, whole.len()), Ok(()), "{beginning}");
        }
        let head = whole.len() - 288;
        assert!(matches!(glance(head, whole.len() - 1), Err(EmbeddedError::Cut { .. })));
        assert!(matches!(glance(head - 40, head - 40), Err(EmbeddedError::Cut { .. })), "cut in the head");
        assert!(matches!(Gguf::glance("x.gguf", b"<htm", 1000), Err(EmbeddedError::Container { .. })));
    }
}
