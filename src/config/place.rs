//! Where something stands in the configuration file.
//!
//! A line is looked for only when an error names it: values are read from a table that has forgotten where they stood.

use std::fmt;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::line_at;

/// A file, and the line of a key where it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.line.map_or(Ok(()), |line| write!(f, ": line {line}"))
    }
}

/// The line of a key given by the names of the tables around it and its own; of the nearest table where the key is not there.
pub(super) fn line(text: &str, keys: &[String]) -> Option<usize> {
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
    Some(line_at(text.as_bytes(), at?))
}

fn table_of<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Option<&'v DeTable<'i>> {
    value.get_ref().as_table()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_however_its_table_is_written() {
        let at = |text: &str, keys: &[&str]| line(text, &keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
        let text =
            "system = 'x'\n\n[members.a]\nurl = 'u'\r\nprice = { input = 1,\n output = 'x' }\n[members.\"b.c\"]\nkind.x = 1\n";
        assert_eq!(at(text, &["system"]), Some(1));
        assert_eq!(at(text, &["members", "a", "url"]), Some(4));
        assert_eq!(at(text, &["members", "a", "price", "input"]), Some(5));
        assert_eq!(at(text, &["members", "b.c", "kind", "x"]), Some(8));
        assert_eq!(at(text, &["members", "a", "absent"]), Some(3), "the table that lacks it");
        assert_eq!((at(text, &["absent"]), at("[", &["a"])), (None, None));
        assert_eq!(at("parameters.align = 3\n", &["parameters", "align"]), Some(1));
    }
}
