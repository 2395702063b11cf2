//! On which line of a configuration file a key stands.

use toml::de::{DeTable, DeValue};

use crate::text::line_at;

/// The line, from 1, of a key that is written with dots between the tables; where it is missing, that of the table it is missing
/// in. `None` where nothing of it is there.
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    Some(line_at(text.as_bytes(), offset(table.get_ref(), key)?))
}

fn offset(table: &DeTable<'_>, key: &str) -> Option<usize> {
    // A name may have dots of its own, so the longest that fits is meant.
    let fits = |name: &str| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (name, value) = table.iter().filter(|(name, _)| fits(name.get_ref())).max_by_key(|(name, _)| name.get_ref().len())?;
    let inner = match (key.get(name.get_ref().len() + 1..), value.get_ref()) {
        (Some(rest), DeValue::Table(inner)) => offset(inner, rest),
        _ => None,
    };
    Some(inner.unwrap_or(name.span().start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_every_kind_of_table() {
        let text = "system = 'x'\n\n[members.\"a.b\"]\nurl = 'x'\nprice = { input = 1,  output = 2 }\n[parameters]\nexit.x = 1\n";
        for (key, line) in [
            ("system", Some(1)),
            ("members.a.b", Some(3)),
            ("members.a.b.url", Some(4)),
            ("members.a.b.gguf", Some(3)),
            ("members.a.b.price.output", Some(5)),
            ("parameters.exit.x", Some(7)),
            ("parameters", Some(6)),
            ("sys", None),
        ] {
            assert_eq!(line_of(text, key), line, "{key}");
        }
        assert_eq!(line_of("[", "a"), None);
    }
}
