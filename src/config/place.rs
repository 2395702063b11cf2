//! Positions in the configuration file.
//!
//! A position is only looked up for an error: values are read from a table that does not keep positions.

use std::fmt;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::line_at;

/// A file, and the position of a key in it, if known.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    /// The line and the column, in characters, both from 1.
    pub at: Option<(usize, usize)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.at.map_or(Ok(()), |(line, column)| write!(f, ": line {line}, column {column}"))
    }
}

/// The line and the column of a byte.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line_at(text.as_bytes(), offset), column)
}

/// The position of a key, given by the names of its tables and its own; that of the nearest table if the key does not exist.
pub(super) fn find(text: &str, keys: &[String]) -> Option<(usize, usize)> {
    let file = DeTable::parse(text).ok()?;
    let (mut table, mut at) = (file.get_ref(), None);
    for key in keys {
        let Some((key, value)) = table.iter().find(|(known, _)| known.get_ref().as_ref() == key.as_str()) else { break };
        at = Some(key.span().start);
        match table_of(value) {
            Some(inner) => table = inner,
            None => break,
        }
    }
    Some(position(text, at?))
}

fn table_of<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Option<&'v DeTable<'i>> {
    value.get_ref().as_table()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_however_its_table_is_written() {
        let place = |text: &str, keys: &[&str]| find(text, &keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
        let at = |text: &str, keys: &[&str]| place(text, keys).map(|(line, _)| line);
        let text =
            "system = 'x'\n\n[members.a]\nurl = 'u'\r\nprice = { input = 1,\n output = 'x' }\n[members.\"b.c\"]\nkind.x = 1\n";
        assert_eq!(at(text, &["system"]), Some(1));
        assert_eq!(at(text, &["members", "a", "url"]), Some(4));
        assert_eq!(at(text, &["members", "a", "price", "input"]), Some(5));
        assert_eq!(at(text, &["members", "b.c", "kind", "x"]), Some(8));
        assert_eq!(at(text, &["members", "a", "absent"]), Some(3), "the table that lacks it");
        assert_eq!((at(text, &["absent"]), at("[", &["a"])), (None, None));
        assert_eq!(at("parameters.align = 3\n", &["parameters", "align"]), Some(1));
        assert_eq!(place(text, &["members", "a", "price", "output"]), Some((6, 2)));
        assert_eq!(place("keys = { 'größe' = 1, b = 2 }", &["keys", "b"]), Some((1, 23)), "characters, not bytes");
    }
}
