//! What things look like: a theme gives every [`Role`] a style, and views ask for roles, never for colours.
//!
//! [`role`] is the table of roles, [`file`] reads a theme file, [`library`] knows which themes there are and follows what they
//! inherit, [`colour`] fits colours to what the terminal can show, [`ground`] says whether its background is dark or light. A view paints its whole area with [`Role::Text`] first and
//! patches the other roles over it: a theme may give `text` a background, and roles without one keep it.

pub mod colour;
pub mod error;
mod file;
pub mod ground;
pub mod library;
pub mod role;

use std::collections::BTreeMap;

use ratatui::style::Style;

pub use colour::ColourLevel;
pub use error::ThemeError;
pub use ground::Ground;
pub use library::Library;
pub use role::Role;

use colour::Ink;
use file::{Paint, ThemeFile};

/// A style for every role, fitted to one colour level.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    name: String,
    styles: [Style; Role::COUNT],
}

impl Theme {
    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role.index()]
    }

    /// What the theme is called in the [`Library`].
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The built-in theme for a ground of which nothing is known; `mono` without colours.
    #[must_use]
    pub fn default_theme(level: ColourLevel) -> Self {
        let plain = |_| Self { name: "plain".to_owned(), styles: [Style::new(); Role::COUNT] };
        Library::new(None).load(library::AUTO, level).unwrap_or_else(plain)
    }

    /// Puts a theme together from its file and those it inherits, the nearest first.
    fn build(name: &str, files: &[ThemeFile], level: ColourLevel) -> Result<Self, ThemeError> {
        let mut palette = BTreeMap::new();
        let mut paints: BTreeMap<&str, &Paint> = BTreeMap::new();
        for file in files {
            for (name, ink) in &file.palette {
                palette.entry(name.as_str()).or_insert(*ink);
            }
            for (role, paint) in &file.roles {
                paints.entry(role).or_insert(paint);
            }
        }
        let mut styles = [Style::new(); Role::COUNT];
        for role in Role::all() {
            if let Some(paint) = fallbacks(role.name()).find_map(|name| paints.get(name)) {
                styles[role.index()] = style(paint, &palette, level)?;
            }
        }
        Ok(Self { name: name.to_owned(), styles })
    }
}

/// Where a role's paint is looked for: under its own name, its dotted prefix, and `text`.
fn fallbacks(name: &str) -> impl Iterator<Item = &str> {
    let prefix = name.split_once('.').map(|(prefix, _)| prefix);
    [Some(name), prefix, Some("text")].into_iter().flatten()
}

fn style(paint: &Paint, palette: &BTreeMap<&str, Ink>, level: ColourLevel) -> Result<Style, ThemeError> {
    let mut style = Style::new().add_modifier(paint.modifiers);
    if let Some(colour) = &paint.fg {
        style.fg = colour.ink(palette)?.at(level);
    }
    if let Some(colour) = &paint.bg {
        style.bg = colour.ink(palette)?.at(level);
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_falls_back_to_its_prefix_and_then_to_text() {
        assert_eq!(fallbacks("heat.0").collect::<Vec<_>>(), ["heat.0", "heat", "text"]);
        assert_eq!(fallbacks("accent").collect::<Vec<_>>(), ["accent", "text"]);
    }

    #[test]
    fn the_default_theme_is_the_built_in_one_and_mono_without_colours() {
        assert_eq!(Theme::default_theme(ColourLevel::Ansi16).name(), "dark");
        assert_eq!(Theme::default_theme(ColourLevel::None).name(), "mono");
    }
}
