//! Reads one theme file: what it inherits, its palette, and how it paints roles.
//!
//! ```toml
//! inherits = "dark"
//!
//! [palette]
//! leaf = "#7fc97f"
//! sky = ["#7aa2f7", "light-blue"]  # the second is for terminals with 16 colours
//!
//! [roles]
//! accent = "leaf"
//! "text.dim" = { fg = "sky", mod = ["italic"] }
//! ```
//!
//! Names of colours are resolved later, when the palettes of all inherited files are known.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::Modifier;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::colour::{self, Ink};
use super::error::{Fault, Place, ThemeError, shown};
use super::role;
use crate::engine::fusion::params::nearest;

const KEYS: [&str; 3] = ["inherits", "palette", "roles"];
const STYLE_KEYS: [&str; 3] = ["fg", "bg", "mod"];
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// What one file says.
#[derive(Debug)]
pub(super) struct ThemeFile {
    /// The theme below it, and where it says so.
    pub(super) inherits: Option<(String, Place)>,
    /// Its own names of colours.
    pub(super) palette: BTreeMap<String, Ink>,
    /// By the names of roles and groups.
    pub(super) roles: BTreeMap<&'static str, Paint>,
}

/// How a role is painted, in colours that are not resolved yet.
#[derive(Debug, Default)]
pub(super) struct Paint {
    pub(super) fg: Option<ColourName>,
    pub(super) bg: Option<ColourName>,
    pub(super) modifiers: Modifier,
}

/// A colour as a role names it.
#[derive(Debug)]
pub(super) struct ColourName {
    name: String,
    role: &'static str,
    place: Place,
}

impl ColourName {
    /// The colour: of the palette, which may redefine a colour's usual name, or else as it is written.
    pub(super) fn ink(&self, palette: &BTreeMap<&str, Ink>) -> Result<Ink, ThemeError> {
        let written = || colour::parse(&self.name).map(|full| Ink { full, ansi: None });
        palette.get(self.name.as_str()).copied().or_else(written).ok_or_else(|| {
            let known = palette.keys().copied().chain(colour::NAMES);
            let fault = unknown_colour(format!("role `{}`", self.role), &self.name, known);
            ThemeError::Fault { place: self.place.clone(), fault }
        })
    }
}

/// Reads a theme file's text; `name` is what errors call the file.
pub(super) fn parse(name: &str, text: &str) -> Result<ThemeFile, ThemeError> {
    let source = Source { name, text };
    let table = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        source.fault(&span, Fault::Syntax(error.message().to_owned()))
    })?;
    let mut file = ThemeFile { inherits: None, palette: BTreeMap::new(), roles: BTreeMap::new() };
    for (key, value) in in_order(table.get_ref()) {
        match key.get_ref().as_ref() {
            "inherits" => {
                let parent = source.string(value, "`inherits`", "the name of a theme in quotes, such as \"dark\"")?;
                file.inherits = Some((parent.to_owned(), source.place(&value.span())));
            }
            "palette" => file.palette = source.palette(value)?,
            "roles" => file.roles = source.roles(value)?,
            other => {
                let fault = Fault::UnknownKey { key: shown(other), nearest: like(other, KEYS) };
                return Err(source.fault(&key.span(), fault));
            }
        }
    }
    Ok(file)
}

type Entry<'t, 'i> = (&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table as they are in the file, so that the first fault is the one told.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn like<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(&shown(name), known).unwrap_or_default().to_owned()
}

fn unknown_colour<'a>(at: String, colour: &str, known: impl IntoIterator<Item = &'a str>) -> Fault {
    let nearest = if colour.starts_with('#') { "#rrggbb".to_owned() } else { like(colour, known) };
    Fault::UnknownColour { at, colour: shown(colour), nearest }
}

/// A value as a fault names it.
fn given(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the string {:?}", shown(text)),
        DeValue::Integer(number) => format!("the number {}", shown(number.as_str())),
        DeValue::Float(number) => format!("the number {}", shown(number.as_str())),
        DeValue::Boolean(on) => on.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(list) => format!("a list of {}", list.len()),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A file being read.
struct Source<'s> {
    name: &'s str,
    text: &'s str,
}

impl Source<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        Place::at(self.name, self.text.as_bytes(), span.start)
    }

    fn fault(&self, span: &Range<usize>, fault: Fault) -> ThemeError {
        ThemeError::Fault { place: self.place(span), fault }
    }

    fn wrong_type(&self, value: &Spanned<DeValue<'_>>, at: &str, wanted: &'static str) -> ThemeError {
        self.fault(&value.span(), Fault::WrongType { at: at.to_owned(), given: given(value.get_ref()), wanted })
    }

    fn string<'v>(&self, value: &'v Spanned<DeValue<'_>>, at: &str, wanted: &'static str) -> Result<&'v str, ThemeError> {
        value.get_ref().as_str().ok_or_else(|| self.wrong_type(value, at, wanted))
    }

    fn palette(&self, value: &Spanned<DeValue<'_>>) -> Result<BTreeMap<String, Ink>, ThemeError> {
        let wrong_type = || self.wrong_type(value, "`palette`", "a table of named colours: [palette]");
        let table = value.get_ref().as_table().ok_or_else(wrong_type)?;
        let entries = in_order(table).into_iter();
        entries.map(|(name, value)| Ok((name.get_ref().to_string(), self.ink(name.get_ref(), value)?))).collect()
    }

    /// A colour, or a pair of which the second is for terminals with 16 colours.
    fn ink(&self, name: &str, value: &Spanned<DeValue<'_>>) -> Result<Ink, ThemeError> {
        const WANTED: &str = "a colour in quotes such as \"#7aa2f7\", or a list of two: in full, and for 16 colours";
        let at = format!("palette `{}`", shown(name));
        let colour = |value: &Spanned<DeValue<'_>>| {
            let text = self.string(value, &at, WANTED)?;
            let unknown = || self.fault(&value.span(), unknown_colour(at.clone(), text, colour::NAMES));
            colour::parse(text).ok_or_else(unknown)
        };
        match value.get_ref().as_array().map(|list| list.iter().collect::<Vec<_>>()).as_deref() {
            None => Ok(Ink { full: colour(value)?, ansi: None }),
            Some([full, ansi]) => Ok(Ink { full: colour(full)?, ansi: Some(colour(ansi)?) }),
            Some(_) => Err(self.wrong_type(value, &at, WANTED)),
        }
    }

    fn roles(&self, value: &Spanned<DeValue<'_>>) -> Result<BTreeMap<&'static str, Paint>, ThemeError> {
        let wrong_type = || self.wrong_type(value, "`roles`", "a table of roles: [roles]");
        let table = value.get_ref().as_table().ok_or_else(wrong_type)?;
        let mut roles = BTreeMap::new();
        for (key, value) in in_order(table) {
            let name: &str = key.get_ref();
            let role = role::names().find(|known| *known == name).ok_or_else(|| {
                let fault = Fault::UnknownRole { role: shown(name), nearest: like(name, role::names()) };
                self.fault(&key.span(), fault)
            })?;
            roles.insert(role, self.paint(role, value)?);
        }
        Ok(roles)
    }

    fn paint(&self, role: &'static str, value: &Spanned<DeValue<'_>>) -> Result<Paint, ThemeError> {
        const COLOUR: &str = "a colour in quotes, such as \"#7aa2f7\"";
        const WANTED: &str = "a colour in quotes such as \"#7aa2f7\", or a table of fg, bg and mod";
        let at = format!("role `{role}`");
        let Some(table) = value.get_ref().as_table() else {
            return Ok(Paint { fg: Some(self.colour(role, &at, value, WANTED)?), ..Paint::default() });
        };
        let mut paint = Paint::default();
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "fg" => paint.fg = Some(self.colour(role, &at, value, COLOUR)?),
                "bg" => paint.bg = Some(self.colour(role, &at, value, COLOUR)?),
                "mod" => paint.modifiers = self.modifiers(&at, value)?,
                other => return Err(self.unknown_style_key(role, at, key, other)),
            }
        }
        Ok(paint)
    }

    /// `text.dim = …` without quotes is the table `text` with the key `dim`: a likely slip, worth an answer of its own.
    fn unknown_style_key(&self, role: &str, at: String, key: &Spanned<toml::de::DeString<'_>>, name: &str) -> ThemeError {
        let dotted = format!("{role}.{name}");
        let fault = if role::names().any(|known| known == dotted) {
            Fault::UnquotedRole { role: dotted }
        } else {
            Fault::UnknownStyleKey { at, key: shown(name), nearest: like(name, STYLE_KEYS) }
        };
        self.fault(&key.span(), fault)
    }

    fn colour(
        &self,
        role: &'static str,
        at: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &'static str,
    ) -> Result<ColourName, ThemeError> {
        let name = self.string(value, at, wanted)?.to_owned();
        Ok(ColourName { name, role, place: self.place(&value.span()) })
    }

    fn modifiers(&self, at: &str, value: &Spanned<DeValue<'_>>) -> Result<Modifier, ThemeError> {
        const WANTED: &str = "a list of modifiers in quotes, such as mod = [\"bold\"]";
        let list = value.get_ref().as_array().ok_or_else(|| self.wrong_type(value, at, WANTED))?;
        let mut modifiers = Modifier::empty();
        for value in list {
            let name = self.string(value, at, WANTED)?;
            let known = MODIFIERS.iter().find(|(known, _)| *known == name);
            let (_, modifier) = known.ok_or_else(|| {
                let nearest = like(name, MODIFIERS.map(|(known, _)| known));
                self.fault(&value.span(), Fault::UnknownModifier { at: at.to_owned(), modifier: shown(name), nearest })
            })?;
            modifiers |= *modifier;
        }
        Ok(modifiers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault_line(text: &str) -> Option<usize> {
        match parse("mine.toml", text) {
            Ok(_) => None,
            Err(ThemeError::Fault { place, .. }) => Some(place.line),
            Err(error) => panic!("not a fault of the text: {error}"),
        }
    }

    #[test]
    fn endless_nesting_is_a_fault_and_not_a_full_stack() {
        let deep = 100_000;
        assert_eq!(fault_line(&format!("[roles]\ntext = {}", "[".repeat(deep))), Some(2));
        assert_eq!(fault_line(&format!("[roles]\ntext = {}", "{ fg = ".repeat(deep))), Some(2));
    }

    /// Pieces of which theme files and their faults are made.
    fn piece() -> impl Strategy<Value = String> {
        const KNOWN: &[&str] =
            &["inherits", "palette", "[palette]", "[roles]", "text", "\"text.dim\"", "fg", "mod", "=", "{", "}", "[", "]"];
        let known = prop::sample::select(KNOWN).prop_map(str::to_owned);
        prop_oneof![6 => known, 2 => Just("\n".to_owned()), 1 => Just("\"red\"".to_owned()), 1 => ".{0,3}"]
    }

    proptest! {
        #[test]
        fn any_text_is_a_theme_or_has_a_fault_on_one_of_its_lines(pieces in prop::collection::vec(piece(), 0..24)) {
            let text = pieces.join(" ");
            if let Some(line) = fault_line(&text) {
                prop_assert!((1..=text.split('\n').count()).contains(&line), "line {line} of {text:?}");
            }
        }
    }
}
